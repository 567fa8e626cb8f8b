"""Faults of how tags are written and scored: another scheme, special tokens, I- starts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from msra_ner.corpus import read_as_iob2
from msra_ner.diagnosis.causes import (
    MIN_GAIN,
    Cause,
    Score,
    examples_of,
    padded,
    score,
    show,
    with_predicted,
)
from msra_ner.labels import OUTSIDE
from msra_ner.report import Prediction

# Names that tools give to positions which are no tokens.
SPECIAL_TAGS = {"-100", "X", "[PAD]", "PAD", "<PAD>", "<pad>", "[CLS]", "[SEP]", "IGNORE"}
SPECIAL_TOKENS = {"[CLS]", "[SEP]", "[PAD]", "<s>", "</s>", "<pad>"}


def special_positions(predictions: Sequence[Prediction], base: Score) -> Cause | None:
    """Positions that are no tokens, and pieces of tokens, among what is scored."""
    kinds: Counter[str] = Counter()
    kept = []
    for row in predictions:
        length = max(len(row.gold), len(row.predicted))
        gold, predicted = padded(row.gold, length), padded(row.predicted, length)
        marks = [
            _special(token, wanted, given)
            for token, wanted, given in zip(
                [*row.tokens, *[""] * (length - len(row.tokens))], gold, predicted, strict=True
            )
        ]
        kinds.update(mark for mark in marks if mark)
        real = [n for n, mark in enumerate(marks) if not mark]
        kept.append(
            replace(
                row,
                gold=[gold[n] for n in real],
                predicted=[predicted[n] for n in real],
            )
        )
    if not kinds:
        return None
    after = score(kept)
    return Cause(
        "special_positions",
        f"{kinds.total():,} positions are scored that are no tokens",
        "Leave them out of both sides before scoring: positions with the label -100, [CLS], [SEP] "
        "and padding, and all but the first piece of a token.",
        after.f1,
        abs(base.predicted - after.predicted),
        [
            ", ".join(f"{name} {count:,} times" for name, count in kinds.most_common()),
            f"token accuracy with them {100 * base.accuracy:.2f}, "
            f"without {100 * after.accuracy:.2f}",
        ],
        [
            show(row, 0, min(8, len(row.gold)))
            for row, new in zip(predictions, kept, strict=True)
            if len(row.gold) != len(new.gold)
        ][:3],
    )


def _special(token: str, gold: str, predicted: str) -> str:
    """Return what a position is where it is no token, or nothing."""
    if token in SPECIAL_TOKENS:
        return token
    if token.startswith("##") and len(token) > 2:
        return "pieces that go on with a token (##)"
    return next((tag for tag in (gold, predicted) if tag in SPECIAL_TAGS), "")


def other_scheme(predictions: Sequence[Prediction], base: Score) -> Cause | None:
    """Tags in another scheme or spelling than the score takes them for."""
    changed: Counter[str] = Counter()

    def plain(tag: str) -> str:
        new = read_as_iob2(tag)
        if new != tag:
            changed[f"{tag} read as {new}"] += 1
        return new

    after_rows = [
        replace(row, gold=[*map(plain, row.gold)], predicted=[*map(plain, row.predicted)])
        for row in predictions
    ]
    after = score(after_rows)
    if not changed or after.f1 < base.f1 + MIN_GAIN:
        return None
    return Cause(
        "other_scheme",
        "the tags are of another scheme or spelling than the score reads",
        "Convert gold and predicted tags to one scheme before scoring, or name the scheme to the "
        "scorer. 'msra-ner convert' converts a corpus; train and score on the same form.",
        after.f1,
        after.correct - base.correct,
        [", ".join(f"{name} ({count:,})" for name, count in changed.most_common(4))],
        examples_of(predictions, after_rows),
    )


def started_inside(predictions: Sequence[Prediction], base: Score) -> Cause | None:
    """Entities whose first tag is ``I-``, which a strict score does not count."""
    rows, number = [], 0
    for row in predictions:
        tags = list(row.predicted)
        for position, (before, tag) in enumerate(pairwise([OUTSIDE, *row.predicted])):
            if tag[:2] == "I-" and before[2:] != tag[2:]:
                tags[position] = f"B-{tag[2:]}"
                number += 1
        rows.append(with_predicted(row, tags))
    after = score(rows)
    if after.f1 < base.f1 + MIN_GAIN:
        return None
    return Cause(
        "started_inside",
        f"{number:,} predicted entities start with I- instead of B-: strict scoring counts none",
        "If gold does so too, it is IOB1: convert it (--scheme iob1). If only the model does, it "
        "is undertrained, or its labels were not made with B- first; say which score you report.",
        after.f1,
        after.correct - base.correct,
        [f"strict F1 {100 * base.f1:.2f}, with these as B- {100 * after.f1:.2f}"],
        examples_of(predictions, rows),
    )


def escape_invisible(token: str) -> str:
    """Return a token as people can see it: what is invisible as its code point."""
    return (
        token
        if token.isprintable() and token.strip()
        else f"U+{ord(token[0]):04X}"
        if token
        else ""
    )
