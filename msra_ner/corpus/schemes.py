"""Tagging schemes: how a tag is taken apart, which tags follow each other, how tags are encoded."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msra_ner.corpus.sentence import Sentence
from msra_ner.labels import OUTSIDE

PREFIXES = {"iob2": "BI", "iob1": "BI", "bioes": "BIES", "bmes": "BMES", "bilou": "BILU"}
STARTS, INSIDES = "BSU", "IM"
SENTENCE_END = ""
# What each scheme but IOB2 writes for a single token, the last one, and those inside.
LETTERS = {
    "bioes": ("S", "E", "I"),
    "bmes": ("S", "E", "M"),
    "bilou": ("U", "L", "I"),
    "iob1": ("I", "I", "I"),
}
Transition = tuple[str, str]


class Tag(NamedTuple):
    """A tag taken apart; ``O`` has no type and no separator."""

    prefix: str
    separator: str
    type: str


def parse_tag(tag: str) -> Tag:
    """Return the parts of a tag of any scheme.

    Raises:
        ValueError: It is no tag.

    >>> parse_tag("M_NAME")
    Tag(prefix='M', separator='_', type='NAME')
    """
    if tag == OUTSIDE:
        return Tag(OUTSIDE, "", "")
    prefix, separator, entity_type = tag[:1], tag[1:2], tag[2:]
    # The ASCII space counts as printable, but ends a tag in a file of tags.
    printable = entity_type.isprintable() and " " not in entity_type
    if prefix not in "BIMESLU" or separator not in ("-", "_") or not entity_type or not printable:
        raise ValueError(f"{tag!r}, which is not O, B-TYPE or I-TYPE (nor M-, E-, S-, L-, U-TYPE)")
    return Tag(prefix, separator, entity_type)


def survey(sentences: Iterable[Sentence]) -> set[Transition]:
    """Return the pairs of neighbouring tags; the border of a sentence counts as ``O`` and ``""``.

    This is all there is to know of the tags of a split: their types, scheme and faults.
    """
    transitions: set[Transition] = set()
    for sentence in sentences:
        tags = sentence.tags
        transitions.update(zip([OUTSIDE, *tags], [*tags, SENTENCE_END], strict=True))
    return transitions


def types_of(transitions: Iterable[Transition]) -> set[str]:
    """Return the entity types of the tags that are well-formed."""
    types = set()
    for tag in {tag for _, tag in transitions} - {SENTENCE_END}:
        try:
            types.add(parse_tag(tag).type)
        except ValueError:
            continue  # Reading the sentences refuses it, with its line.
    return types - {""}


def encode_scheme(tags: Sequence[str], scheme: str) -> list[str]:
    """Return IOB2 tags in another scheme.

    >>> encode_scheme(["B-PER", "I-PER", "I-PER", "B-LOC", "O"], "bmes")
    ['B-PER', 'M-PER', 'E-PER', 'S-LOC', 'O']
    """
    if scheme == "iob2":
        return list(tags)
    single, last, inside = LETTERS[scheme]
    encoded = []
    for position, tag in enumerate(tags):
        prefix, _, entity_type = parse_tag(tag)
        if prefix == OUTSIDE:
            encoded.append(OUTSIDE)
            continue
        goes_on = tags[position + 1 : position + 2] == [f"I-{entity_type}"]
        if scheme == "iob1":
            # B- only where the entity before, of the same type, ends right here.
            before = tags[position - 1] if position else OUTSIDE
            touches = prefix == "B" and parse_tag(before).type == entity_type
            letter = "B" if touches else "I"
        elif prefix == "B":
            letter = "B" if goes_on else single
        else:
            letter = inside if goes_on else last
        encoded.append(f"{letter}-{entity_type}")
    return encoded
