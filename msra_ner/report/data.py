"""Everything that the report of a run shows, as plain data, computed from its files."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from msra_ner.labels import OUTSIDE, Entity, decode_entities
from msra_ner.metrics import (
    CORRECT,
    FIGURES,
    GOLD,
    KINDS,
    PREDICTED,
    BreakdownRow,
    Counts,
    bootstrap_interval,
    break_down,
    by_length,
    by_position,
    by_train_count,
    confuse_types,
    count_sentences,
    f1_of,
    find_errors,
    score_counts,
    summarise_kinds,
)
from msra_ner.report.provenance import provenance, stage_rows
from msra_ner.report.run_files import RunFiles

if TYPE_CHECKING:
    import numpy as np


# Errors that a text makes less often than this are no pattern.
REPEATED = 2
MAX_REPEATED = 30


def report_data(run: RunFiles) -> dict[str, Any]:
    """Return everything that the report of a run shows."""
    counts = count_sentences(run.gold, run.predicted)
    errors = error_rows(run)
    curves, lost_points = curve_points(run.state)
    confusion = confuse_types(run.gold, run.predicted)
    return {
        "name": run.name,
        "joiner": run.joiner,
        "headline": headline(run, counts),
        "types": type_rows(counts),
        "kinds": kind_rows(run, counts),
        "confusion": {"names": confusion.names, "matrix": confusion.matrix},
        **breakdown_rows(run),
        "curves": curves,
        "lost_points": lost_points,
        "stages": stage_rows(run),
        "repeated": repeated_errors(run, errors),
        "provenance": provenance(run),
        "errors": errors,
        "sentences": sentence_rows(run, {error["sentence"] for error in errors}),
    }


def headline(run: RunFiles, counts: Counts) -> dict[str, Any]:
    """Return the score of all entities with its intervals, and token accuracy beside all-``O``."""
    tags = [
        (gold, pred)
        for sides in zip(run.gold, run.predicted, strict=True)
        for gold, pred in zip(*sides, strict=True)
    ]
    lenient = run.results.get(f"{run.prefix}_lenient_f1")
    return {
        **scored_row(counts.overall),
        "intervals": {
            figure: asdict(bootstrap_interval(counts.overall, figure=figure)) for figure in FIGURES
        },
        "split": run.split,
        "recorded": f"{run.prefix}_f1" in run.results,
        "lenient_f1": lenient if isinstance(lenient, float) else None,
        "sentences": len(run.gold),
        "tokens": len(tags),
        "token_accuracy": _share(sum(gold == pred for gold, pred in tags), len(tags)),
        "all_o_accuracy": _share(sum(gold == OUTSIDE for gold, _ in tags), len(tags)),
    }


def scored_row(counts: "np.ndarray[Any, Any]") -> dict[str, Any]:
    """Return the scores of the counts of sentences, 0 where there is no entity, as in seqeval."""
    totals = [int(total) for total in counts.sum(axis=0)]
    scores = [0.0 if math.isnan(score) else float(score) for score in score_counts(totals)]
    return {
        **dict(zip(FIGURES, scores, strict=True)),
        "gold": totals[GOLD],
        "predicted": totals[PREDICTED],
        "correct": totals[CORRECT],
    }


def type_rows(counts: Counts) -> list[dict[str, Any]]:
    """Return the scores of each type with the interval of its F1."""
    return [
        {"name": name, **scored_row(rows), "interval": asdict(bootstrap_interval(rows))}
        for name, rows in counts.by_type.items()
    ]


def kind_rows(run: RunFiles, counts: Counts) -> list[dict[str, Any]]:
    """Return how many errors each kind has and what F1 gains if they are all repaired."""
    now = f1_of(counts.overall)
    return [
        {**asdict(row), "meaning": KINDS[row.kind], "gain": row.repaired_f1 - now}
        for row in summarise_kinds(run.gold, run.predicted)
    ]


def breakdown_rows(run: RunFiles) -> dict[str, list[dict[str, Any]] | None]:
    """Return the scores by length, by position, by frequency in train, and seen or unseen.

    Rows without any entity are left out; the last two are None where train is not known.
    """
    sides = run.gold, run.predicted
    counts = run.train_counts
    seen = None
    if counts is not None:
        known = counts

        def row_of(index: int, entity: Entity) -> str:
            text = "".join(run.tokens[index][entity.start : entity.end])
            return "seen" if known.get(text) else "unseen"

        seen = break_down(*sides, row_of, ("seen", "unseen"))
    by_count = None if counts is None else by_train_count(run.tokens, *sides, counts)
    return {
        "length": _plain(by_length(*sides)),
        "position": _plain(by_position(*sides)),
        "train_count": None if by_count is None else _plain(by_count),
        "seen": None if seen is None else _plain(seen),
    }


def curve_points(state: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """Return the curves over steps as ``[step, value]``, and how many values are no number.

    A loss that is ``nan`` or infinite has no place in a plot, nor in JSON.
    """
    history = [row for row in state.get("log_history", []) if isinstance(row, dict)]
    curves: dict[str, Any] = {}
    lost = 0
    for name, key in (("loss", "loss"), ("val_loss", "eval_loss"), ("val_f1", "eval_f1")):
        points = [[row["step"], row[key]] for row in history if "step" in row and key in row]
        curves[name] = [point for point in points if math.isfinite(point[1])]
        lost += len(points) - len(curves[name])
    curves["best_step"] = state.get("best_global_step")
    return curves, lost


def has_points(curves: Mapping[str, Any]) -> bool:
    """Return whether any of the curves of :func:`curve_points` has something to draw."""
    return any(curves[name] for name in ("loss", "val_loss", "val_f1"))


def error_rows(run: RunFiles) -> list[dict[str, Any]]:
    """Return the errors of all sentences in their order; ``sentence`` counts from 0."""
    return [
        {
            "sentence": error.sentence,
            "kind": error.kind,
            "gold": spans(error.gold),
            "predicted": spans(error.predicted),
        }
        for error in find_errors(run.gold, run.predicted)
    ]


def sentence_rows(run: RunFiles, indices: Iterable[int]) -> dict[str, dict[str, Any]]:
    """Return tokens and entities of some sentences, by their index as a string."""
    return {
        str(index): {
            "tokens": run.tokens[index],
            "gold": spans(decode_entities(run.gold[index])),
            "predicted": spans(decode_entities(run.predicted[index])),
        }
        for index in sorted(indices)
    }


def spans(entities: Iterable[Entity]) -> list[list[Any]]:
    """Return entities as ``[start, end, type]``."""
    return [[entity.start, entity.end, entity.type] for entity in entities]


def repeated_errors(run: RunFiles, errors: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the errors that are made at least twice with the same texts, most frequent first."""

    def texts(error: Mapping[str, Any], side: str) -> str:
        tokens = run.tokens[error["sentence"]]
        return " + ".join(
            f"{name} {run.joiner.join(tokens[start:end])}" for start, end, name in error[side]
        )

    found = Counter(
        (error["kind"], texts(error, "gold"), texts(error, "predicted")) for error in errors
    )
    rows = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:MAX_REPEATED]
    return [
        {"kind": kind, "gold": gold, "predicted": predicted, "count": count}
        for (kind, gold, predicted), count in rows
        if count >= REPEATED
    ]


def _plain(rows: Iterable[BreakdownRow]) -> list[dict[str, Any]]:
    return [
        {**asdict(row), "precision": row.precision, "recall": row.recall, "f1": row.f1}
        for row in rows
        if row.gold or row.predicted
    ]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
