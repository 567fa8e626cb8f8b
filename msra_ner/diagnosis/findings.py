"""A finding, and what all checks share: the score, the proof by a repair, the examples."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice, zip_longest

from msra_ner.corpus import join_tokens
from msra_ner.labels import OUTSIDE, Entity, decode_entities, parse_tag
from msra_ner.metrics import BreakdownRow
from msra_ner.report import Prediction

# What a repair must gain. 1,000 entities at F1 0.9 have a standard error of about 0.01, so that a
# gain of twice as much is rarely chance.
MIN_GAIN = 0.02
# A repair that is the best of many (shifts, mappings) gains something by the choice alone.
CHOSEN_GAIN = 0.1
# A repair that puts fewer entities right may do so by chance, whatever F1 it gives.
MIN_REPAIRED = 10
# Fewer gold entities than this, and F1 itself is mostly chance: its standard error is 0.1 or more.
MIN_GOLD = 20
MAX_EXAMPLES = 3
CONTEXT = 6  # tokens shown before and after what an example is about
MAX_STRETCH = 8  # tags of an example

Predictions = Sequence[Prediction]


@dataclass(frozen=True)
class Finding:
    """One thing that lowers F1, or makes a figure mean something else.

    For example ``Finding("shifted_labels", "all labels are 1 place(s) too late", "Align labels
    by word_ids.", f1_after=0.93, entities=812)``.

    Attributes:
        check: Its name, the same in every report.
        title: What was found, in a sentence.
        remedy: What to do.
        f1_after: F1 (0 to 1) with this put right and all else as it is; None where it is unknown.
        entities: How many entities it concerns.
        evidence: Lines of figures.
        examples: Up to three sentences, each with its location and its tags.
        f1_now: What ``f1_after`` compares with; None for the F1 of the predictions as they are.
    """

    check: str
    title: str
    remedy: str
    f1_after: float | None = None
    entities: int = 0
    evidence: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    f1_now: float | None = None


def prove_repair(
    finding: Finding,
    predictions: Predictions,
    repaired: Predictions,
    base: BreakdownRow,
    min_gain: float = MIN_GAIN,
) -> Finding | None:
    """Return a finding with the F1 of the repaired predictions, or None if it gains too little."""
    after = score_predictions(repaired)
    if after.f1 < base.f1 + min_gain or after.correct < base.correct + MIN_REPAIRED:
        return None
    changed = (
        row
        for row, new in zip(predictions, repaired, strict=True)
        if row.predicted != new.predicted
    )
    return replace(
        finding,
        f1_after=after.f1,
        entities=after.correct - base.correct,
        examples=[
            format_stretch(row, *_find_difference(row)) for row in islice(changed, MAX_EXAMPLES)
        ],
    )


def score_predictions(predictions: Iterable[Prediction]) -> BreakdownRow:
    """Return the strict score; a tag that is missing or not IOB2 counts as ``O``."""
    correct = predicted = gold = 0
    for row in predictions:
        wanted, given = set(find_entities(row.gold)), set(find_entities(row.predicted))
        correct += len(wanted & given)
        predicted += len(given)
        gold += len(wanted)
    return BreakdownRow("all", gold, predicted, correct)


def measure_token_accuracy(predictions: Iterable[Prediction]) -> float:
    """Return the share of tags (0 to 1) that are right; a missing tag counts as ``O``.

    Where nobody looked for all types, none counts.
    """
    agreeing = [
        wanted == given
        for row in predictions
        for at, (wanted, given) in enumerate(
            zip_longest(row.gold, row.predicted, fillvalue=OUTSIDE)
        )
        if at not in row.open_tokens
    ]
    return sum(agreeing) / len(agreeing) if agreeing else 0.0


def pad_tags(tags: Sequence[str], length: int) -> list[str]:
    """Return the tags of a sentence with ``O`` for those that are missing."""
    return [*tags, *[OUTSIDE] * (length - len(tags))]


def find_entities(tags: Sequence[str]) -> list[Entity]:
    """Return the entities of tags; those that are not IOB2 belong to none."""
    return decode_entities(drop_other_tags(tags))


def drop_other_tags(tags: Sequence[str]) -> list[str]:
    """Return tags with ``O`` in place of those that are not IOB2."""
    return [tag if _is_tag(tag) else OUTSIDE for tag in tags]


@lru_cache(maxsize=4096)
def _is_tag(tag: str) -> bool:
    try:
        parse_tag(tag)
    except ValueError:
        return False
    return True


def format_stretch(row: Prediction, start: int, end: int) -> str:
    """Return a stretch of a sentence with gold and predicted tags, for an example."""
    parts = []
    if tokens := row.tokens[max(0, start - CONTEXT) : end + CONTEXT]:
        parts.append(join_tokens(tokens))
    parts.append(f"gold {' '.join(row.gold[start:end])}")
    parts.append(f"predicted {' '.join(row.predicted[start:end])}")
    return f"{row.location}: {' | '.join(parts)}"


def _find_difference(row: Prediction) -> tuple[int, int]:
    """Return start and end of the first stretch where gold and predicted tags differ."""
    pairs = list(zip_longest(row.gold, row.predicted, fillvalue=OUTSIDE))
    start = next((n for n, (wanted, given) in enumerate(pairs) if wanted != given), 0)
    end = start + 1
    while end < min(len(pairs), start + MAX_STRETCH) and pairs[end] != (OUTSIDE, OUTSIDE):
        end += 1
    return start, end
