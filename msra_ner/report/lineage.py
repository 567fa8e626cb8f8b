"""What a model has learned from: the runs that it went through, first the one that began."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

from msra_ner.errors import CorpusError
from msra_ner.report.run_files import (
    RESULTS_FILE,
    RUN_FILE,
    SPLITS_KEY,
    STATE_FILE,
    RunFiles,
    SplitCounts,
    read_object,
)
from msra_ner.storage import content_hash

# The keys of run.json: the runs that the model went through before, and what was left out of train.
BEFORE_KEY, LEFT_OUT_KEY = "trained_before", "left_out"


class TrainedStage(TypedDict):
    """A run that a model went through, as ``run.json`` and ``report.json`` hold it.

    ``identity`` tells the run from any other in the same ``folder``. ``sentences`` and ``entities``
    are those of train that it used, ``left_out`` the sentences that it did not, because a later
    stage is scored on them; ``val_sentences`` and ``val_f1`` are of its own val. ``leaked`` counts
    the sentences that it has learned and the run of the report is scored on. None is what is not
    known, or not there.
    """

    name: str
    folder: str | None
    identity: str | None
    data: str | None
    sentences: int | None
    entities: int | None
    left_out: int
    leaked: int | None
    val_sentences: int | None
    val_f1: float | None


def list_trained_stages(run: RunFiles) -> list[TrainedStage]:
    """Return what the model of a run has learned from, the run itself last, if it trained."""
    before: list[TrainedStage] = run.record.get(BEFORE_KEY, [])
    trained = run.record.get("settings", {}).get("do_train", bool(run.record))
    return [*before, *([_describe(run.name, run.record, run.results)] if trained else [])]


def find_run(model: str | Path | None) -> Path | None:
    """Return the folder of the run that made a model, where it is one; else None.

    A model is a run's folder, or a checkpoint in it.
    """
    if model is None:
        return None
    folder = Path(model)
    for found in (folder, *([folder.parent] if folder.name.startswith("checkpoint-") else [])):
        try:
            if "settings" in read_object(found / RUN_FILE):
                return found
        except (CorpusError, OSError, ValueError):  # of another tool, or no name of a folder
            continue
    return None


def list_stages_before(model: str | Path | None) -> list[TrainedStage]:
    """Return what the model that a run starts from has learned from; nothing if nobody knows.

    Raises:
        CorpusError: A file of its run is damaged.
    """
    folder = find_run(model)
    if model is None or folder is None:
        return []
    record = read_object(folder / RUN_FILE)
    name = folder.resolve().name
    results = read_object(folder / RESULTS_FILE)
    if folder != Path(model):  # a checkpoint, which has not the scores of the end
        name, results = f"{name}/{Path(model).name}", {}
    stage = _describe(name.encode(errors="replace").decode(), record, results)
    own: TrainedStage = {**stage, "folder": str(folder), "identity": identify_run(folder)}
    return [*record.get(BEFORE_KEY, []), own]


def identify_run(folder: Path) -> str | None:
    """Return what tells the run in a folder from any other; None where it has not trained."""
    path = folder / STATE_FILE
    # It has the losses of the run, and seconds: no two runs write the same.
    return content_hash([path.read_bytes()]) if path.is_file() else None


def _describe(name: str, record: Mapping[str, Any], results: Mapping[str, Any]) -> TrainedStage:
    """Return what the files of a run say of it; a model that it started from is left out."""
    splits: dict[str, SplitCounts] = record.get(SPLITS_KEY, {})
    train, val = splits.get("train"), splits.get("validation")
    return {
        "name": name,
        "folder": None,
        "identity": None,
        "data": record.get("data"),
        "sentences": train and train["sentences"],
        "entities": train and train["entities"],
        "left_out": record.get(LEFT_OUT_KEY, {}).get("sentences", 0),
        "leaked": None,
        "val_sentences": val and val["sentences"],
        "val_f1": results.get("eval_f1"),
    }
