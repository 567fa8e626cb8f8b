"""What can lower F1, as a finding with its evidence; and how F1 is computed for one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from msra_ner.corpus import is_of_characters, join_tokens
from msra_ner.labels import OUTSIDE, Entity, decode_entities, parse_tag
from msra_ner.metrics import BreakdownRow
from msra_ner.report import Prediction

# A repair that gains less than this is within what chance does to a few hundred entities.
MIN_GAIN = 0.02
# Repairs that choose the best of many want more, or chance among many will do.
CHOSEN_GAIN = 0.1
MAX_EXAMPLES = 3
CONTEXT = 6  # tokens shown before and after what an example is about


@dataclass(frozen=True)
class Cause:
    """One thing that lowers F1, or makes a figure mean something else.

    Attributes:
        check: Its name, the same in every report.
        title: What was found, in a sentence.
        remedy: What to do.
        f1_after: F1 (0 to 1) with this put right and all else as it is; None where nobody can say.
        entities: How many entities it concerns.
        evidence: Lines of figures.
        examples: Up to three places with what stands there.
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


@dataclass(frozen=True, slots=True)
class Score(BreakdownRow):
    """Counts and strict scores of all entities, and the token accuracy of the same sentences."""

    accuracy: float


def score(predictions: Iterable[Prediction]) -> Score:
    """Return the strict score; what no tag says counts as ``O``, and so does what is missing."""
    correct = predicted = gold = right = tokens = 0
    for row in predictions:
        length = max(len(row.gold), len(row.predicted))
        wanted, given = (padded(tags, length) for tags in (row.gold, row.predicted))
        wanted_entities, given_entities = set(entities_of(wanted)), set(entities_of(given))
        correct += len(wanted_entities & given_entities)
        predicted += len(given_entities)
        gold += len(wanted_entities)
        right += sum(a == b for a, b in zip(wanted, given, strict=True))
        tokens += length
    return Score("all", gold, predicted, correct, right / tokens if tokens else 0.0)


def padded(tags: Sequence[str], length: int) -> list[str]:
    """Return the tags of a sentence with ``O`` for those that are missing."""
    return [*tags, *[OUTSIDE] * (length - len(tags))]


def entities_of(tags: Sequence[str]) -> list[Entity]:
    """Return the entities of tags of which some may be no IOB2 tags, which belong to none."""
    try:
        return decode_entities(tags)
    except ValueError:
        return decode_entities([tag if is_tag(tag) else OUTSIDE for tag in tags])


def is_tag(tag: str) -> bool:
    """Return whether a string is an IOB2 tag."""
    try:
        parse_tag(tag)
    except ValueError:
        return False
    return True


def with_predicted(row: Prediction, tags: Sequence[str]) -> Prediction:
    """Return a sentence with other predicted tags."""
    return replace(row, predicted=list(tags))


def show(row: Prediction, start: int, end: int) -> str:
    """Return a stretch of a sentence with gold and predicted tags, for an example."""
    first, last = max(0, start - CONTEXT), end + CONTEXT
    parts = []
    if row.tokens:
        tokens = row.tokens[first:last]
        parts.append(join_tokens(tokens, by_character=is_of_characters(tokens)))
    parts.append(f"gold {' '.join(row.gold[start:end])}")
    parts.append(f"predicted {' '.join(row.predicted[start:end])}")
    return f"{row.location}: {' | '.join(parts)}"


def first_difference(row: Prediction) -> tuple[int, int]:
    """Return start and end of the first stretch where gold and predicted tags differ."""
    length = max(len(row.gold), len(row.predicted))
    wanted, given = padded(row.gold, length), padded(row.predicted, length)
    start = next((n for n in range(length) if wanted[n] != given[n]), 0)
    end = start + 1
    while end < length and (wanted[end] != OUTSIDE or given[end] != OUTSIDE) and end < start + 8:
        end += 1
    return start, end


def examples_of(before: Sequence[Prediction], after: Sequence[Prediction]) -> list[str]:
    """Return the first sentences that a repair changed, as they were."""
    changed = (
        row for row, new in zip(before, after, strict=True) if row.predicted != new.predicted
    )
    return [
        show(row, *first_difference(row))
        for row, _ in zip(changed, range(MAX_EXAMPLES), strict=False)
    ]
