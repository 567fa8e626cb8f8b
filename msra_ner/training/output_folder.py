"""The output folder of a run: refuse to mix two runs, and record what made this one."""

import logging
import platform
import re
import shutil
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from msra_ner.errors import OutputExistsError
from msra_ner.report import LOG_FILE, PREDICTIONS_FILE, RESULTS_FILE, RUN_FILE, STAGED, TIMING_FILE
from msra_ner.storage import write_json
from msra_ner.training.arguments import NerTrainingArguments

logger = logging.getLogger(__name__)

# What a run writes; --overwrite removes these and nothing else.
RUN_ENTRIES = (
    RUN_FILE,
    LOG_FILE,
    RESULTS_FILE,
    TIMING_FILE,
    PREDICTIONS_FILE,
    "eval_results.json",
    "test_results.json",
    "trainer_state.json",
    "report.html",
    "report.json",
    "plots",
    "training_args.bin",
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
)


def check_run_folder(
    folder: Path, args: NerTrainingArguments, checkpoint: str | None, model: str | None
) -> None:
    """Refuse a folder that holds a run, unless the run may be replaced or goes on.

    Raises:
        OutputExistsError: It holds a run that must stay, or the model to start from.
    """
    entries = _list_entries(folder)
    # A run that was stopped before its first checkpoint left nothing worth keeping.
    resumes = checkpoint or (args.resume_from_checkpoint and not (folder / RESULTS_FILE).exists())
    if entries and not args.overwrite and not resumes:
        raise OutputExistsError(
            f"{folder}: found a run ({entries[0].name}), expected a new folder. Nothing was "
            "changed: choose another --output_dir, give --overwrite to replace the run, or "
            "--resume_from_checkpoint last to go on with it."
        )
    if entries and args.overwrite and model is not None:
        source = Path(model).resolve()
        if folder.resolve() in (source, *source.parents):
            raise OutputExistsError(
                f"{folder}: found the model to start from in it, expected another --output_dir, "
                "because --overwrite would delete the model. Nothing was changed."
            )


def clear_run_folder(folder: Path) -> None:
    """Remove what an earlier run left in a folder; other files stay."""
    for entry in _list_entries(folder):
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def find_checkpoint(folder: Path, asked: str | None) -> str | None:
    """Return the checkpoint to go on from, or None to start from the beginning.

    ``last`` (or ``true``) means the newest complete checkpoint of the folder, if it has one.

    Raises:
        OutputExistsError: The checkpoint that was named is not there.
    """
    if asked is None:
        return None
    if asked.lower() in ("last", "true"):
        # The Trainer writes trainer_state.json last: without it a save was interrupted.
        found = {
            int(match[1]): path
            for path in folder.glob("checkpoint-*")
            if (match := re.fullmatch(r"checkpoint-(\d+)", path.name))
            and (path / "trainer_state.json").exists()
        }
        if not found:
            logger.warning("%s holds no checkpoint yet: starting from the beginning.", folder)
        return str(found[max(found)]) if found else None
    if not Path(asked).is_dir():
        raise OutputExistsError(
            f"--resume_from_checkpoint: found no folder {asked}, expected a checkpoint. Give "
            "'last' for the newest of --output_dir."
        )
    return asked


def _list_entries(folder: Path) -> list[Path]:
    """Return what a run left in a folder."""
    entries = [folder / name for name in RUN_ENTRIES if (folder / name).exists()]
    return [*entries, *folder.glob("checkpoint-*"), *folder.glob(f"{STAGED}*")]


def write_run_file(folder: Path, settings: dict[str, Any], facts: dict[str, Any]) -> None:
    """Write what made the run: command, settings, versions, machine, and facts about the data."""
    write_json(
        folder / RUN_FILE,
        {
            "command": without_tokens(sys.argv),
            "settings": settings,
            **facts,
            "versions": package_versions(),
            "python": platform.python_version(),
            "machine": platform.machine(),
        },
    )


def without_tokens(command: Sequence[str]) -> list[str]:
    """Return a command line with the values of ``--hub_token`` and its like masked."""
    masked = re.compile(r"(--\w*token)(=.*)?")
    shown: list[str] = []
    for previous, word in zip(["", *command], command, strict=False):
        flag, given = masked.fullmatch(previous), masked.fullmatch(word)
        if flag and not flag[2]:
            word = "***"
        elif given and given[2]:
            word = f"{given[1]}=***"
        shown.append(word)
    return shown


def package_versions() -> dict[str, str]:
    """Return the versions of the packages that decide the result."""
    names = ("msra-ner", "torch", "transformers", "datasets", "evaluate", "seqeval", "accelerate")
    versions = {}
    for name in names:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return versions
