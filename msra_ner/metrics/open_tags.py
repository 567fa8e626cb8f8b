"""Open tags, where nobody looked: what a model finds there is neither right nor wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from msra_ner.labels import (
    Entity,
    close_tags,
    decode_entities,
    encode_entities,
    is_open,
    is_open_for,
)


@dataclass(frozen=True, slots=True)
class ClosedRow:
    """The tags of a sentence without what nobody looked for.

    A predicted entity is left out where every one of its tokens is open for its type. One that
    has any other token contradicts what was annotated there, and is scored as wrong.

    >>> row = close_row(["B-PER", "?", "O"], ["B-PER", "B-LOC", "O"])
    >>> row.gold, row.predicted, row.kept, sorted(row.open_tokens)
    (['B-PER', 'O', 'O'], ['B-PER', 'O', 'O'], [True, False], [1])

    Attributes:
        gold: The gold tags, ``O`` where they are open.
        predicted: The predicted tags without the entities that are left out.
        pred_entities: The entities of these.
        kept: For each predicted entity whether it is scored.
        open_tokens: Positions of the open tags.
    """

    gold: list[str]
    predicted: list[str]
    pred_entities: list[Entity]
    kept: list[bool]
    open_tokens: frozenset[int]


def close_row(gold: Sequence[str], predicted: Sequence[str]) -> ClosedRow:
    """Return the tags of a sentence without what nobody looked for."""
    open_tokens = frozenset(position for position, tag in enumerate(gold) if is_open(tag))
    entities = decode_entities(predicted)
    if not open_tokens:
        everything = [True] * len(entities)
        return ClosedRow(list(gold), list(predicted), entities, everything, open_tokens)
    kept = [not is_open_for(gold, entity) for entity in entities]
    scored = [entity for entity, yes in zip(entities, kept, strict=True) if yes]
    tags = encode_entities(scored, len(predicted))
    # Elsewhere tags stay as they are: a stray I- is one in the lenient score.
    found = list(predicted)
    for at in (at for at in open_tokens if at < len(found)):
        found[at] = tags[at]
    return ClosedRow(close_tags(gold), found, scored, kept, open_tokens)
