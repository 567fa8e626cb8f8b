"""What is known of a model from the folder of its run: corpus, scores, curves, settings.

Nothing is guessed, and nothing is a path: what is not known is None or empty, and a local folder
is called one.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from msra_ner.corpus import HUB_PREFIX, SAMPLE
from msra_ner.hub.dataset_card import FACTS, MSRA_TEST_SENTENCES, MSRA_TEST_TOKENS
from msra_ner.hub.model_files import ModelFiles, read_labels
from msra_ner.labels import MSRA_TYPES, entity_types
from msra_ner.metrics import Scores
from msra_ner.models import CONFIG_KEY, DEFAULT_MODEL, is_hub_name, read_chain_scheme
from msra_ner.report import (
    BEFORE_KEY,
    LEFT_OUT_KEY,
    MAIN_SETTINGS,
    PREDICTIONS_FILE,
    RESULTS_FILE,
    RUN_FILE,
    SPLITS_KEY,
    STATE_FILE,
    TIMING_FILE,
    Curves,
    RunFiles,
    SplitCounts,
    TrainedStage,
    build_headline,
    list_types,
    list_versions,
    read_curves,
    read_object,
    read_run,
)

Kind = Literal["msra", "sample", "other"]
# Names of people and places that a type is shown by.
EXAMPLES = 3
LONGEST_EXAMPLE = 20  # characters


@dataclass(frozen=True)
class SplitScores:
    """The scores of a split, with what its predictions tell beside them.

    Attributes:
        split: ``test`` or ``val``.
        scores: The scores; where the split was not scored whole, ``sentences`` is 0.
        intervals: 95 % interval of F1 by type, and under ``""`` that of all entities.
        examples: Entities of the split by type, the most frequent names first.
    """

    split: str
    scores: Scores
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelFacts:
    """What a model card says, without words.

    Attributes:
        kind: Which corpus.
        dataset: Name of the corpus on the Hub, or None.
        base_model: Name of the encoder on the Hub, or None.
        built: Whether the encoder was built in place, with random weights.
        language: ISO 639 code, or None.
        types: Entity types in the order of the ``labels``.
        scores: Test first, where it was scored; then val.
        splits: What the run read of each split (train, validation, test).
        step: Training step of the state where training still goes on, else None.
        settings: What decides most of a result, without paths.
        versions: Of Python and the libraries.
        left_out: Sentences of train that a later stage is scored on, and this run did not use.
        trained_before: The runs that the model went through before, in their order.
        best: Whether the state of the best evaluation on val was kept, not the last one.
    """

    kind: Kind
    dataset: str | None
    base_model: str | None
    built: bool
    language: str | None
    types: list[str]
    labels: list[str]
    scores: list[SplitScores]
    splits: dict[str, SplitCounts]
    step: int | None
    curves: Curves
    settings: dict[str, Any]
    versions: dict[str, str]
    train_seconds: float | None
    left_out: int
    trained_before: list[TrainedStage]
    best: bool
    model: ModelFiles

    @property
    def by_character(self) -> bool:
        """Whether a token of the corpus is a character."""
        return bool(self.model.config.get(CONFIG_KEY, {}).get("token", "character") == "character")

    @property
    def has_chain(self) -> bool:
        """Whether the labels are decoded with a chain, which other programs do not know."""
        return read_chain_scheme(self.model.config.get(CONFIG_KEY)) is not None


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
    splits: dict[str, SplitCounts] = record.get(SPLITS_KEY, {})
    state = read_object((checkpoint or run_dir) / STATE_FILE)
    timing = read_object(run_dir / TIMING_FILE)
    labels = read_labels(model.config)
    kind = _find_kind(record.get("data"), splits.get("test"), labels)
    scores = _read_val_scores(state) if checkpoint else _read_scores(run_dir)
    base_model, built = _find_base_model(record, model.tokenizer)
    return ModelFacts(
        kind=kind,
        dataset=_find_dataset(record.get("data")),
        base_model=base_model,
        built=built,
        language=FACTS[kind].language if kind != "other" else _find_language(scores),
        types=entity_types(labels),
        labels=labels,
        scores=scores,
        splits=splits,
        step=state.get("global_step") if checkpoint else None,
        curves=read_curves(state)[0],
        settings={
            name: settings[name]
            for name in MAIN_SETTINGS
            if name not in ("model_name_or_path", "data_dir")
            and settings.get(name) not in (None, False)
            and not (name == "max_steps" and settings[name] < 0)
        },
        versions=list_versions(record),
        # Of a run that was resumed, the clock knows the last part alone.
        train_seconds=None
        if settings.get("resume_from_checkpoint")
        else timing.get("train_runtime"),
        left_out=record.get(LEFT_OUT_KEY, {}).get("sentences", 0),
        trained_before=record.get(BEFORE_KEY, []),
        best=checkpoint is None and bool(settings.get("load_best_model_at_end")),
        model=model,
    )


def _find_kind(data: Any, test: SplitCounts | None, labels: list[str]) -> Kind:
    """Return which corpus it is: MSRA is known by its test split, of which all was read."""
    if data == SAMPLE:
        return "sample"
    if test and set(entity_types(labels)) == set(MSRA_TYPES):
        size = test["sentences"], test["of"], test["tokens"]
        if size == (MSRA_TEST_SENTENCES, MSRA_TEST_SENTENCES, MSRA_TEST_TOKENS):
            return "msra"
    return "other"


def _find_dataset(data: Any) -> str | None:
    name = data.removeprefix(HUB_PREFIX) if isinstance(data, str) else ""
    return name if name != data and is_hub_name(name) else None


def _find_base_model(
    record: Mapping[str, Any], tokenizer: Mapping[str, Any]
) -> tuple[str | None, bool]:
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


def _read_scores(run_dir: Path) -> list[SplitScores]:
    """Return what the run scored; intervals and examples need its predictions."""
    results = read_object(run_dir / RESULTS_FILE)
    run = read_run(run_dir) if (run_dir / PREDICTIONS_FILE).is_file() else None
    scores = []
    for split, prefix in (("test", "test_"), ("val", "eval_")):
        found = [key for key in results if key.startswith(prefix)]
        figures = {key.removeprefix(prefix): results[key] for key in found}
        if run and run.split == split:
            scores.append(_score_run(run, figures))
        elif "f1" in figures:
            scores.append(SplitScores(split, Scores.from_dict(figures)))
    return scores


def _score_run(run: RunFiles, recorded: Mapping[str, Any]) -> SplitScores:
    """Return the scores of a run's predictions; what it recorded of them counts first."""
    head = build_headline(run)
    types = {row["name"]: row for row in list_types(run.counts)}
    figures: dict[str, float | int | None] = {}
    for prefix, row in (("", head), *((f"{name}_", row) for name, row in types.items())):
        figures |= {f"{prefix}{ratio}": row[ratio] for ratio in ("precision", "recall", "f1")}
        figures[f"{prefix}support"] = row["gold"]
    intervals = {"": head["intervals"]["f1"]} | {n: row["interval"] for n, row in types.items()}
    return SplitScores(
        run.split,
        Scores.from_dict({**figures, **recorded}),
        {name: (interval["low"], interval["high"]) for name, interval in intervals.items()},
        _find_examples(run),
    )


def _read_val_scores(state: Mapping[str, Any]) -> list[SplitScores]:
    """Return the scores of the newest evaluation that the Trainer noted."""
    rows = [row for row in state.get("log_history", []) if "eval_f1" in row]
    if not rows:
        return []
    figures = {key.removeprefix("eval_"): value for key, value in rows[-1].items()}
    return [SplitScores("val", Scores.from_dict(figures))]


def _find_examples(run: RunFiles) -> dict[str, list[str]]:
    """Return the names of each type that a split has most often, short ones alone."""
    counts: dict[str, Counter[str]] = {}
    for tokens, entities in zip(run.tokens, run.gold_entities, strict=True):
        for entity in entities:
            text = run.joiner.join(tokens[entity.start : entity.end])
            if len(text) <= LONGEST_EXAMPLE and text.isprintable():
                counts.setdefault(entity.type, Counter())[text] += 1
    return {
        name: [text for text, _ in sorted(found.items(), key=lambda x: (-x[1], x[0]))[:EXAMPLES]]
        for name, found in counts.items()
    }


def _find_language(scores: list[SplitScores]) -> str | None:
    """Return ``zh`` where most names in the data are of Han characters and none has kana."""
    text = "".join(name for item in scores for names in item.examples.values() for name in names)
    han = len(re.findall("[\u4e00-\u9fff]", text))
    return "zh" if 2 * han > len(text) and not re.search("[\u3040-\u30ff]", text) else None
