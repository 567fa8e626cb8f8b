"""CSV and TSV with a header: a token a row, as Kaggle's NER data, or a sentence a row."""

import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.formats.json_tokens import check_tokens, name_tag, split_tag_names
from msra_ner.corpus.formats.table_cells import list_ways, parse_tag, parse_tags
from msra_ner.corpus.formats.table_header import TableColumns, choose_table_columns, is_header
from msra_ner.corpus.formats.table_rows import Table, open_table, split_header
from msra_ner.corpus.lines import is_text, refuse, shorten
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.sentence import Sentence

logger = logging.getLogger(__name__)

_ROWS_LOOKED_AT = 1000


def is_table(head: Head) -> bool:
    """Return whether the first line is names of columns, those of tags among them."""
    line = next((line for line in head.lines if line.strip()), "")
    return is_header(split_header(line)[1])


def read_table(path: Path, options: ReadOptions) -> Iterator[Sentence]:
    """Yield the sentences, tags as written.

    Where a row is a token, a column tells the sentences apart, filled in each row or in the first
    of each sentence; or blank rows do. Where a row is a sentence, there must be as many tags as the
    text has words, or as it has characters, in all rows.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: It is not known which columns to read, a row breaks the table, or tokens and
            tags do not match.
    """
    table = open_table(path)
    columns = choose_table_columns(path, table.header, options)
    has_sentences = _has_sentences(table, columns)
    used = {columns.tokens, columns.tags}
    if not has_sentences:
        used.update(place for place in (columns.sentence, columns.document) if place is not None)
    if rest := [name for number, name in enumerate(table.header) if number not in used]:
        names = ", ".join(name or "a column without a name" for name in rest)
        logger.info("%s: columns not read: %s", path, names)
    if not table.is_quoted:
        logger.info("%s: quotes are tokens, since some of them stand alone", path)
    read = _read_sentences if has_sentences else _read_tokens
    yield from read(table, columns, split_tag_names(options))


def _has_sentences(table: Table, columns: TableColumns) -> bool:
    """Return whether a row is a sentence: one of the first has several tags."""
    cells = [row[columns.tags] for _, row in islice(table.rows(), _ROWS_LOOKED_AT) if row]
    return any(cell.strip().startswith("[") or len(cell.split()) > 1 for cell in cells)


def _read_sentences(
    table: Table, columns: TableColumns, names: list[str] | None
) -> Iterator[Sentence]:
    """Yield a sentence a row, its tokens read in the way that fits all rows."""
    way = _find_way(table, columns)
    logger.info("%s: a sentence a row; its tokens are %s", table.path, way)
    for number, row in table.rows():
        if row:
            location = f"{table.path}:{number}"
            tokens = list_ways(row[columns.tokens])[way]
            check_tokens(location, tokens)
            _check_text(location, tokens)
            tags = [name_tag(location, tag, names) for tag in parse_tags(row[columns.tags])]
            yield Sentence(tokens, tags, location)


def _find_way(table: Table, columns: TableColumns) -> str:
    """Return in which way each row has as many tokens as tags."""
    fits: dict[str, int] = {}  # rows in which a way fits, in the order of preference
    wrong: dict[str, str] = {}  # the first in which it does not
    total = 0
    for number, row in table.rows():
        if not row:
            continue
        total += 1
        tags = parse_tags(row[columns.tags])
        ways = list_ways(row[columns.tokens])
        for way, tokens in ways.items():
            if len(tokens) == len(tags):
                fits[way] = fits.get(way, 0) + 1
        what = ", ".join(f"{len(tokens)} {way}" for way, tokens in ways.items())
        for way in ("items of a list", "words", "characters"):
            if len(ways.get(way, ())) != len(tags):
                wrong.setdefault(way, f"{number}: {len(tags)} tags for {what}")
    whole = [way for way in ("items of a list", "words", "characters") if fits.get(way) == total]
    if whole:
        return whole[0]
    best = max(fits, key=lambda way: fits[way], default="words")
    number_, _, found = wrong[best].partition(": ")
    expected = f"as many tags as {best}" if fits else "as many tags as words, or as characters"
    remedy = 'correct the row; a list of tokens is sure, as in ["New", "York"]'
    refuse(f"{table.path}:{number_}", found, expected, remedy)


def _read_tokens(
    table: Table, columns: TableColumns, names: list[str] | None
) -> Iterator[Sentence]:
    """Yield the sentences of a table with a token a row."""
    tokens: list[str] = []
    tags: list[str] = []
    first = 0
    key: tuple[str, ...] = ()
    seen: set[tuple[str, ...]] = set()
    places = [place for place in (columns.document, columns.sentence) if place is not None]
    was_blank = has_border = False
    for number, row in table.rows():
        location = f"{table.path}:{number}"
        if not row:
            was_blank = has_border = True
            continue
        cells = [row[place].strip() for place in places]
        new = tuple(cell or old for cell, old in zip(cells, key or cells, strict=True))
        if columns.sentence is not None and not new[-1]:
            name = table.header[columns.sentence]
            refuse(location, f"nothing in {name}", "the first sentence's", "fill the column")
        if new != key and places:
            if new in seen:
                _refuse_again(location, table, places, new)
            seen.add(new)
            has_border = True
        elif was_blank and columns.sentence is not None and tokens:
            found = f"a blank row inside the sentence {new[-1]!r}"
            refuse(location, found, "none", "remove it, or give each sentence its own")
        if tokens and (new != key or was_blank):
            yield Sentence(tokens, tags, f"{table.path}:{first}")
            tokens, tags = [], []
        first = first if tokens else number
        key, was_blank = new, False
        tokens.append(row[columns.tokens])
        tag = row[columns.tags].strip()
        if not tokens[-1] or not tag:
            _refuse_half(location, tokens[-1], tag)
        tags.append(name_tag(location, parse_tag(tag), names))
    if tokens and not has_border:
        refuse(
            table.path,
            f"no column that tells sentences apart ({', '.join(table.header)}) and no blank row",
            "one of the two",
            "name the column: --column sentence=NAME, or put a blank line behind each sentence",
        )
    if tokens:
        yield Sentence(tokens, tags, f"{table.path}:{first}")


def _refuse_again(location: str, table: Table, places: list[int], key: tuple[str, ...]) -> None:
    names = " and ".join(table.header[place] for place in places)
    refuse(
        location,
        f"{' '.join(key)!r} in {names} again, after others",
        "the rows of a sentence one after the other, and other sentences to differ",
        "sort the rows, or name a column that differs: --column sentence=NAME",
    )


def _refuse_half(location: str, token: str, tag: str) -> None:
    if not tag:
        refuse(location, f"the token {shorten(token)} without a tag", "one", "add the tag")
    remedy = "fill it; pandas leaves NA and null empty unless it reads with keep_default_na=False"
    refuse(location, "an empty token", "a token for each tag", remedy)


def _check_text(location: str, tokens: list[str]) -> None:
    if not all(map(is_text, tokens)):
        refuse(location, "half of a surrogate pair (\\uD800-\\uDFFF)", "text", "remove it")
