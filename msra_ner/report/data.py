"""Everything that the report of a run shows, as plain data, computed from its files."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from msra_ner.labels import OUTSIDE, Entity
from msra_ner.metrics import (
    FIGURES,
    KINDS,
    BreakdownRow,
    Counts,
    bootstrap_interval,
    break_down,
    compute_f1,
    confuse_types,
    entity_text,
    find_errors,
    measure_calibration,
    score_by_length,
    score_by_lowest,
    score_by_position,
    score_by_train_count,
    summarise_kinds,
)
from msra_ner.report.advice import give_advice
from msra_ner.report.lineage import list_trained_stages
from msra_ner.report.provenance import build_provenance, list_stages
from msra_ner.report.run_files import RunFiles
from msra_ner.report.schema import (
    Breakdowns,
    CalibrationData,
    Curves,
    ErrorRow,
    Headline,
    IntervalData,
    KindRow,
    NamedScores,
    Point,
    RepeatedError,
    Report,
    ScoreData,
    ScoreQuality,
    SentenceRow,
    Span,
    TypeScores,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# An error that the same texts make less often than this is not a pattern.
REPEATED = 2
MAX_REPEATED = 30


def build_report(run: RunFiles) -> Report:
    """Return everything that the report of a run shows."""
    errors = list_errors(run)
    curves, lost_points = read_curves(run.state)
    confusion = confuse_types(run.gold, run.predicted)
    head, types, kinds = build_headline(run), list_types(run.counts), list_kinds(run)
    breakdowns, stages, repeated = (
        list_breakdowns(run),
        list_stages(run),
        count_repeated(run, errors),
    )
    seen, f1 = breakdowns["seen"], head["f1"]
    return {
        "name": run.name,
        "joiner": run.joiner,
        "headline": head,
        "first": give_advice(f1, types, kinds, errors, repeated, seen, stages, curves, lost_points),
        "types": types,
        "kinds": kinds,
        **weigh_scores(run),
        "confusion": {"names": confusion.names, "matrix": confusion.matrix},
        **breakdowns,
        "curves": curves,
        "lost_points": lost_points,
        "stages": stages,
        "trained_on": list_trained_stages(run),
        "repeated": repeated,
        "provenance": build_provenance(run),
        "errors": errors,
        "sentences": list_sentences(run, {error["sentence"] for error in errors}),
    }


def build_headline(run: RunFiles) -> Headline:
    """Return the score of all entities with its intervals, and token accuracy beside all-``O``."""
    tags = [
        (gold, pred)
        for opened, *sides in zip(run.open_tokens, run.gold, run.predicted, strict=True)
        for position, (gold, pred) in enumerate(zip(*sides, strict=True))
        if position not in opened
    ]
    open_tokens = sum(map(len, run.open_tokens))
    lenient = run.results.get(f"{run.prefix}_lenient_f1")
    counts = run.counts.overall
    return {
        **score_sentences(counts),
        "intervals": {figure: find_interval(counts, figure) for figure in FIGURES},
        "split": run.split,
        "recorded": f"{run.prefix}_f1" in run.results,
        "lenient_f1": lenient if isinstance(lenient, float) else None,
        "sentences": len(run.gold),
        "tokens": len(tags) + open_tokens,
        "token_accuracy": _divide(sum(gold == pred for gold, pred in tags), len(tags)),
        "all_o_accuracy": _divide(sum(gold == OUTSIDE for gold, _ in tags), len(tags)),
        "open_tokens": open_tokens,
        "open_entities": run.open_entities,
    }


def score_sentences(counts: "NDArray[np.int64]") -> ScoreData:
    """Return the scores of the counts of sentences; None for a ratio of nothing."""
    correct, predicted, gold = map(int, counts.sum(axis=0))
    ratios = BreakdownRow("", gold, predicted, correct).list_ratios()
    scores = {**ratios, "gold": gold, "predicted": predicted, "correct": correct}
    return cast("ScoreData", scores)


def find_interval(counts: "NDArray[np.int64]", figure: str = "f1") -> IntervalData:
    """Return the bootstrap interval of a figure over the counts of sentences."""
    return cast("IntervalData", asdict(bootstrap_interval(counts, figure=figure)))


def list_types(counts: Counts) -> list[TypeScores]:
    """Return the scores of each type with the interval of its F1."""
    return [
        {"name": name, **score_sentences(rows), "interval": find_interval(rows)}
        for name, rows in counts.by_type.items()
    ]


def list_kinds(run: RunFiles) -> list[KindRow]:
    """Return how many errors each kind has; first the kind of which the repair gains most F1."""
    now = compute_f1(run.counts.overall)
    rows = [
        {**asdict(row), "meaning": KINDS[row.kind], "gain": row.repaired_f1 - now}
        for row in summarise_kinds(run.gold, run.predicted)
    ]
    return cast("list[KindRow]", sorted(rows, key=lambda row: -row["gain"]))


def weigh_scores(run: RunFiles) -> ScoreQuality:
    """Return how far entities' scores agree with how many are right, and what a lowest one does."""
    if run.pred_scores is None:
        return {"calibration": None, "lowest_scores": []}
    correct: list[bool] = []
    for gold, predicted in zip(map(set, run.gold_entities), run.pred_entities, strict=True):
        correct += [entity in gold for entity in predicted]
    scores = list(chain.from_iterable(run.pred_scores))
    found = measure_calibration(scores, correct)
    gold_count = sum(map(len, run.gold_entities))
    return {
        "calibration": None if found is None else cast("CalibrationData", asdict(found)),
        "lowest_scores": _list_rows(score_by_lowest(scores, correct, gold_count)),
    }


def list_breakdowns(run: RunFiles) -> Breakdowns:
    """Return the scores by length, by position, by frequency in train, and seen or unseen.

    Rows without any entity are left out.
    """
    sides = run.gold, run.predicted
    found: Breakdowns = {
        "length": _list_rows(score_by_length(*sides)),
        "position": _list_rows(score_by_position(*sides)),
        "train_count": None,
        "seen": None,
    }
    known = run.train_counts
    if known is not None:

        def row_of(index: int, entity: Entity) -> str:
            return "seen" if known.get(entity_text(run.tokens[index], entity)) else "unseen"

        found["train_count"] = _list_rows(score_by_train_count(run.tokens, *sides, known))
        found["seen"] = _list_rows(break_down(*sides, row_of, ("seen", "unseen")))
    return found


def read_curves(state: Mapping[str, Any]) -> tuple[Curves, int]:
    """Return the curves of training, and how many of their values are not a number.

    A loss that is ``nan`` or infinite has no place in a plot, nor in JSON.
    """
    history = [row for row in state.get("log_history", []) if isinstance(row, dict)]
    lost = 0

    def read(key: str) -> list[Point]:
        nonlocal lost
        points = [(row["step"], float(row[key])) for row in history if "step" in row and key in row]
        kept = [point for point in points if math.isfinite(point[1])]
        lost += len(points) - len(kept)
        return kept

    curves: Curves = {
        "loss": read("loss"),
        "val_loss": read("eval_loss"),
        "val_f1": read("eval_f1"),
        "best_step": state.get("best_global_step"),
    }
    return curves, lost


def has_points(curves: Curves) -> bool:
    """Return whether any of the curves has something to draw."""
    return any((curves["loss"], curves["val_loss"], curves["val_f1"]))


def list_errors(run: RunFiles) -> list[ErrorRow]:
    """Return the errors of all sentences in their order; ``sentence`` counts from 0."""
    return [
        {
            "sentence": error.sentence,
            "kind": error.kind,
            "gold": list_spans(error.gold),
            "predicted": list_spans(error.predicted),
        }
        for error in find_errors(run.gold, run.predicted)
    ]


def list_sentences(run: RunFiles, indices: Iterable[int]) -> dict[str, SentenceRow]:
    """Return tokens and entities of some sentences, by their index as a string."""
    return {
        str(index): {
            "tokens": run.tokens[index],
            "gold": list_spans(run.gold_entities[index]),
            "predicted": list_spans(run.pred_entities[index]),
        }
        for index in sorted(indices)
    }


def list_spans(entities: Iterable[Entity]) -> list[Span]:
    """Return entities as start, end and type."""
    return [(entity.start, entity.end, entity.type) for entity in entities]


def count_repeated(run: RunFiles, errors: Sequence[ErrorRow]) -> list[RepeatedError]:
    """Return the errors that are made at least twice with the same texts, most frequent first."""

    def describe(spans: Sequence[Span], tokens: Sequence[str]) -> str:
        return " + ".join(f"{name} {run.joiner.join(tokens[a:b])}" for a, b, name in spans)

    found: Counter[tuple[str, str, str]] = Counter()
    for error in errors:
        tokens = run.tokens[error["sentence"]]
        sides = describe(error["gold"], tokens), describe(error["predicted"], tokens)
        found[error["kind"], *sides] += 1
    rows = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:MAX_REPEATED]
    return [
        {"kind": kind, "gold": gold, "predicted": predicted, "count": count}
        for (kind, gold, predicted), count in rows
        if count >= REPEATED
    ]


def _list_rows(rows: Iterable[BreakdownRow]) -> list[NamedScores]:
    found = [{**asdict(row), **row.list_ratios()} for row in rows if row.gold or row.predicted]
    return cast("list[NamedScores]", found)


def _divide(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
