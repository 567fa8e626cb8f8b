"""Faults of how tags are written and scored: special tokens, another scheme, I- starts."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

from msra_ner.corpus import read_as_iob2
from msra_ner.diagnosis.findings import (
    MAX_EXAMPLES,
    MIN_GAIN,
    MIN_REPAIRED,
    Finding,
    Predictions,
    format_stretch,
    measure_token_accuracy,
    pad_tags,
    prove_repair,
    score_predictions,
)
from msra_ner.labels import OUTSIDE
from msra_ner.metrics import BreakdownRow
from msra_ner.tables import format_percent

# Names that tools give to positions which are not tokens.
SPECIAL_TAGS = {"-100", "X", "[PAD]", "PAD", "<PAD>", "<pad>", "[CLS]", "[SEP]", "IGNORE"}
SPECIAL_TOKENS = {"[CLS]", "[SEP]", "[PAD]", "<s>", "</s>", "<pad>"}


def find_special_positions(predictions: Predictions, base: BreakdownRow) -> Finding | None:
    """Positions that are not tokens, and pieces of tokens, among what is scored."""
    kinds: Counter[str] = Counter()
    kept = []
    for row in predictions:
        length = max(len(row.gold), len(row.predicted))
        gold, predicted = pad_tags(row.gold, length), pad_tags(row.predicted, length)
        tokens = [*row.tokens, *[""] * (length - len(row.tokens))]
        marks = list(map(_name_special, tokens, gold, predicted))
        kinds.update(mark for mark in marks if mark)
        real = [n for n, mark in enumerate(marks) if not mark]
        kept.append(
            replace(row, gold=[gold[n] for n in real], predicted=[predicted[n] for n in real])
        )
    if not kinds:
        return None
    after = score_predictions(kept)
    changed = [
        row for row, new in zip(predictions, kept, strict=True) if len(row.gold) != len(new.gold)
    ]
    return Finding(
        "special_positions",
        f"{kinds.total():,} positions are scored that are not tokens",
        "Leave them out of both sides before scoring: positions with the label -100, [CLS], [SEP] "
        "and padding, and all but the first piece of a token.",
        after.f1,
        abs(base.predicted - after.predicted),
        [
            ", ".join(f"{name} {count:,} times" for name, count in kinds.most_common()),
            f"token accuracy with them {format_percent(measure_token_accuracy(predictions))}, "
            f"without {format_percent(measure_token_accuracy(kept))}",
        ],
        [format_stretch(row, 0, 8) for row in changed[:MAX_EXAMPLES]],
    )


def _name_special(token: str, gold: str, predicted: str) -> str:
    """Return what a position is where it is not a token, or nothing."""
    if token in SPECIAL_TOKENS:
        return token
    if token.startswith("##") and len(token) > 2:
        return "pieces that go on with a token (##)"
    return next((tag for tag in (gold, predicted) if tag in SPECIAL_TAGS), "")


def find_other_scheme(predictions: Predictions, base: BreakdownRow) -> Finding | None:
    """Tags in another scheme or spelling than the score takes them for."""
    changed: Counter[str] = Counter()

    def convert(tag: str) -> str:
        new = read_as_iob2(tag)
        if new != tag:
            changed[f"{tag} read as {new}"] += 1
        return new

    repaired = [
        replace(row, gold=[*map(convert, row.gold)], predicted=[*map(convert, row.predicted)])
        for row in predictions
    ]
    if not changed:
        return None
    finding = Finding(
        "other_scheme",
        "the tags are of another scheme or spelling than the score reads",
        "Convert gold and predicted tags to one scheme before scoring, or name the scheme to the "
        "scorer. 'msra-ner convert' converts a corpus; train and score on the same format.",
        evidence=[", ".join(f"{name} ({count:,})" for name, count in changed.most_common(4))],
    )
    if proven := prove_repair(finding, predictions, repaired, base):
        return proven
    # Read wrongly, both sides may agree more often than their entities do: ends do not count then.
    after = score_predictions(repaired)
    if base.f1 < after.f1 + MIN_GAIN and abs(after.gold - base.gold) < MIN_REPAIRED:
        return None
    read = f"{base.gold:,} gold entities are scored, {after.gold:,} with the tags read as IOB2"
    return replace(
        finding,
        title=f"{finding.title}: it says nothing about whole entities",
        f1_after=after.f1,
        entities=after.gold,
        evidence=[*finding.evidence, read],
    )


def find_inside_starts(predictions: Predictions, base: BreakdownRow) -> Finding | None:
    """Entities whose first tag is ``I-``, which a strict score does not count."""
    repaired, number = [], 0
    for row in predictions:
        tags = list(row.predicted)
        for position, (before, tag) in enumerate(pairwise([OUTSIDE, *row.predicted])):
            if tag[:2] == "I-" and before[2:] != tag[2:]:
                tags[position] = f"B-{tag[2:]}"
                number += 1
        repaired.append(replace(row, predicted=tags))
    finding = Finding(
        "started_inside",
        f"{number:,} predicted entities start with I- instead of B-: strict scoring counts none",
        "If gold does so too, it is IOB1: convert it (--scheme iob1). If only the model does, it "
        "is undertrained, or its labels were not made with B- first; say which score you report.",
    )
    proven = prove_repair(finding, predictions, repaired, base)
    if proven is None or proven.f1_after is None:
        return None
    strict, lenient = format_percent(base.f1), format_percent(proven.f1_after)
    return replace(proven, evidence=[f"strict F1 {strict}, with these as B- {lenient}"])
