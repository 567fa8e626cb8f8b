"""A text with spans, and its conversion to and from a sentence of tokens with tags."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, groupby

from msra_ner.corpus.lines import refuse, shorten
from msra_ner.corpus.options import Nested, Units
from msra_ner.corpus.sentence import Sentence, join_tokens
from msra_ner.errors import CorpusError
from msra_ner.labels import (
    OUTSIDE,
    Entity,
    decode_entities,
    encode_entities,
    is_open,
    list_annotated,
    parse_tag,
    write_open_tag,
)

# White space that separates and is not a token; U+3000 and U+00A0 are tokens, as in MSRA.
SEPARATORS = " \t\n\r\v\f"
_SEPARATORS = frozenset(SEPARATORS)
_WORD = re.compile(rf"[^{SEPARATORS}]+")


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A typed stretch of text: ``start`` inclusive, ``end`` exclusive, both in characters.

    In "王小明在北京" the city is ``Span(4, 6, "LOC")``. A span whose type is an open tag, ``?`` or
    ``?-PER,LOC``, says where nobody looked; it may hold other spans, which were seen all the same.
    """

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its spans, in the order of the file; spans may overlap.

    Such as ``Document("在中国", (Span(1, 3, "LOC"),), "train.jsonl:7")``.
    The location, file and line, is for messages; it plays no part in comparisons.
    """

    text: str
    spans: tuple[Span, ...]
    location: str = field(default="", compare=False)


def split_text(text: str, by_character: bool = True) -> tuple[list[str], list[int]]:
    """Return the tokens of a raw text and the offset at which each starts.

    A token is one character, digits and Latin letters too, as in the MSRA corpus; or else a word
    between white space. ASCII white space is never a token.

    >>> split_text("第1 届")
    (['第', '1', '届'], [0, 1, 3])
    """
    if by_character:
        offsets = [offset for offset, character in enumerate(text) if character not in SEPARATORS]
        return [text[offset] for offset in offsets], offsets
    words = list(_WORD.finditer(text))
    return [word[0] for word in words], [word.start() for word in words]


def check_span(document: Document, span: Span) -> None:
    """Refuse a span that is empty, leaves the text, or has a type that tags cannot carry.

    Raises:
        CorpusError: It does.
    """
    if not 0 <= span.start < span.end <= len(document.text):
        refuse(
            document.location,
            f"a span from {span.start} to {span.end} in a text of {len(document.text)} characters",
            "a start before the end, both inside the text",
            "correct the offsets, or check whether --ends fits the file",
        )
    if not document.text[span.start : span.end].strip(SEPARATORS):
        found = f"a span of nothing but white space at {span.start}"
        expected = "a span with a character in it"
        refuse(document.location, found, expected, "correct or remove the span")
    try:
        parse_tag(span.type if is_open(span.type) else f"B-{span.type}")
    except ValueError:
        expected = "a label of printable characters without spaces (?, ?-TYPE,... leave it open)"
        refuse(document.location, f"the label {shorten(span.type)}", expected, "rename the label")


def to_sentence(
    document: Document, units: Units = "characters", nested: Nested = "refuse"
) -> tuple[Sentence, int]:
    """Return a document as tokens with IOB2 tags, and how many spans were left out as nested.

    Of spans that share tokens, ``nested="outermost"`` keeps the longest (the first of equals).

    Raises:
        CorpusError: There is no token, or a span cuts a word or shares tokens.
    """
    tokens, offsets = split_text(document.text, units == "characters")
    if not tokens:
        refuse(document.location, "a text without a token", "some text", "remove the line")
    if not document.spans:
        return Sentence(tokens, [OUTSIDE] * len(tokens), document.location), 0
    starts = {offset: index for index, offset in enumerate(offsets)}
    ends = {
        offset + len(token): index + 1
        for index, (offset, token) in enumerate(zip(offsets, tokens, strict=True))
    }
    entities: list[Entity] = []
    taken: set[int] = set()
    left_out = 0
    closed = [span for span in document.spans if not is_open(span.type)]
    for span in sorted(closed, key=lambda span: (span.start - span.end, span.start)):
        inner = document.text[span.start : span.end]
        start = span.start + len(inner) - len(inner.lstrip(SEPARATORS))
        end = span.end - len(inner) + len(inner.rstrip(SEPARATORS))
        if start not in starts or end not in ends:
            refuse(
                document.location,
                f"a span from {span.start} to {span.end} ({shorten(inner)}) that cuts a word",
                "spans of whole words",
                "correct the span, or read the text with --units characters",
            )
        positions = range(starts[start], ends[end])
        if taken.isdisjoint(positions):
            entities.append(Entity(positions.start, positions.stop, span.type))
            taken.update(positions)
        elif nested == "refuse":
            refuse(
                document.location,
                f"the span {shorten(inner)} ({span.type}, {span.start} to {span.end}) "
                "inside or across another",
                "spans that share no token, which is all that tags can hold",
                "give --nested outermost to keep the longest, or remove one of them",
            )
        else:
            left_out += 1
    tags = encode_entities(entities, len(tokens))
    _leave_open(tags, document.spans, offsets, list(ends))
    return Sentence(tokens, tags, document.location), left_out


def _leave_open(
    tags: list[str], spans: Iterable[Span], starts: Sequence[int], ends: Sequence[int]
) -> None:
    """Put the tags of open spans where no entity is; where they share a token, the most open.

    A token of which they hold a part is open, too. Its ``starts`` and ``ends`` are in characters.
    """
    found = [span for span in spans if is_open(span.type)]
    for span in sorted(found, key=lambda span: -len(list_annotated(span.type))):
        for position in range(bisect_right(ends, span.start), bisect_left(starts, span.end)):
            if tags[position] == OUTSIDE or is_open(tags[position]):
                tags[position] = span.type


def _list_open_runs(tags: Sequence[str]) -> list[Entity]:
    """Return the runs of tokens with one and the same open tag, which is their type."""
    runs, end = [], 0
    for tag, group in groupby(tags):
        start, end = end, end + len(list(group))
        if is_open(tag):
            runs.append(Entity(start, end, tag))
    return runs


def mark_whole_text(document: Document, annotated: Sequence[str]) -> Document:
    """Return a document with an open span over all of it, for the types not looked for."""
    if not annotated or not document.text.strip(SEPARATORS):
        return document
    span = Span(0, len(document.text), write_open_tag(annotated))
    return replace(document, spans=(*document.spans, span))


def to_document(sentence: Sentence, units: Units = "characters") -> Document:
    """Return a sentence as text with spans: characters side by side, words with a space between.

    A token of several characters among single ones becomes as many characters.

    Raises:
        CorpusError: A token is empty or has white space inside, so the text would lose it.
    """
    for token in sentence.tokens:
        if not token or not _SEPARATORS.isdisjoint(token):
            raise CorpusError(
                f"{sentence.location or 'a sentence'}: found the token {shorten(token)}, expected "
                "tokens that a text gives back, without white space; change it, or choose a format "
                "of tokens"
            )
    by_character = units == "characters"
    gap = 0 if by_character else 1
    borders = [0, *accumulate(len(token) + gap for token in sentence.tokens)]
    entities = [*decode_entities(sentence.tags), *_list_open_runs(sentence.tags)]
    spans = (
        Span(borders[entity.start], borders[entity.end] - gap, entity.type)
        for entity in sorted(entities)
    )
    text = join_tokens(sentence.tokens, by_character=by_character)
    return Document(text, tuple(spans), sentence.location)
