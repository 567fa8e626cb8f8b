"""Faults of the labels: swapped, shifted, or shifted behind a token that got none."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from msra_ner.diagnosis.findings import (
    CHOSEN_GAIN,
    Finding,
    Predictions,
    pad_tags,
    prove_repair,
    score_predictions,
)
from msra_ner.diagnosis.tags import find_inside_starts, find_other_scheme, find_special_positions
from msra_ner.labels import OUTSIDE
from msra_ner.metrics import BreakdownRow
from msra_ner.tables import format_percent

# [CLS] shifts labels by one place, two special tokens by two; no tool is known that shifts further.
MAX_SHIFT = 3
# A sentence counts as shifted behind some token only where so many more tags agree then: the two
# borders of an entity agree by chance, four tags hardly.
MIN_AGREEMENT = 4


def check_labels(predictions: Predictions, base: BreakdownRow) -> list[Finding]:
    """Return what the tags alone give away; ``base`` is their score."""
    checks: list[Callable[[Predictions, BreakdownRow], Finding | None]] = [
        find_special_positions,
        find_other_scheme,
        find_swapped_labels,
        find_shifted_labels,
        find_shift_behind_token,
        find_inside_starts,
    ]
    return [finding for check in checks if (finding := check(predictions, base))]


def find_swapped_labels(predictions: Predictions, base: BreakdownRow) -> Finding | None:
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
    finding = Finding(
        "swapped_labels",
        f"{len(moved)} labels stand for others: as if id2label had another order",
        "Write the label list down once, in a fixed order (never from a set), and save it with the "
        "model: config.id2label and config.label2id. Load the model with the very same list.",
        evidence=[f"{a} predicted where gold says {b}" for a, b in moved.items()],
    )
    repaired = [
        replace(row, predicted=[mapping[tag] for tag in row.predicted]) for row in predictions
    ]
    return prove_repair(finding, predictions, repaired, base, CHOSEN_GAIN)


def find_shifted_labels(predictions: Predictions, base: BreakdownRow) -> Finding | None:
    """Every label one or more places away from its token."""
    tried = {}
    for shift in [n for size in range(1, MAX_SHIFT + 1) for n in (size, -size)]:
        rows = [replace(row, predicted=_shift_tags(row.predicted, shift)) for row in predictions]
        tried[shift] = score_predictions(rows).f1, rows
    shift, (_, repaired) = max(tried.items(), key=lambda item: item[1][0])
    results = (f"{shift:+d} gives {format_percent(f1)}" for shift, (f1, _) in tried.items())
    finding = Finding(
        "shifted_labels",
        f"all labels are {-shift} place(s) too late"
        if shift < 0
        else f"all labels are {shift} place(s) too early",
        "Align labels by the tokenizer's word_ids (or offsets), which know about [CLS]; never by "
        "counting. This package's own training does so.",
        evidence=[f"F1 with the labels moved: {', '.join(results)}"],
    )
    return prove_repair(finding, predictions, repaired, base, CHOSEN_GAIN)


def _shift_tags(tags: Sequence[str], shift: int) -> list[str]:
    """Return tags moved to the right by ``shift`` (to the left if negative), as many as before."""
    if shift > 0:
        return [*[OUTSIDE] * min(shift, len(tags)), *tags[:-shift]]
    return [*tags[-shift:], *[OUTSIDE] * min(-shift, len(tags))]


def find_shift_behind_token(predictions: Predictions, base: BreakdownRow) -> Finding | None:
    """Labels shifted only behind some token, which the tokenizer made nothing of."""
    lost: Counter[str] = Counter()
    repaired, concerned = [], 0
    for row in predictions:
        tags = row.predicted
        gaps: list[int] = []
        while len(gaps) < MAX_SHIFT * 3 and (gap := _find_gap(row.gold, tags)) is not None:
            tags = [*tags[:gap], OUTSIDE, *tags[gap:]][: len(row.gold)]
            gaps.append(gap)
        repaired.append(replace(row, predicted=tags))
        concerned += bool(gaps)
        tokens = (token for gap in gaps for token in row.tokens[gap : gap + 1] if token)
        lost.update(map(_escape_invisible, tokens))
    if not concerned:
        return None
    evidence = [f"in {concerned:,} sentences the tags agree once a place is left free"]
    if lost:
        evidence.append(
            "the free place falls on or near "
            + ", ".join(f"{token} ({count:,})" for token, count in lost.most_common(5))
        )
    finding = Finding(
        "shifted_behind_a_token",
        "labels are shifted behind a token that got none: the tokenizer made nothing of it",
        "Give every token a piece: put [UNK] where the tokenizer makes nothing of a token (white "
        "space, control characters), as this package does, and align by word_ids.",
        evidence=evidence,
    )
    return prove_repair(finding, predictions, repaired, base, CHOSEN_GAIN)


def _find_gap(gold: Sequence[str], predicted: Sequence[str]) -> int | None:
    """Return where one free place makes most of the tags behind it agree, if that is many."""
    length = len(gold)
    given = pad_tags(predicted, length)
    stay = np.fromiter((a == b for a, b in zip(gold, given[:length], strict=True)), bool, length)
    moved = [OUTSIDE, *given][:length]
    shift = np.fromiter((a == b for a, b in zip(gold, moved, strict=True)), bool, length)
    # Tags before the gap agree as they are, those behind it one place further on.
    before = np.concatenate(([0], np.cumsum(stay)))
    behind = np.concatenate((np.cumsum(shift[::-1])[::-1], [0]))
    total = before + behind
    best = int(total.argmax())
    return best if total[best] >= before[-1] + MIN_AGREEMENT and best < length else None


def _escape_invisible(token: str) -> str:
    """Return a token as people can see it: what is invisible as its code point."""
    return token if token.isprintable() and token.strip() else f"U+{ord(token[0]):04X}"
