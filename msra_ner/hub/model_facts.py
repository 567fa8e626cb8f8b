"""What is known of a model from the folder of its run: corpus, scores, curves, settings.

Nothing is guessed, and nothing is a path: what is not known is None or empty, and a local folder
is called one.
"""

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from msra_ner.corpus import HUB_PREFIX, SAMPLE
from msra_ner.hub.dataset_card import FACTS, MSRA_TEST_SENTENCES, MSRA_TEST_TOKENS
from msra_ner.hub.model_files import ModelFiles, model_labels
from msra_ner.labels import MSRA_TYPES, decode_entities, entity_types
from msra_ner.metrics import bootstrap_interval, count_sentences
from msra_ner.models import CONFIG_KEY, DEFAULT_MODEL, is_hub_name
from msra_ner.report import (
    LOG_FILE,
    MAIN_SETTINGS,
    PREDICTIONS_FILE,
    READ_LINE,
    RESULTS_FILE,
    RUN_FILE,
    STATE_FILE,
    TIMING_FILE,
    curve_points,
    read_object,
    read_run,
    scored_row,
    type_rows,
)

EMISSIONS_FILE = "emissions.csv"  # of codecarbon
# Names of people and places that a type is shown by.
EXAMPLES = 3
LONGEST_EXAMPLE = 20  # characters


@dataclass(frozen=True)
class SplitScores:
    """The scores of a split, as fractions.

    Attributes:
        split: ``test`` or ``val``.
        results: The figures of the split without the split's name: ``f1``, ``PER_f1``, ...
        intervals: 95 % interval of F1 by type, and under ``""`` that of all entities.
        examples: Entities of the split by type, the most frequent names first.
    """

    split: str
    results: dict[str, Any]
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelFacts:
    """What a model card says, without words.

    Attributes:
        kind: ``msra``, ``sample`` or ``other``: which corpus.
        dataset: Name of the corpus on the Hub, or None.
        base_model: Name of the encoder on the Hub, or None.
        built: Whether the encoder was built in place, with random weights.
        language: ISO 639 code, or None.
        types: Entity types in the order of the labels.
        labels: The label list.
        scores: Test first, where it was scored; then val.
        splits: Sentences used and sentences there by split, from the log.
        step: Training step of the state where training still goes on, else None.
        curves: As ``curve_points`` returns them.
        settings: What decides most of a result, without paths.
        versions: Of Python and the libraries.
        train_seconds: How long training took, or None.
        best: Whether the state of the best evaluation on val was kept, not the last one.
        emissions: Grams of CO2 equivalents, or None where nobody measured.
        model: The files of the model.
    """

    kind: str
    dataset: str | None
    base_model: str | None
    built: bool
    language: str | None
    types: list[str]
    labels: list[str]
    scores: list[SplitScores]
    splits: dict[str, tuple[int, int]]
    step: int | None
    curves: dict[str, Any]
    settings: dict[str, Any]
    versions: dict[str, str]
    train_seconds: float | None
    best: bool
    emissions: float | None
    model: ModelFiles

    @property
    def by_character(self) -> bool:
        """Whether a token of the corpus is a character."""
        return bool(self.model.config.get(CONFIG_KEY, {}).get("token", "character") == "character")


def read_facts(run_dir: Path, model: ModelFiles, checkpoint: Path | None = None) -> ModelFacts:
    """Return what is known of a model.

    Args:
        run_dir: The ``--output_dir`` of its run; files that are missing there are done without.
        model: Its files.
        checkpoint: The checkpoint that is sent while training goes on: the scores are then those
            of its ``trainer_state.json``.

    Raises:
        CorpusError: A file of the run is damaged.
        ScoreError: The predictions are not those that the run scored.
    """
    record = read_object(run_dir / RUN_FILE)
    settings = record.get("settings", {})
    state = read_object((checkpoint or run_dir) / STATE_FILE)
    log = run_dir / LOG_FILE
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    read = {name: tuple(map(int, rest)) for name, *rest in READ_LINE.findall(text)}
    labels = model_labels(model.config)
    kind = _kind(record.get("data"), read.get("test"), labels)
    scores = _val_of_state(state) if checkpoint else _scores(run_dir)
    base_model, built = _base_model(record, model.tokenizer)
    return ModelFacts(
        kind=kind,
        dataset=_dataset(record.get("data")),
        base_model=base_model,
        built=built,
        language=FACTS[kind].language if kind != "other" else _language(scores),
        types=entity_types(labels),
        labels=labels,
        scores=scores,
        splits={name: (numbers[0], numbers[1]) for name, numbers in read.items()},
        step=state.get("global_step") if checkpoint else None,
        curves=curve_points(state)[0],
        settings={
            name: settings[name]
            for name in MAIN_SETTINGS
            if name not in ("model_name_or_path", "data_dir")
            and settings.get(name) not in (None, False)
            and not (name == "max_steps" and settings[name] < 0)
        },
        versions={
            **({"python": record["python"]} if "python" in record else {}),
            **record.get("versions", {}),
        },
        # Of a run that was resumed, the clock knows the last part alone.
        train_seconds=None
        if settings.get("resume_from_checkpoint")
        else read_object(run_dir / TIMING_FILE).get("train_runtime"),
        best=checkpoint is None and bool(settings.get("load_best_model_at_end")),
        emissions=_emissions(run_dir / EMISSIONS_FILE),
        model=model,
    )


def _kind(data: Any, test: tuple[int, ...] | None, labels: list[str]) -> str:
    """Return which corpus it is: MSRA is known by its test split, of which all was read."""
    if data == SAMPLE:
        return "sample"
    size = (MSRA_TEST_SENTENCES, MSRA_TEST_SENTENCES, MSRA_TEST_TOKENS)
    msra = test is not None and test[:3] == size and set(entity_types(labels)) == set(MSRA_TYPES)
    return "msra" if msra else "other"


def _dataset(data: Any) -> str | None:
    name = data.removeprefix(HUB_PREFIX) if isinstance(data, str) else ""
    return name if name != data and is_hub_name(name) else None


def _base_model(record: Mapping[str, Any], tokenizer: Mapping[str, Any]) -> tuple[str | None, bool]:
    """Return the encoder's name on the Hub, if it has one, and whether it was built in place."""
    if not record:
        return None, False
    name = record.get("settings", {}).get("model_name_or_path")
    if name is None and record.get("data") == SAMPLE:
        return None, True
    if "base_model" in record:  # noted when the run began, and it could look
        return record["base_model"], False
    name = name or DEFAULT_MODEL
    return (name if is_hub_name(name) and not tokenizer.get("is_local") else None), False


def _scores(run_dir: Path) -> list[SplitScores]:
    """Return what the run scored; intervals and examples need its predictions."""
    results = read_object(run_dir / RESULTS_FILE)
    found = {
        split: {
            key.removeprefix(f"{prefix}_"): value
            for key, value in results.items()
            if key.startswith(f"{prefix}_")
        }
        for split, prefix in (("test", "test"), ("val", "eval"))
        if f"{prefix}_f1" in results
    }
    scores = {split: SplitScores(split, figures) for split, figures in found.items()}
    if (run_dir / PREDICTIONS_FILE).is_file():
        run = read_run(run_dir)
        counts = count_sentences(run.gold, run.predicted)
        rows = {"": scored_row(counts.overall)}
        ends = {"": asdict(bootstrap_interval(counts.overall))}
        for row in type_rows(counts):
            rows[row["name"]], ends[row["name"]] = row, row["interval"]
        figures = dict(found.get(run.split, {}))
        for name, row in rows.items():
            start = f"{name}_" if name else ""
            for figure in ("precision", "recall", "f1"):
                figures.setdefault(f"{start}{figure}", row[figure])
            figures.setdefault(f"{start}support", row["gold"])
        scores[run.split] = SplitScores(
            run.split,
            figures,
            {name: (interval["low"], interval["high"]) for name, interval in ends.items()},
            _examples(run.tokens, run.gold, run.joiner),
        )
    return [scores[split] for split in ("test", "val") if split in scores]


def _val_of_state(state: Mapping[str, Any]) -> list[SplitScores]:
    """Return the scores of the newest evaluation that the Trainer noted."""
    rows = [row for row in state.get("log_history", []) if "eval_f1" in row]
    if not rows:
        return []
    figures = {key.removeprefix("eval_"): value for key, value in rows[-1].items()}
    return [SplitScores("val", figures)]


def _examples(tokens: list[list[str]], gold: list[list[str]], joiner: str) -> dict[str, list[str]]:
    """Return the names of each type that stand most often in a split, short ones alone."""
    counts: dict[str, Counter[str]] = {}
    for row, tags in zip(tokens, gold, strict=True):
        for entity in decode_entities(tags):
            text = joiner.join(row[entity.start : entity.end])
            if len(text) <= LONGEST_EXAMPLE and text.isprintable():
                counts.setdefault(entity.type, Counter())[text] += 1
    return {
        name: [text for text, _ in sorted(found.items(), key=lambda x: (-x[1], x[0]))[:EXAMPLES]]
        for name, found in counts.items()
    }


def _language(scores: list[SplitScores]) -> str | None:
    """Return ``zh`` where most names in the data are of Han characters and none has kana."""
    text = "".join(name for item in scores for names in item.examples.values() for name in names)
    han = sum("\u4e00" <= char <= "\u9fff" for char in text)
    kana = any("\u3040" <= char <= "\u30ff" for char in text)
    return "zh" if text and 2 * han > len(text) and not kana else None


def _emissions(path: Path) -> float | None:
    """Return the grams that codecarbon measured in the newest run of its file."""
    if not path.is_file():
        return None
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return 1000 * float(rows[-1]["emissions"])
    except (ValueError, KeyError, IndexError, TypeError, csv.Error):
        return None  # another file of that name, or nothing measured
