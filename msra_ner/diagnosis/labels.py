"""Faults of the labels: swapped, shifted, or moved behind a token that got none."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from msra_ner.diagnosis.causes import (
    CHOSEN_GAIN,
    Cause,
    Score,
    examples_of,
    padded,
    score,
    with_predicted,
)
from msra_ner.diagnosis.tag_forms import (
    escape_invisible,
    other_scheme,
    special_positions,
    started_inside,
)
from msra_ner.labels import OUTSIDE
from msra_ner.report import Prediction

MAX_SHIFT = 3
# A sentence counts as shifted behind some token only where that many more tags agree then.
MIN_AGREEMENT = 4


def label_causes(predictions: Sequence[Prediction], base: Score) -> list[Cause]:
    """Return what the tags alone give away.

    Args:
        predictions: Sentences as they stand in the file.
        base: Their score.
    """
    checks: list[Callable[[Sequence[Prediction], Score], Cause | None]] = [
        special_positions,
        other_scheme,
        swapped_labels,
        shifted_labels,
        shifted_behind_a_token,
        started_inside,
    ]
    return [cause for check in checks if (cause := check(predictions, base))]


def swapped_labels(predictions: Sequence[Prediction], base: Score) -> Cause | None:
    """Labels that stand for each other: the wrong id2label, or one taken from a set."""
    from scipy.optimize import linear_sum_assignment

    names = sorted({tag for row in predictions for tag in [*row.gold, *row.predicted]})
    index = {name: number for number, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)), np.int64)
    for row in predictions:
        for wanted, given in zip(row.gold, row.predicted, strict=False):
            counts[index[given], index[wanted]] += 1
    # Staying as it is wins a tie, or labels that never occur would be moved about.
    given, wanted = linear_sum_assignment(
        -(counts * (len(names) + 1) + np.eye(len(names), dtype=int))
    )
    mapping = {names[a]: names[b] for a, b in zip(given, wanted, strict=True)}
    moved = {a: b for a, b in mapping.items() if a != b and counts[index[a]].any()}
    if not moved:
        return None
    after_rows = [
        with_predicted(row, [mapping[tag] for tag in row.predicted]) for row in predictions
    ]
    after = score(after_rows)
    if after.f1 < base.f1 + CHOSEN_GAIN:
        return None
    return Cause(
        "swapped_labels",
        f"{len(moved)} labels stand for others: as if id2label had another order",
        "Write the label list down once, in a fixed order (never from a set), and save it with the "
        "model: config.id2label and config.label2id. Load the model with the very same list.",
        after.f1,
        after.correct - base.correct,
        [f"{a} predicted where gold says {b}" for a, b in moved.items()],
        examples_of(predictions, after_rows),
    )


def shifted_labels(predictions: Sequence[Prediction], base: Score) -> Cause | None:
    """Every label one or more places away from its token."""
    best: tuple[float, int, list[Prediction]] | None = None
    tried = []
    for shift in [n for size in range(1, MAX_SHIFT + 1) for n in (size, -size)]:
        rows = [with_predicted(row, _moved(row.predicted, shift)) for row in predictions]
        f1 = score(rows).f1
        tried.append(f"{shift:+d} gives {100 * f1:.2f}")
        if f1 >= base.f1 + CHOSEN_GAIN and (best is None or f1 > best[0]):
            best = f1, shift, rows
    if best is None:
        return None
    f1, shift, rows = best
    side = "late" if shift < 0 else "early"
    return Cause(
        "shifted_labels",
        f"all labels stand {abs(shift)} place(s) too {side}",
        "Align labels by the tokenizer's word_ids (or offsets), which know about [CLS]; never by "
        "counting. This package's own training does so.",
        f1,
        score(rows).correct - base.correct,
        [f"F1 with the labels moved: {', '.join(tried)}"],
        examples_of(predictions, rows),
    )


def _moved(tags: Sequence[str], shift: int) -> list[str]:
    """Return tags moved to the right by ``shift`` (to the left if negative), as many as before."""
    if shift > 0:
        return [*[OUTSIDE] * min(shift, len(tags)), *tags[:-shift]]
    return [*tags[-shift:], *[OUTSIDE] * min(-shift, len(tags))]


def shifted_behind_a_token(predictions: Sequence[Prediction], base: Score) -> Cause | None:
    """Labels shifted only behind some token, which the tokenizer made nothing of."""
    lost: Counter[str] = Counter()
    rows, concerned = [], 0
    for row in predictions:
        tags = row.predicted
        places: list[int] = []
        while len(places) < MAX_SHIFT * 3 and (found := _best_gap(row.gold, tags)) is not None:
            tags = [*tags[:found], OUTSIDE, *tags[found:]][: len(row.gold)]
            places.append(found)
        rows.append(with_predicted(row, tags))
        concerned += bool(places)
        for location in places:
            token = row.tokens[location] if location < len(row.tokens) else ""
            lost[escape_invisible(token)] += bool(token)
    after = score(rows)
    if after.f1 < base.f1 + CHOSEN_GAIN or not concerned:
        return None
    evidence = [f"in {concerned:,} sentences the tags agree once a place is left free"]
    if lost := +lost:
        evidence.append(
            "the free place falls on or near "
            + ", ".join(f"{token} ({count:,})" for token, count in lost.most_common(5))
        )
    return Cause(
        "shifted_behind_a_token",
        "labels are shifted behind a token that got none: the tokenizer made nothing of it",
        "Give every token a piece: put [UNK] where the tokenizer makes nothing of a token (white "
        "space, control characters), as this package does, and align by word_ids.",
        after.f1,
        after.correct - base.correct,
        evidence,
        examples_of(predictions, rows),
    )


def _best_gap(gold: Sequence[str], predicted: Sequence[str]) -> int | None:
    """Return where one free place makes most of the tags behind it agree, if that is many."""
    length = len(gold)
    given = padded(predicted, length)
    stay = np.fromiter((a == b for a, b in zip(gold, given[:length], strict=True)), bool, length)
    moved = [OUTSIDE, *given][:length]
    shift = np.fromiter((a == b for a, b in zip(gold, moved, strict=True)), bool, length)
    # Tags before the gap agree as they stand, those behind it as they stand one further on.
    before = np.concatenate(([0], np.cumsum(stay)))
    behind = np.concatenate((np.cumsum(shift[::-1])[::-1], [0]))
    total = before + behind
    best = int(total.argmax())
    return best if total[best] >= before[-1] + MIN_AGREEMENT and best < length else None
