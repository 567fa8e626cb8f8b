"""Which fields of a line of a column file are the token and its tag."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from msra_ner.corpus.lines import refuse, shorten
from msra_ner.corpus.options import ReadOptions
from msra_ner.errors import ArgumentsError


@dataclass(frozen=True)
class ColumnSplitter:
    """Takes token and tag from the lines of a file that look like its first line."""

    path: Path
    first: int  # number of the first line with a token
    separator: str  # a tab, or a space where that line has no tab
    columns: int  # number of columns of that line
    token_column: int
    tag_column: int  # negative ones count from the last

    @cached_property
    def is_plain(self) -> bool:
        """Whether a line is a token, a tab and its tag."""
        columns = (self.separator, self.columns, self.token_column, self.tag_column)
        return columns in (("\t", 2, 0, 1), ("\t", 2, 0, -1))

    @classmethod
    def fit(cls, path: Path, number: int, line: str, options: ReadOptions) -> "ColumnSplitter":
        """Return the splitter that the first line of a file asks for."""
        separator = "\t" if "\t" in line else " "
        columns = len(_split_fields(line, separator))
        given = (options.token_column, options.tag_column)
        if columns >= 2 and not all(-columns <= column < columns for column in given):
            raise ArgumentsError(
                f"{path}: found {columns} columns, expected --token_column {given[0]} and "
                f"--tag_column {given[1]} to be among them. The first column is 0."
            )
        return cls(path, number, separator, columns, *given)

    def split(self, number: int, line: str) -> tuple[str, str]:
        """Return token and tag of a line.

        Raises:
            CorpusError: It has other columns than the first line, or one of the two is empty.
        """
        if self.is_plain:  # the most frequent kind of file, and of line, twice as fast
            token, _, tag = line.partition("\t")
            if token and tag and "\t" not in tag and " " not in token:
                return token, tag
        location = f"{self.path}:{number}"
        if self.separator == " " and "\t" in line:
            expected = f"spaces between the columns, as in line {self.first}"
            found = f"a tab in {shorten(line)}"
            refuse(location, found, expected, "use one of the two in the whole file")
        fields = _split_fields(line, self.separator)
        if len(fields) != max(self.columns, 2):
            name = "tab" if self.separator == "\t" else "tab or space"
            found = f"{len(fields)} fields" if len(fields) != 1 else f"no {name}"
            self._refuse_line(location, found, line)
        token, tag = fields[self.token_column], fields[self.tag_column]
        if not token or not tag:
            found = "a token without a tag" if token else "an empty token"
            self._refuse_line(location, found, line)
        if " " in token and token != " ":
            refuse(
                location,
                f"a space in the token {token!r}",
                "tokens without a space",
                "remove the space; a space alone, and full-width spaces (U+3000), may stay",
            )
        return token, tag

    def _refuse_line(self, location: str, found: str, line: str) -> NoReturn:
        expected = "token TAB tag, or a blank line between sentences"
        if self.columns > 2:
            expected = f"{self.columns} columns as in line {self.first}"
        elif self.separator == " ":
            expected = "token and tag with a tab or a space between them"
        refuse(location, f"{found} in {shorten(line)}", expected, "add what is missing")


def _split_fields(line: str, separator: str) -> list[str]:
    """Return the fields of a line; several spaces separate like one, several tabs do not."""
    fields = line.split(separator)
    return fields if separator == "\t" else [item for item in fields if item]
