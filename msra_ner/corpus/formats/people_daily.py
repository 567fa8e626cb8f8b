"""The People's Daily corpus of Peking University: words with parts of speech, names among them.

A line is a paragraph: ``19980101-01-001-002/m  [中央/n 电台/n]nt  记者/n  江/nr  泽民/nr``.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from msra_ner.corpus.documents import SEPARATORS, Document, Span
from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.formats.people_names import Name, join_names
from msra_ner.corpus.lines import read_lines, refuse, shorten
from msra_ner.corpus.options import ReadOptions

logger = logging.getLogger(__name__)

# How the tags of names begin: nr1 and nrf are persons, ntu a university; brackets may have NT.
TYPES = {"nr": "PER", "ns": "LOC", "nt": "ORG"}
_ID = re.compile(r"\d{8}-\d+-\d+-\d+/m")
_TAG = r"[A-Za-z]{1,4}\d?"
# A bracket may itself be a word, "[/w"; January 1998 has "/%" behind some tags. Without a bound,
# a line of nothing but brackets would take hours.
_WORD = re.compile(rf"(\[{{0,9}})(.+?)/({_TAG})((?:\]/?{_TAG})*)(?:/%)?")
_PINYIN = re.compile(r"\{[a-zü:]+\d?\}$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_GAP = re.compile(f"[{SEPARATORS}]+")


class Word(NamedTuple):
    """A word: what brackets open before it, itself, its tag, and the tags of brackets it closes."""

    opened: int
    text: str
    tag: str
    closed: list[str]


def is_people_daily(head: Head) -> bool:
    """Return whether the first line begins with an id, or is Chinese words with tags of PKU."""
    pieces = _split(next((line for line in head.lines if line.strip(SEPARATORS)), ""))
    if not pieces or _ID.fullmatch(pieces[0]):
        return bool(pieces)
    words = [_WORD.fullmatch(piece) for piece in pieces]
    tags = [word[3] for word in words if word]
    is_whole = len(tags) == len(pieces) > 1 and all(tag[0].islower() or tag[1:] for tag in tags)
    return is_whole and any(tag.islower() for tag in tags) and bool(_HAN.search("".join(pieces)))


def read_people_daily(path: Path, options: ReadOptions) -> Iterator[Document]:
    """Yield a document a paragraph: persons (nr), places (ns) and organisations (nt).

    Names in brackets, and those inside them, are spans as well. Surname and given name, which the
    corpus tags apart, are one person.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: A word has no tag, or brackets do not match.
    """
    counts: Counter[str] = Counter()
    for number, line in enumerate(read_lines(path), 1):
        pieces = _split(line)
        if pieces and _ID.fullmatch(pieces[0]):
            del pieces[0]
            counts["paragraphs without words left out"] += not pieces
        if pieces:
            location = f"{path}:{number}"
            words = [_parse_word(location, piece, counts) for piece in pieces]
            yield _make_document(location, words, counts)
    if counts:
        logger.info("%s: words with tags of PKU; nr is PER, ns LOC, nt ORG", path)
    for what, count in sorted(counts.items()):
        if count:
            logger.info("%s: %d %s", path, count, what)


def _split(line: str) -> list[str]:
    """Return what is between ASCII white space; a wide space may be a word."""
    return [piece for piece in _GAP.split(line) if piece]


def _parse_word(location: str, piece: str, counts: Counter[str]) -> Word:
    found = _WORD.fullmatch(piece)
    if not found:
        expected = "a word with its tag, such as 中国/ns, and a space before the next"
        refuse(location, f"{shorten(piece)} among the words", expected, "correct the word")
    brackets, text, tag, closers = found.groups()
    bare = _PINYIN.sub("", text)
    if bare and bare != text:
        counts["pronunciations in braces left out"] += 1
        text = bare
    closed = re.findall(_TAG, closers)
    return Word(len(brackets), text, tag, closed)


def _make_document(location: str, words: Sequence[Word], counts: Counter[str]) -> Document:
    spans: set[Span] = set()
    persons: list[Name] = []
    opened: list[int] = []
    position = 0
    for word in words:
        end = position + len(word.text)
        opened += [position] * word.opened
        kind = TYPES.get(word.tag[:2])
        if kind == "PER":
            persons.append(Name(position, end, word.text, word.tag))
        elif kind:
            spans.add(Span(position, end, kind))
        elif word.tag == "nz":
            counts["other names (nz) not read"] += 1
        for tag in word.closed:
            if not opened:
                _refuse_brackets(location, f"a bracket that closes behind {shorten(word.text)}")
            start = opened.pop()
            if kind := TYPES.get(tag[:2].lower()):
                spans.add(Span(start, end, kind))
            else:
                counts[f"brackets of {tag} not read"] += 1
        position = end
    if opened:
        text = "".join(word.text for word in words)[opened[-1] :]
        _refuse_brackets(location, f"a bracket that does not close, before {shorten(text)}")
    joined = join_names(persons)
    whole = {(word.start, word.end) for word in persons}
    counts["persons of surname and given name, joined"] += len(set(joined) - whole)
    spans.update(Span(start, end, "PER") for start, end in joined)
    return Document("".join(word.text for word in words), tuple(sorted(spans)), location)


def _refuse_brackets(location: str, found: str) -> NoReturn:
    refuse(location, found, "brackets in pairs, such as [中央/n 电台/n]nt", "add the other one")
