"""Rows to tag, from lines of text, JSON lines and Parquet: whole files, or files cut into parts.

A part is a stretch of one file that is read by itself: of lines by bytes, of Parquet by rows.
Where parts begin is a function of the files and the size asked for, so that several processes,
and a process that goes on after a kill, cut alike.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from msra_ner.corpus import find_binary_form, parse_object
from msra_ner.errors import CorpusError
from msra_ner.inference.jobs.places import FileFacts, find_file, is_address, open_file, open_parquet

if TYPE_CHECKING:
    import pyarrow as pa


STANDARD_INPUT = "-"
JSON_SUFFIXES = (".jsonl", ".json", ".ndjson")
PARQUET_SUFFIX = ".parquet"
TABLE_SUFFIXES = (".csv", ".tsv")
ENTITIES = "entities"  # the column that is added
REMOVED = "entities_removed"  # and, with a dictionary, those that it took away
COUNT_BLOCK = 1 << 20  # bytes
BORDER_BLOCK = 1 << 14  # bytes that are read to find a line end


@dataclass(frozen=True, slots=True)
class TagRow:
    """A row to tag.

    Attributes:
        values: Its columns, the text among them; a line of text has the one column ``text``.
        text: The text to tag.
        size: The bytes it takes in its file.
        file: Its file; empty where it comes from none.
        start: Of lines the byte, of Parquet the row, at which its part of the file begins.
        index: Its place in the part, counted from 0; blank lines count.
    """

    values: dict[str, Any]
    text: str
    size: int = 0
    file: str = ""
    start: int = 0
    index: int = 0

    @property
    def location(self) -> str:
        """File and line, or row, for messages; the lines before a part are counted only here."""
        if is_parquet(self.file):
            return f"{self.file}: row {self.start + self.index + 1}"
        return _locate(self.file, self.start, self.index) if self.file else "--text"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one file: bytes ``start`` to ``end`` of lines, or these rows of Parquet.

    ``Part(1, "a.txt", 300, 612)`` is the second part of all, and the lines in those bytes.
    """

    number: int
    file: str
    start: int
    end: int


def read_rows(files: Sequence[str], column: str) -> Iterator[TagRow]:
    """Yield the rows of files, or of standard input (``-``), in order.

    A file holds lines of text or, where its name says so, JSON lines or Parquet with this column.

    Raises:
        CorpusNotFoundError: A file cannot be read.
        CorpusError: A row has no text; the message names file and line.
    """
    for file in files:
        if file == STANDARD_INPUT:
            yield from _decode_lines(sys.stdin.buffer, file, column, 0)
        elif is_parquet(file):
            yield from read_part(Part(0, file, 0, open_parquet(file).metadata.num_rows), column)
        else:
            _check_lines(file)
            with open_file(file) as lines:
                yield from _decode_lines(lines, file, column, 0)


def read_part(part: Part, column: str, *, text_only: bool = False) -> Iterator[TagRow]:
    """Yield the rows of a part; errors as in :func:`read_rows`.

    ``text_only`` leaves out the other columns of Parquet, which Python may not be able to hold.
    """
    if is_parquet(part.file):
        yield from _read_parquet(part, column, text_only)
        return
    with open_file(part.file) as file:
        file.seek(part.start)
        yield from _decode_lines(_read_up_to(file, part.end), part.file, column, part.start)


def count_rows(part: Part) -> int:
    """Return how many rows a part holds; of JSON lines, the blank ones hold none."""
    if is_parquet(part.file):
        return part.end - part.start
    if is_json(part.file):
        with open_file(part.file) as file:
            file.seek(part.start)
            return sum(1 for line in _read_up_to(file, part.end) if line.strip())
    return _count_lines(part)


def _count_lines(part: Part) -> int:
    rows, last, left = 0, b"\n", part.end - part.start
    with open_file(part.file) as file:
        file.seek(part.start)
        while left and (block := file.read(min(left, COUNT_BLOCK))):
            rows += block.count(b"\n")
            last, left = block[-1:], left - len(block)
    return rows + (last != b"\n")


def cut_parts(files: Sequence[str], size: int) -> list[Part]:
    """Return the parts of files, numbered in order, each of about ``size`` bytes of text.

    Lines are never cut. A row of Parquet counts as much as an average one.
    """
    parts: list[Part] = []
    for name in files:
        find_borders = _find_parquet_borders if is_parquet(name) else _find_line_borders
        for start, end in pairwise(find_borders(name, size)):
            parts.append(Part(len(parts), name, start, end))
    return parts


def _find_line_borders(name: str, size: int) -> list[int]:
    _check_lines(name)
    borders, total = [0], find_file(name).size
    with open_file(name, BORDER_BLOCK) as file:
        while borders[-1] < total:
            file.seek(min(borders[-1] + size, total) - 1)
            file.readline()  # to the end of the line that the border falls into
            borders.append(file.tell())
    return borders


def _find_parquet_borders(name: str, size: int) -> list[int]:
    rows = open_parquet(name).metadata.num_rows
    step = max(1, rows * size // find_file(name).size)
    return [*range(0, rows, step), rows]


def _read_up_to(file: IO[bytes], end: int) -> Iterator[bytes]:
    while file.tell() < end and (line := file.readline()):
        yield line


def _decode_lines(lines: Any, name: str, column: str, start: int) -> Iterator[TagRow]:
    """Yield lines of bytes as rows; ``start`` is the byte at which the first one begins."""
    as_json = is_json(name)
    for index, line in enumerate(lines):
        try:
            first = start == 0 and index == 0
            text = line.decode("utf-8-sig" if first else "utf-8")
            text = text.removesuffix("\n").removesuffix("\r")
            if as_json and not text.strip():
                continue  # as in every JSON lines file that is read
            values = _parse_row(name, text, column) if as_json else {"text": text}
        except UnicodeDecodeError as error:
            encoding = "UTF-16" if first and line[:2] in (b"\xff\xfe", b"\xfe\xff") else "GB18030"
            raise CorpusError(
                f"{_locate(name, start, index)}: found byte 0x{line[error.start]:02X}, which is "
                f"not UTF-8. Convert the text first, for example with: iconv -f {encoding} -t UTF-8"
            ) from error
        except CorpusError as error:
            found = error.command_line_text.removeprefix(name)
            raise CorpusError(f"{_locate(name, start, index)}{found}") from error
        yield TagRow(values, values[column] if as_json else text, len(line), name, start, index)


def _parse_row(name: str, line: str, column: str) -> dict[str, Any]:
    """Return the columns of a JSON line; an error begins with the name of the file."""
    values = parse_object(name, line)
    _check_columns(name, values, column)
    if not isinstance(values[column], str):
        found = type(values[column]).__name__
        raise CorpusError(f"{name}: column {column!r}: found a {found}, expected text.")
    return values


def _check_columns(name: str, columns: Any, column: str) -> None:
    if column not in columns:
        raise CorpusError(
            f"{name}: found the columns {', '.join(map(repr, columns)) or 'none'}, expected "
            f"{column!r}. Name the one with the text: --text_column NAME"
        )
    if ENTITIES in columns:
        refuse_column(name, ENTITIES)


def refuse_column(name: str, column: str) -> NoReturn:
    """Raise the error for a column that is there already."""
    raise CorpusError(
        f"{name}: found a column {column!r}, expected none: that is the one to be added. Rename it."
    )


def _locate(name: str, start: int, index: int) -> str:
    """Return file and line; the lines before a part are only counted where that is needed."""
    if name == STANDARD_INPUT:
        return f"standard input:{index + 1}"
    before = _count_lines(Part(0, name, 0, start)) if start else 0
    return f"{name}:{before + index + 1}"


def _read_parquet(part: Part, column: str, text_only: bool) -> Iterator[TagRow]:
    file = open_parquet(part.file)
    names = file.schema_arrow.names
    _check_columns(part.file, names, column)
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise CorpusError(f"{part.file}: found two columns {twice[0]!r}, expected one. Rename it.")
    size = round(find_file(part.file).size / max(1, file.metadata.num_rows))
    first = part.start + 1
    for table in read_parquet_slices(part):
        try:
            rows = (table.select([column]) if text_only else table).to_pylist()
        except (ValueError, OverflowError) as error:  # a time after the year 9999, say
            raise CorpusError(
                f"{part.file}: found, in rows {first} to {first + len(table) - 1}, a value that "
                f"Python cannot hold ({error}). Write Parquet: --output FILE.parquet."
            ) from error
        for number, values in enumerate(rows, first):
            if not isinstance(values[column], str):
                found = type(values[column]).__name__
                raise CorpusError(
                    f"{part.file}: row {number}, column {column!r}: found {found}, expected "
                    "text. Fill it in, or leave the row out."
                )
            index = number - 1 - part.start
            yield TagRow(values, values[column], size, part.file, part.start, index)
        first += len(rows)


def read_parquet_slices(part: Part) -> "Iterator[pa.Table]":
    """Yield the rows of a part of Parquet, one table a row group."""
    metadata = open_parquet(part.file).metadata
    facts = find_file(part.file)
    first = 0
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group).num_rows
        start, end = max(part.start - first, 0), min(part.end - first, rows)
        if start < end:
            table = _read_row_group(part.file, group, facts)
            yield table.slice(start, end - start)
        first += rows


# A row group may hold thousands of parts, which a process tags one after another.
@lru_cache(maxsize=1)
def _read_row_group(name: str, group: int, _facts: FileFacts) -> "pa.Table":
    """Return a row group; a file that was changed is read again."""
    return open_parquet(name).read_row_group(group)


def _check_lines(name: str) -> None:
    """Refuse what holds no lines of text, by its name, and on this machine by its first bytes."""
    if name.lower().endswith(TABLE_SUFFIXES):
        raise CorpusError(
            f"{name}: found a table (CSV), expected lines of text, JSON lines or Parquet: a line "
            "of a table is no text. Write it as Parquet, for example with pandas: "
            "read_csv(FILE).to_parquet(...), and name the column: --text_column NAME."
        )
    if not is_address(name) and (form := find_binary_form(Path(name))):
        raise CorpusError(
            f"{name}: found {form.name}, expected lines of text, JSON lines (.jsonl) or Parquet "
            f"(.parquet). To fix it, {form.remedy}."
        )


def is_json(name: str) -> bool:
    """Return whether a file holds JSON lines, by its name."""
    return name.lower().endswith(JSON_SUFFIXES)


def is_parquet(name: str) -> bool:
    """Return whether a file is Parquet, by its name."""
    return name.lower().endswith(PARQUET_SUFFIX)
