"""Tags, label lists and entities: how tags are parsed, and IOB2 is decoded and encoded.

A *tag* is a string such as ``B-PER``; a *label list* is the ordered tuple of the tags a model
knows; an :class:`Entity` is a typed span of tokens. Nothing here reads files or needs torch.

An *open tag* stands where nobody looked. ``?`` may be any label. ``?-PER,LOC`` is neither PER nor
LOC, which were looked for; it is ``O`` or belongs to an entity of another type. No model predicts
one, and no label list holds one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from msra_ner.errors import CorpusError

OUTSIDE = "O"
OPEN = "?"
# Written order, never a set: the order of the public `msra_ner` dataset's ClassLabel.
MSRA_TYPES = ("PER", "ORG", "LOC")
# Those that the code of an open tag has room for in 64 bits, below what others write for "none".
MOST_OPEN_TYPES = 60
FIRST_CODE = -1000


@dataclass(frozen=True, order=True, slots=True)
class Entity:
    """A typed span of tokens: ``start`` inclusive, ``end`` exclusive, both counted in tokens.

    In "李娜到巴黎" the city is ``Entity(3, 5, "LOC")``.
    """

    start: int
    end: int
    type: str


class Tag(NamedTuple):
    """A tag taken apart; ``O`` and open tags have no separator and no type."""

    prefix: str
    separator: str
    type: str


@lru_cache(maxsize=4096)
def parse_tag(tag: str, *, any_scheme: bool = False) -> Tag:
    """Return the parts of a tag; the type may hold hyphens itself.

    ``any_scheme`` takes the prefixes of all schemes, and an underscore for the hyphen.

    Raises:
        ValueError: The tag is neither ``O`` nor open, nor a prefix and a type without spaces.

    >>> parse_tag("B-GEO-POL")
    Tag(prefix='B', separator='-', type='GEO-POL')
    >>> parse_tag("M_NAME", any_scheme=True)
    Tag(prefix='M', separator='_', type='NAME')
    """
    if tag == OUTSIDE:
        return Tag(OUTSIDE, "", "")
    if is_open(tag):
        list_annotated(tag)  # refuses what is spelt otherwise
        return Tag(OPEN, "", "")
    prefixes, separators = ("BIMESLU", "-_") if any_scheme else ("BI", "-")
    found = Tag(tag[:1], tag[1:2], tag[2:])
    known = found.prefix in prefixes and found.separator in separators
    if not (known and _is_type(found.type)):
        others = " (nor M-, E-, S-, L-, U-TYPE)" if any_scheme else ""
        raise ValueError(f"{tag!r}, which is not O, B-TYPE or I-TYPE{others}")
    return found


def is_open(tag: str) -> bool:
    """Return whether nobody looked, for all types or for some: ``?`` or ``?-PER,LOC``."""
    return tag.startswith(OPEN)


def list_annotated(tag: str) -> tuple[str, ...]:
    """Return the types that an open tag rules out, because they were looked for.

    Raises:
        ValueError: It is not spelt as an open tag.

    >>> list_annotated("?-PER,LOC"), list_annotated("?")
    (('PER', 'LOC'), ())
    """
    types = tuple(tag[2:].split(",")) if tag != OPEN else ()
    if not (tag == OPEN or (tag[1:2] == "-" and all(map(_is_type, types)))):
        raise ValueError(f"{tag!r}, which is not {OPEN} or {OPEN}-TYPE,TYPE,...")
    return types


def write_open_tag(annotated: Iterable[str]) -> str:
    """Return the open tag of a token that belongs to no entity of the types looked for.

    Raises:
        ValueError: A type has a comma or a space, or is empty.

    >>> write_open_tag(["PER", "LOC"])
    '?-PER,LOC'
    """
    types = list(annotated)
    tag = f"{OPEN}-{','.join(types)}" if types else OPEN
    if list(list_annotated(tag)) != types:
        raise ValueError(f"the types {types}, of which one has a comma")
    return tag


def is_open_for(tags: Sequence[str], entity: Entity) -> bool:
    """Return whether nobody looked for entities of this type at any token of this one.

    >>> is_open_for(["?-PER", "?", "O"], Entity(0, 2, "LOC"))
    True
    """
    own = tags[entity.start : entity.end]
    return len(own) == entity.end - entity.start and all(
        is_open(tag) and entity.type not in list_annotated(tag) for tag in own
    )


def close_tags(tags: Iterable[str]) -> list[str]:
    """Return tags with ``O`` in place of the open ones.

    >>> close_tags(["B-PER", "?", "?-PER"])
    ['B-PER', 'O', 'O']
    """
    return [OUTSIDE if is_open(tag) else tag for tag in tags]


def can_agree(tag: str, other: str) -> bool:
    """Return whether two tags of one token can both be right.

    >>> can_agree("?-PER", "B-LOC"), can_agree("?-PER", "B-PER"), can_agree("O", "B-PER")
    (True, False, False)
    """
    if is_open(other):
        tag, other = other, tag
    if not is_open(tag):
        return tag == other
    return is_open(other) or parse_tag(other).type not in list_annotated(tag)


def _is_type(name: str) -> bool:
    # The ASCII space counts as printable, but ends a tag in a file of tags. An open tag is no type.
    return bool(name) and name.isprintable() and " " not in name and not is_open(name)


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


def check_labels(labels: Iterable[str]) -> None:
    """Refuse labels that no model can have.

    Raises:
        ValueError: One is not IOB2, or is an open tag.
    """
    for label in labels:
        if parse_tag(label).prefix == OPEN:
            raise ValueError(f"{label!r}, which stands where nobody looked")


def entity_types(labels: Sequence[str]) -> list[str]:
    """Return the entity types of a label list, each once, in its order."""
    return list(dict.fromkeys(parse_tag(label).type for label in labels if label != OUTSIDE))


class LabelIds(dict[str, int]):
    """The id of each tag: its place in a label list, or a negative code of an open tag.

    -1 is ``?``. Another code is -1000 minus a sum of powers of two, one for each type that nobody
    looked for, in the order of the label list. So the code says what a token may be whatever the
    tag was called, and a tag that leaves no type of the list open has the id of ``O``.

    Raises:
        CorpusError: There are more types than such a code has room for.

    >>> ids = LabelIds(("O", "B-PER", "I-PER", "B-LOC", "I-LOC"))
    >>> ids["I-PER"], ids["?"], ids["?-PER"], ids["?-PER,LOC"]
    (2, -1, -1002, 0)
    """

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__((label, index) for index, label in enumerate(labels))
        self._labels = tuple(labels)
        self._types = entity_types(labels)

    def __missing__(self, tag: str) -> int:
        """Return the code of an open tag."""
        if not is_open(tag):
            raise KeyError(tag)
        annotated = list_annotated(tag)
        sought = [at for at, name in enumerate(self._types) if name not in annotated]
        if not sought and self._types:
            code = self[OUTSIDE]
        elif len(sought) == len(self._types):
            code = -1
        elif sought[-1] < MOST_OPEN_TYPES:
            code = FIRST_CODE - sum(1 << at for at in sought)
        else:
            raise CorpusError(
                f"found the tag {tag[:80]!r} and {len(self._types)} types, expected at most "
                f"{MOST_OPEN_TYPES} where some were not looked for everywhere. Leave rare types "
                "out, or write ? for tokens that nobody looked at."
            )
        self[tag] = code
        return code

    def list_allowed(self, tag: str) -> list[int]:
        """Return the ids of the labels that a token with a tag may have.

        >>> LabelIds(("O", "B-PER", "I-PER", "B-LOC", "I-LOC")).list_allowed("?-PER")
        [0, 3, 4]
        """
        if not is_open(tag):
            return [self[tag]]
        annotated = list_annotated(tag)
        types = (parse_tag(label).type for label in self._labels)
        return [index for index, name in enumerate(types) if name not in annotated]

    def name(self, code: int) -> str:
        """Return the tag of an id or a code.

        >>> LabelIds(("O", "B-PER", "I-PER", "B-LOC", "I-LOC")).name(-1002)
        '?-PER'
        """
        if code >= 0:
            return self._labels[code]
        if code == -1:
            return OPEN
        types = enumerate(self._types)
        return write_open_tag(name for at, name in types if not (FIRST_CODE - code) >> at & 1)


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
