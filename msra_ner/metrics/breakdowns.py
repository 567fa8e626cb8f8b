"""Scores by what entities are like: length, place, how well train knows them, text and type.

What decides the row of an entity is read off the entity itself, gold or predicted, so that a
correct entity is in the same row on both sides and the rows add up to the counts of the split.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from msra_ner.labels import OUTSIDE, Entity, decode_entities, entity_types, label_list
from msra_ner.metrics.completeness import TagRows, check_complete, check_tokens
from msra_ner.metrics.error_kinds import overlap_groups
from msra_ner.metrics.surface_forms import entity_text

# First value of each row; a row ends before the next one, the last has no end.
LENGTHS = (1, 2, 3, 4, 5, 7, 10)
# BERT reads 510 word pieces at once: what ends after that takes a second window.
POSITIONS = (1, 33, 65, 129, 257, 511)
TRAIN_COUNTS = (0, 1, 2, 5, 20)


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    """Counts and strict scores of some entities.

    The properties are 0 where there is nothing, as in seqeval, to be compared and added;
    :meth:`list_ratios` is for showing.
    """

    name: str
    gold: int
    predicted: int
    correct: int

    @property
    def precision(self) -> float:
        """Correct entities over predicted ones."""
        return self.correct / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Correct entities over gold ones."""
        return self.correct / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        entities = self.gold + self.predicted
        return 2 * self.correct / entities if entities else 0.0

    def list_ratios(self) -> dict[str, float | None]:
        """Return precision, recall and f1 by name; None for a ratio of nothing.

        >>> BreakdownRow("PER", gold=0, predicted=2, correct=0).list_ratios()
        {'precision': 0.0, 'recall': None, 'f1': None}
        """
        return {
            "precision": self.precision if self.predicted else None,
            "recall": self.recall if self.gold else None,
            "f1": self.f1 if self.gold else None,
        }


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many entities of each gold type (rows) got each predicted type (columns).

    Attributes:
        names: The types, then ``O``: its column has what was missed, its row what is spurious.
        matrix: Shape (names, names). Rows add up to the gold entities, columns to the predicted
            ones. The diagonal has the right types, borders right or wrong.
    """

    names: tuple[str, ...]
    matrix: tuple[tuple[int, ...], ...]


def break_down(
    gold: TagRows,
    predicted: TagRows,
    row_of: Callable[[int, Entity], str],
    names: Sequence[str] = (),
) -> list[BreakdownRow]:
    """Return the scores of the entities of each row.

    ``row_of`` names the row of an entity; its first argument is the index of the sentence. Rows
    in ``names`` come first, in this order, even where they have no entity.

    Raises:
        ScoreError: A sentence or token has no prediction.
    """
    check_complete(gold, predicted)
    golds, preds, shared = Counter[str](), Counter[str](), Counter[str]()
    for index, tags in enumerate(zip(gold, predicted, strict=True)):
        gold_entities, pred_entities = map(decode_entities, tags)
        golds.update(row_of(index, entity) for entity in gold_entities)
        preds.update(row_of(index, entity) for entity in pred_entities)
        both = set(gold_entities).intersection(pred_entities)
        shared.update(row_of(index, entity) for entity in both)
    rows = dict.fromkeys([*names, *golds, *preds])
    return [BreakdownRow(name, golds[name], preds[name], shared[name]) for name in rows]


def score_by_length(gold: TagRows, predicted: TagRows) -> list[BreakdownRow]:
    """Return the scores by length of the entity in tokens."""
    return _score_by(gold, predicted, lambda _, entity: entity.end - entity.start, LENGTHS)


def score_by_position(gold: TagRows, predicted: TagRows) -> list[BreakdownRow]:
    """Return the scores by place of the entity's last token in the sentence, counted from 1."""
    return _score_by(gold, predicted, lambda _, entity: entity.end, POSITIONS)


def score_by_train_count(
    tokens: Sequence[Sequence[str]],
    gold: TagRows,
    predicted: TagRows,
    train_counts: Mapping[str, int],
) -> list[BreakdownRow]:
    """Return the scores by how often the entity's text is an entity in train, of any type.

    ``train_counts`` is what :func:`count_names` returns.

    Raises:
        ScoreError: A sentence or token has no prediction, or tokens are missing.
    """
    check_tokens(tokens, gold)

    def count(index: int, entity: Entity) -> int:
        return train_counts.get(entity_text(tokens[index], entity), 0)

    return _score_by(gold, predicted, count, TRAIN_COUNTS)


def _score_by(
    gold: TagRows,
    predicted: TagRows,
    measure: Callable[[int, Entity], int],
    starts: Sequence[int],
) -> list[BreakdownRow]:
    """Return the scores by a number that each entity has, in the rows that start at ``starts``."""
    names = name_rows(starts)

    def row_of(index: int, entity: Entity) -> str:
        return names[bisect_right(starts, measure(index, entity)) - 1]

    return break_down(gold, predicted, row_of, names)


def name_rows(starts: Sequence[int]) -> list[str]:
    """Return the names of the rows that start at these values.

    >>> name_rows((1, 2, 5))
    ['1', '2-4', '5+']
    """
    pairs = pairwise(starts)
    names = [str(start) if end == start + 1 else f"{start}-{end - 1}" for start, end in pairs]
    return [*names, f"{starts[-1]}+"]


def confuse_types(gold: TagRows, predicted: TagRows) -> Confusion:
    """Return which types were taken for which.

    Each entity is paired with at most one of the other side: those that share most tokens first;
    where these are equally many, those of the same type, then those further left. What remains
    without partner counts as missed or spurious.

    Raises:
        ScoreError: A sentence or token has no prediction.
    """
    check_complete(gold, predicted)
    counts: Counter[tuple[str, str]] = Counter()
    for tags in zip(gold, predicted, strict=True):
        for group in overlap_groups(*map(decode_entities, tags)):
            counts.update(_pair_types(*group))
    types = {name for pair in counts for name in pair} - {OUTSIDE}
    # In the order of a label list: MSRA's, or by name.
    names = (*entity_types(label_list(sorted(types))), OUTSIDE)
    return Confusion(names, tuple(tuple(counts[row, column] for column in names) for row in names))


def _pair_types(gold: Sequence[Entity], predicted: Sequence[Entity]) -> list[tuple[str, str]]:
    """Return gold and predicted type of each pair of a group, ``O`` for a lacking partner."""

    def rank(pair: tuple[Entity, Entity]) -> tuple[int, bool, tuple[Entity, Entity]]:
        left, right = pair
        shared = min(left.end, right.end) - max(left.start, right.start)
        return -shared, left.type != right.type, pair

    free_gold, free_pred = set(gold), set(predicted)
    types = []
    for gap, _, (left, right) in sorted(map(rank, product(gold, predicted))):
        if gap < 0 and left in free_gold and right in free_pred:
            free_gold.remove(left)
            free_pred.remove(right)
            types.append((left.type, right.type))
    types += [(entity.type, OUTSIDE) for entity in free_gold]
    types += [(OUTSIDE, entity.type) for entity in free_pred]
    return types
