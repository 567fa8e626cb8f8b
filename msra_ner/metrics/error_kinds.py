"""Which errors of which kind a prediction makes, and what F1 would be without each kind.

Entities that overlap one another, gold and predicted, belong together: they are one error, and
every entity is either correct or in exactly one error. A correct entity overlaps no other, because
the entities of one side never overlap each other. This leaves few cases, in this order:

1. One gold entity that overlaps no prediction is missed; one prediction that overlaps no gold
   entity is spurious.
2. One gold entity and one prediction: with the same span, the type is wrong. With another span and
   another type, both are. With the same type the prediction is too long (it contains the gold
   entity), too short (it lies inside it) or shifted (each has tokens that the other lacks).
3. One gold entity and several predictions: split. Several gold entities and one prediction:
   merged. Several of both, as where a border between neighbours is shifted: tangled. Types do not
   matter here: what went wrong first are the borders.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msra_ner.labels import Entity, decode_entities
from msra_ner.metrics.completeness import TagRows, check_complete

# All kinds in the order in which they are shown, with what they mean.
KINDS = {
    "missed": "a gold entity that no prediction overlaps",
    "spurious": "a prediction that overlaps no gold entity",
    "type": "the right span with a wrong type",
    "too long": "the right type; the span contains the gold one",
    "too short": "the right type; the span lies inside the gold one",
    "shifted": "the right type; the span overlaps the gold one and goes beyond it",
    "type and boundary": "a wrong type and a span that only overlaps the gold one",
    "split": "several predictions for one gold entity",
    "merged": "one prediction for several gold entities",
    "tangled": "several predictions across several gold entities",
}


@dataclass(frozen=True, slots=True)
class EntityError:
    """An error: the wrong entities of a sentence that overlap one another.

    ``sentence`` is an index from 0; ``gold`` and ``predicted`` are in order, and one of them is
    empty for missed and spurious entities.
    """

    sentence: int
    kind: str
    gold: tuple[Entity, ...]
    predicted: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class KindSummary:
    """The errors of one kind: their number, their entities, and F1 were they all repaired."""

    kind: str
    errors: int
    gold: int
    predicted: int
    repaired_f1: float


def find_errors(gold: TagRows, predicted: TagRows) -> list[EntityError]:
    """Return the errors of all sentences, in their order.

    Every gold entity that is not predicted exactly, and every prediction that is not exactly a
    gold entity, is in one of them.

    Raises:
        ScoreError: A sentence or token has no prediction.

    >>> [error] = find_errors([["B-LOC", "I-LOC", "O"]], [["B-LOC", "I-LOC", "I-LOC"]])
    >>> error.kind
    'too long'
    """
    check_complete(gold, predicted)
    errors = []
    for index, tags in enumerate(zip(gold, predicted, strict=True)):
        gold_entities, pred_entities = map(decode_entities, tags)
        for group in overlap_groups(gold_entities, pred_entities):
            if group[0] != group[1]:
                errors.append(EntityError(index, _kind(*group), *group))
    return errors


def overlap_groups(
    gold: Iterable[Entity], predicted: Iterable[Entity]
) -> list[tuple[tuple[Entity, ...], tuple[Entity, ...]]]:
    """Return the entities of a sentence, gold and predicted, that overlap directly or in a chain.

    Each entity is in one group. An entity that is predicted exactly makes a group of its own.

    >>> a, b, c = Entity(0, 2, "LOC"), Entity(1, 4, "LOC"), Entity(4, 5, "PER")
    >>> [(len(left), len(right)) for left, right in overlap_groups([a, c], [b])]
    [(1, 1), (1, 0)]
    """
    # From left to right, an entity that starts before everything so far has ended overlaps some
    # of it, and that can only be an entity of the other side.
    sides = [(entity, 0) for entity in gold] + [(entity, 1) for entity in predicted]
    groups: list[tuple[list[Entity], list[Entity]]] = []
    end = 0
    for entity, side in sorted(sides):
        if entity.start >= end:
            groups.append(([], []))
        groups[-1][side].append(entity)
        end = max(end, entity.end)
    return [(tuple(left), tuple(right)) for left, right in groups]


def summarise_kinds(gold: TagRows, predicted: TagRows) -> list[KindSummary]:
    """Return for every kind its errors and the F1 if they, and no others, were repaired.

    Repairing never lowers F1. The gains do not add up to 1: that takes all kinds at once.

    Returns:
        One row a kind, in the order of ``KINDS``, those without errors included.

    Raises:
        ScoreError: A sentence or token has no prediction.
    """
    errors = find_errors(gold, predicted)
    gold_total, pred_total = (
        sum(len(decode_entities(tags)) for tags in side) for side in (gold, predicted)
    )
    correct = gold_total - sum(len(error.gold) for error in errors)
    rows = []
    for kind in KINDS:
        here = [error for error in errors if error.kind == kind]
        gold_here = sum(len(error.gold) for error in here)
        pred_here = sum(len(error.predicted) for error in here)
        # What is repaired becomes correct, and replaces what was predicted.
        entities = gold_total + pred_total - pred_here + gold_here
        f1 = 2 * (correct + gold_here) / entities if entities else 0.0
        rows.append(KindSummary(kind, len(here), gold_here, pred_here, f1))
    return rows


def _kind(gold: Sequence[Entity], predicted: Sequence[Entity]) -> str:
    """Return the kind of a group of overlapping entities that is not one correct entity."""
    if not predicted:
        return "missed"
    if not gold:
        return "spurious"
    if len(gold) > 1:
        return "merged" if len(predicted) == 1 else "tangled"
    if len(predicted) > 1:
        return "split"
    [left], [right] = gold, predicted
    if (left.start, left.end) == (right.start, right.end):
        return "type"
    if left.type != right.type:
        return "type and boundary"
    if right.start <= left.start and left.end <= right.end:
        return "too long"
    if left.start <= right.start and right.end <= left.end:
        return "too short"
    return "shifted"
