"""The rows of a CSV or TSV file with a header, with their lines, quotes read as they are meant."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from msra_ner.corpus.lines import read_lines, refuse, shorten

_QUOTED = re.compile(r'\s*"(?:[^"]|"")*"\s*')
DELIMITERS = "\t,;"


@dataclass(frozen=True)
class Table:
    """A file whose first line names its columns.

    Attributes:
        path: The file.
        header: The names, without white space around them.
        delimiter: What separates columns.
        is_quoted: Whether a quote around a cell belongs to the file, not to its text.
        is_spaced: Whether a space follows each separator.
    """

    path: Path
    header: tuple[str, ...]
    delimiter: str
    is_quoted: bool
    is_spaced: bool

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the first line and the cells of each row below the header; none for a blank row.

        Raises:
            CorpusError: A row has other cells than the header, or a quote is not closed.
        """
        is_header = True
        for number, cells in self._cells():
            if not any(cell.strip() for cell in cells):
                if not is_header:
                    yield number, []
                continue
            if is_header:
                is_header = False
                continue
            rest = cells[len(self.header) :]
            if len(cells) < len(self.header) or any(rest):
                found = f"{len(cells)} cells ({shorten(self.delimiter.join(cells))})"
                expected = f"the {len(self.header)} of the header, {', '.join(self.header)}"
                remedy = (
                    'correct the row; a cell with a separator or quote in it needs quotes, "a,b"'
                )
                refuse(f"{self.path}:{number}", found, expected, remedy)
            yield number, cells[: len(self.header)]

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the first line and the cells of each row, the header too."""
        if not self.is_quoted:
            for number, line in enumerate(read_lines(self.path), 1):
                yield number, line.split(self.delimiter)
            return
        reader = csv.reader(
            (f"{line}\n" for line in read_lines(self.path)),
            delimiter=self.delimiter,
            skipinitialspace=self.is_spaced,
            strict=True,
        )
        number = 1
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                found = f"a quote that is not closed, or stands alone ({error})"
                expected = 'cells with a quote in them as """" or "a ""b"""'
                remedy = "quote the cell, and double its quotes"
                refuse(f"{self.path}:{number}", found, expected, remedy)
            if cells is None:
                return
            yield number, cells
            number = reader.line_num + 1


def split_header(line: str) -> tuple[str, tuple[str, ...]]:
    """Return what separates the columns in a line of names, and the names."""
    delimiter = next((mark for mark in DELIMITERS if mark in line), ",")
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        cells = line.split(delimiter)
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:  # a separator too many at the end
        names.pop()
    return delimiter, tuple(names)


def open_table(path: Path) -> Table:
    """Return the table in a file.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: It holds nothing.
    """
    line = next((line for line in read_lines(path) if line.strip()), None)
    if line is None:
        refuse(path, "no row", "a line that names the columns, and rows below it", "fill the file")
    delimiter, header = split_header(line)
    is_spaced = all(cell.startswith(" ") for cell in line.split(delimiter)[1:])
    return Table(path, header, delimiter, _is_quoted(path, delimiter, len(header)), is_spaced)


def _is_quoted(path: Path, delimiter: str, columns: int) -> bool:
    """Return whether quotes enclose cells; they are text where they cannot, and need not.

    They cannot if some cell has a lone quote, and need not if each line has all its cells.
    """
    is_odd = False
    for line in read_lines(path):
        cells = line.split(delimiter)
        if '"' in line:
            is_odd = is_odd or any('"' in cell and not _QUOTED.fullmatch(cell) for cell in cells)
        if line.strip() and (len(cells) < columns or any(cells[columns:])):
            return True
    return not is_odd
