"""Tagging schemes: their prefixes, the transitions of a corpus, and how tags are encoded."""

import re
from collections.abc import Collection, Iterable, Sequence

from msra_ner.corpus.options import Scheme
from msra_ner.corpus.sentence import Sentence
from msra_ner.labels import OPEN, OUTSIDE, Tag, is_open, parse_tag

PREFIXES = {
    "iob2": "BI", "iob1": "BI", "bioes": "BIES", "bmes": "BMES", "bilou": "BILU", "io": "I"
}  # fmt: skip
STARTS, INSIDES = "BSU", "IM"
SENTENCE_END = ""
# What each scheme but IOB2 writes for a single token, the last one, and those inside.
LETTERS = {
    "bioes": ("S", "E", "I"),
    "bmes": ("S", "E", "M"),
    "bilou": ("U", "L", "I"),
    "iob1": ("I", "I", "I"),
}
# Two neighbouring tags. The first tag of a sentence follows "O", the last precedes SENTENCE_END.
Transition = tuple[str, str]
_PREFIXES_ALONE = frozenset("BIMESLU")


def collect_transitions(sentences: Iterable[Sentence]) -> set[Transition]:
    """Return the pairs of neighbouring tags, which tell types, scheme and faults of a split.

    >>> sorted(collect_transitions([Sentence(["李", "娜"], ["B-PER", "I-PER"])]))
    [('B-PER', 'I-PER'), ('I-PER', ''), ('O', 'B-PER')]
    """
    transitions: set[Transition] = set()
    for sentence in sentences:
        tags = sentence.tags
        transitions.update(zip([OUTSIDE, *tags], [*tags, SENTENCE_END], strict=True))
    return transitions


def parse_written(
    tags: Collection[str], scheme: Scheme, entity_type: str
) -> tuple[dict[str, Tag], dict[str, str]]:
    """Return the parts of the tags of a corpus, and for each malformed one what is wrong with it.

    Tags that are all prefixes alone get the entity type. In the scheme IO a type needs no prefix.

    >>> parse_written({"B", "I", "O"}, "auto", "ENT")[0]["B"]
    Tag(prefix='B', separator='', type='ENT')
    >>> parse_written({"PER", "O"}, "io", "ENT")[0]["PER"]
    Tag(prefix='I', separator='', type='PER')
    """
    parsed: dict[str, Tag] = {}
    faults: dict[str, str] = {}
    without_type = {tag for tag in tags if tag == OUTSIDE or is_open(tag)}
    alone = all(tag in without_type or tag in _PREFIXES_ALONE for tag in tags)
    for tag in sorted(tags):
        try:
            if alone and tag not in without_type:
                parsed[tag] = Tag(tag, "", entity_type)
            else:
                parsed[tag] = parse_tag(tag, any_scheme=True)
        except ValueError as error:
            faults[tag] = f"the tag {error}"
            if scheme == "io":
                try:
                    parsed[tag] = Tag("I", "", parse_tag(f"I-{tag}").type)
                    del faults[tag]
                except ValueError:
                    continue
    return parsed, faults


def find_spelling(faults: Collection[str]) -> str | None:
    """Return what to do about malformed tags that are all spelt in another known way, or None.

    >>> find_spelling({"b-per", "o"})
    'write O and the prefixes as capitals (B-, I-)'
    """
    if faults and all(re.fullmatch(r".+-[BIMESLU]", tag) for tag in faults):
        swap = r"s/([^ \t]+)-([BIMESLU])( |$)/\2-\1\3/g"
        return f"write the prefix before the type: sed -E '{swap}' FILE"
    if faults and all(re.fullmatch(r"[bimeslu][-_].+|o", tag) for tag in faults):
        return "write O and the prefixes as capitals (B-, I-)"
    return None


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
        if prefix in (OUTSIDE, OPEN):
            encoded.append(tags[position])
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


def read_as_iob2(tag: str) -> str:
    """Return a tag of any scheme and spelling as IOB2, as far as a single tag can tell.

    >>> read_as_iob2("e_per")
    'I-PER'
    """
    if tag.upper() == OUTSIDE:
        return OUTSIDE
    if is_open(tag):
        return tag
    try:
        prefix, _, entity_type = parse_tag(tag[:1].upper() + tag[1:], any_scheme=True)
    except ValueError:
        return tag
    kind = entity_type.upper() if tag[0].islower() else entity_type
    return f"{'B' if prefix in STARTS else 'I'}-{kind}"
