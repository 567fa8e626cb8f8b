"""CoNLL-U, and CoNLL-U Plus with columns of its own: a word a line, entities in one of the columns.

They are in a column such as NER, or in MISC as ``NER=B-PER`` among other keys, or there alone.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from msra_ner.corpus.formats.conll_u_columns import (
    COLUMNS,
    GLOBAL_COLUMNS,
    NOTHING,
    TagPlace,
    Words,
    find_tags,
    find_tokens,
    name_columns,
)
from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.lines import read_lines, refuse, shorten
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.schemes import encode_scheme
from msra_ner.corpus.sentence import Sentence, check_writable
from msra_ner.errors import CorpusError
from msra_ner.labels import OUTSIDE

logger = logging.getLogger(__name__)

_ID = re.compile(r"([1-9]\d*)(?:-([1-9]\d*))?|(\d+)\.[1-9]\d*")
_FEW = 20  # words that may all be "_"
_FIRST_ID = re.compile(r"1(-[1-9]\d*)?|0\.1")


class Row(NamedTuple):
    """A line of a sentence: its number, and its fields by the names of the columns."""

    number: int
    fields: dict[str, str]


def is_conll_u(head: Head) -> bool:
    """Return whether a file names its columns, or its first word has an id and the ten columns."""
    lines = [line for line in head.lines if line.strip(" \t")]
    if not lines:
        return False
    if GLOBAL_COLUMNS.match(lines[0]):
        return True
    first = next((line for line in lines if not line.startswith("#")), "").split("\t")
    return len(first) == len(COLUMNS) and bool(_FIRST_ID.fullmatch(first[0]))


def read_conll_u(path: Path, options: ReadOptions) -> Iterator[Sentence]:
    """Yield the sentences, tags as written; the tokens are the words of UD.

    Where the lines of ranges (``3-4``) have the tags and their words have none, the ranges are the
    tokens. Empty nodes (``5.1``) are no words of the text.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: A line breaks the format, nothing or too much can be the tags, some of the
            tokens have no tag, or a range contradicts its words.
    """
    counts: Counter[str] = Counter()
    place = find_tags(path, (_name_rows(rows) for rows in _read_rows(path, counts)), options)
    logger.info("%s: tags from %s", path, place.name)
    if not place.has_outside:
        logger.info("%s: words without a tag are outside of entities (none has %s)", path, OUTSIDE)
    for what, count in sorted(counts.items()):
        logger.info("%s: %d %s", path, count, what)
    _check_forms(path)
    token_column = ""
    for rows in _read_rows(path, Counter()):
        location = f"{path}:{rows[0].number}"
        token_column = token_column or find_tokens(location, rows[0].fields, options)
        words = [row for row in _choose_words(path, rows, place) if not _is_empty_node(row)]
        if not words:
            refuse(location, "a sentence without words", "words", "remove it, or add its words")
        tokens = [_read_token(path, row, token_column) for row in words]
        yield Sentence(tokens, [_read_tag(path, row, place) for row in words], location)


def _check_forms(path: Path) -> None:
    """Refuse a treebank that is given without its text, for the sake of a licence."""
    sentences = islice(_read_rows(path, Counter()), _FEW)
    forms = [row.fields.get("FORM") for rows in sentences for row in rows]
    if len(forms) > _FEW and set(forms) == {"_"}:
        remedy = "put the text in with the tool that comes with the treebank"
        refuse(path, "_ for each FORM", "the words of the text", remedy)


def _read_rows(path: Path, counts: Counter[str]) -> Iterator[list[Row]]:
    """Yield the lines of each sentence, ids checked; count what they are besides words."""
    names: tuple[str, ...] = COLUMNS
    rows: list[Row] = []
    for number, line in enumerate(read_lines(path), 1):
        location = f"{path}:{number}"
        if not line.strip(" \t"):
            if rows:
                yield rows
            rows = []
        elif not rows and _is_comment(line, names):
            names = name_columns(location, line) or names
            counts["lines of comment left out"] += 1
        else:
            fields = line.split("\t")
            if len(fields) != len(names):
                expected = f"the {len(names)} columns {' '.join(names)}, with a tab between them"
                found = f"{len(fields)} fields in {shorten(line)}"
                refuse(location, found, expected, "add what is missing")
            rows.append(Row(number, dict(zip(names, fields, strict=True))))
            _count_row(location, rows, counts)
    if rows:
        yield rows


def _is_comment(line: str, names: tuple[str, ...]) -> bool:
    """Return whether a line before a sentence is a comment; without ids a token may be #."""
    return line.startswith("#") and ("ID" in names or line.count("\t") != len(names) - 1)


def _count_row(location: str, rows: list[Row], counts: Counter[str]) -> None:
    """Check that the id of the last of some rows follows, and count what is not a plain word."""
    if "ID" not in rows[-1].fields:
        return
    ids = [row.fields["ID"] for row in rows]
    words = sum(name.isdigit() for name in ids[:-1])
    found = _ID.fullmatch(ids[-1])
    if not found:
        expected = "the number of a word (1), a range of words (1-2) or an empty node (1.1)"
        refuse(location, f"the id {shorten(ids[-1])}", expected, "correct the id")
    word, last, node = found.groups()
    if int(node or word) != words + (word is not None) or (last and int(last) <= int(word)):
        expected = f"{words + 1}, since words are numbered from 1 in each sentence"
        remedy = "see whether a line, or a blank line before a sentence, is missing"
        refuse(location, f"the id {ids[-1]} behind {words} words", expected, remedy)
    if last:
        counts["ranges of words (such as 1-2)"] += 1
    if node is not None:
        counts["empty nodes (such as 1.1) left out"] += 1
    if "SpaceAfter=No" in rows[-1].fields.get("MISC", "").split("|"):
        counts["words with SpaceAfter=No, which tokens do not carry"] += 1


def _name_rows(rows: list[Row]) -> Words:
    return [(row.number, row.fields) for row in rows]


def _is_empty_node(row: Row) -> bool:
    return "." in row.fields.get("ID", "")


def _choose_words(path: Path, rows: list[Row], place: TagPlace) -> list[Row]:
    """Return the words of a sentence, or the range over some where only the range has a tag."""
    chosen: list[Row] = []
    skip_to = 0
    for index, row in enumerate(rows):
        first, dash, last = row.fields.get("ID", "").partition("-")
        if not dash:
            if not first.isdigit() or int(first) > skip_to:
                chosen.append(row)
            continue
        tag = place.find(row.fields)
        if tag in NOTHING:
            continue
        inside = [
            item
            for item in rows[index + 1 :]
            if item.fields["ID"].isdigit() and int(first) <= int(item.fields["ID"]) <= int(last)
        ]
        tags = [place.find(item.fields) for item in inside]
        if all(item in NOTHING for item in tags):
            chosen.append(row)
            skip_to = int(last)
        elif (tag == OUTSIDE) != all(item in (*NOTHING, OUTSIDE) for item in tags):
            refuse(
                f"{path}:{row.number}",
                f"the tag {tag} of the words {row.fields['ID']}, whose own are "
                f"{', '.join(item or '_' for item in tags)}",
                "tags that say the same",
                "correct them, or leave _ in the line of the range",
            )
    return chosen


def _read_token(path: Path, row: Row, column: str) -> str:
    token = row.fields[column]
    if not token:
        refuse(f"{path}:{row.number}", "an empty token", f"one in {column}", "add what is missing")
    return token


def _read_tag(path: Path, row: Row, place: TagPlace) -> str:
    tag = place.find(row.fields)
    if tag not in NOTHING:
        return tag
    if place.has_outside:
        refuse(
            f"{path}:{row.number}",
            f"no tag in {place.name}",
            f"one for each word, since others that are outside of entities have {OUTSIDE}",
            "add the tag",
        )
    return OUTSIDE


def write_conll_u(path: Path, sentences: Iterable[Sentence], scheme: str = "iob2") -> None:
    """Write the ten columns: ID, FORM, and the tag as NER in MISC.

    Raises:
        CorpusError: A token is empty or holds a tab or a line end, a tag holds ``|``, or a sentence
            has no tokens.
    """
    blanks = "\t".join("_" * (len(COLUMNS) - 3))
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for index, sentence in enumerate(sentences):
            check_writable(sentence, index, "\t\n\r\0", "CoNLL-U")
            tags = encode_scheme(sentence.tags, scheme)
            if odd := next((tag for tag in tags if "|" in tag), None):
                where = sentence.location or f"sentence {index}"
                raise CorpusError(
                    f"{where}: found the tag {shorten(odd)}, expected none with |, which separates "
                    "the keys of MISC in CoNLL-U; rename the type"
                )
            rows = zip(sentence.tokens, tags, strict=True)
            for number, (token, tag) in enumerate(rows, 1):
                file.write(f"{number}\t{token}\t{blanks}\tNER={tag}\n")
            file.write("\n")
