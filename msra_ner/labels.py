"""Tags, label lists and entities: how tags are parsed, and IOB2 is decoded and encoded.

A *tag* is a string such as ``B-PER``; a *label list* is the ordered tuple of the tags a model
knows; an :class:`Entity` is a typed span of tokens. Nothing here reads files or needs torch.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

OUTSIDE = "O"
# Written order, never a set: the order of the public `msra_ner` dataset's ClassLabel.
MSRA_TYPES = ("PER", "ORG", "LOC")


@dataclass(frozen=True, order=True, slots=True)
class Entity:
    """A typed span of tokens: ``start`` inclusive, ``end`` exclusive, both counted in tokens.

    In "李娜到巴黎" the city is ``Entity(3, 5, "LOC")``.
    """

    start: int
    end: int
    type: str


class Tag(NamedTuple):
    """A tag taken apart; ``O`` has no separator and no type."""

    prefix: str
    separator: str
    type: str


@lru_cache(maxsize=4096)
def parse_tag(tag: str, *, any_scheme: bool = False) -> Tag:
    """Return the parts of a tag; the type may hold hyphens itself.

    ``any_scheme`` takes the prefixes of all schemes, and an underscore for the hyphen.

    Raises:
        ValueError: The tag is neither ``O`` nor a prefix and a type without spaces.

    >>> parse_tag("B-GEO-POL")
    Tag(prefix='B', separator='-', type='GEO-POL')
    >>> parse_tag("M_NAME", any_scheme=True)
    Tag(prefix='M', separator='_', type='NAME')
    """
    if tag == OUTSIDE:
        return Tag(OUTSIDE, "", "")
    prefixes, separators = ("BIMESLU", "-_") if any_scheme else ("BI", "-")
    found = Tag(tag[:1], tag[1:2], tag[2:])
    # The ASCII space counts as printable, but ends a tag in a file of tags.
    printable = found.type.isprintable() and " " not in found.type
    known = found.prefix in prefixes and found.separator in separators
    if not (known and found.type and printable):
        others = " (nor M-, E-, S-, L-, U-TYPE)" if any_scheme else ""
        raise ValueError(f"{tag!r}, which is not O, B-TYPE or I-TYPE{others}")
    return found


def label_list(types: Iterable[str]) -> tuple[str, ...]:
    """Return ``("O", "B-X", "I-X", ...)`` for entity types, each type once, in the order given.

    Types that all belong to MSRA come in MSRA's order, whatever order they are given in, so that
    label ids agree with the public dataset.

    >>> label_list(["LOC", "PER"])
    ('O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC')
    """
    unique = list(dict.fromkeys(types))
    if set(unique) <= set(MSRA_TYPES):
        unique = [entity_type for entity_type in MSRA_TYPES if entity_type in unique]
    return (OUTSIDE, *(f"{prefix}-{entity_type}" for entity_type in unique for prefix in "BI"))


def entity_types(labels: Sequence[str]) -> list[str]:
    """Return the entity types of a label list, each once, in its order."""
    return list(dict.fromkeys(parse_tag(label).type for label in labels if label != OUTSIDE))


def decode_entities(tags: Sequence[str]) -> list[Entity]:
    """Return the entities of a sentence of tags, read as strict IOB2.

    An entity is a ``B-X`` and the ``I-X`` of the same type right after it. An ``I-`` that follows
    neither belongs to no entity.

    Source:
        IOB2 as in ``seqeval``'s strict mode with ``scheme=IOB2``; a property test compares them.

    >>> decode_entities(["B-LOC", "I-LOC", "O", "I-PER", "B-PER"])
    [Entity(start=0, end=2, type='LOC'), Entity(start=4, end=5, type='PER')]
    """
    entities = []
    start, open_type = 0, ""
    for position, tag in enumerate(tags):
        prefix, _, entity_type = parse_tag(tag)
        if prefix == "I" and entity_type == open_type:
            continue
        if open_type:
            entities.append(Entity(start, position, open_type))
        start, open_type = position, entity_type if prefix == "B" else ""
    if open_type:
        entities.append(Entity(start, len(tags), open_type))
    return entities


def encode_entities(entities: Iterable[Entity], length: int) -> list[str]:
    """Return the IOB2 tags, one a token, of a sentence of ``length`` tokens with these entities.

    Raises:
        ValueError: An entity is empty, leaves the sentence or overlaps another.
    """
    tags = [OUTSIDE] * length
    for entity in entities:
        if not 0 <= entity.start < entity.end <= length:
            raise ValueError(f"{entity} is empty or leaves a sentence of {length} tokens")
        if any(tag != OUTSIDE for tag in tags[entity.start : entity.end]):
            raise ValueError(f"{entity} overlaps another entity; IOB2 cannot hold both")
        inside = [f"I-{entity.type}"] * (entity.end - entity.start - 1)
        tags[entity.start : entity.end] = [f"B-{entity.type}", *inside]
    return tags
