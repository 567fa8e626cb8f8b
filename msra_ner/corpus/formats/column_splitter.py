"""Which fields of a line of a column file are the token and its tag."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from msra_ner.corpus.formats.column_choice import choose_columns
from msra_ner.corpus.formats.column_lines import (
    find_sentences,
    find_separator,
    is_tag,
    split_fields,
)
from msra_ner.corpus.formats.token_marks import TokenMark, find_mark
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
    reason: str = ""  # why not the first and the last column, for the log
    mark: TokenMark | None = None  # what is taken off each token

    @cached_property
    def is_plain(self) -> bool:
        """Whether a line is a token, as it is, a tab and its tag."""
        columns = (self.separator, self.columns, self.token_column, self.tag_column)
        return self.mark is None and columns in (("\t", 2, 0, 1), ("\t", 2, 0, -1))

    @classmethod
    def fit(cls, path: Path, lines: Sequence[str], options: ReadOptions) -> "ColumnSplitter | None":
        """Return the splitter that the first lines of a file ask for; None if all are blank.

        Raises:
            ArgumentsError: A column that is named is not there.
            CorpusError: Several columns hold tags, and none is named.
        """
        sentences = find_sentences(lines, options.tag_column)
        if not sentences:
            return None
        number, line = sentences[0][0]
        separator = find_separator(line)
        columns = len(split_fields(line, separator))
        for name in ("token_column", "tag_column"):
            column = getattr(options, name)
            if columns >= 2 and column is not None and not -columns <= column < columns:
                raise ArgumentsError(
                    f"{path}: found {columns} columns, expected --{name} {column} to be among "
                    "them. The first column is 0."
                )
        rows = [[split_fields(text, separator) for _, text in lines] for lines in sentences]
        # What has other columns is left to the reader, which refuses it.
        rows = [[row for row in sentence if len(row) == columns] for sentence in rows]
        choice = choose_columns(f"{path}:{number}", rows, options)
        mark = None
        if options.word_positions == "auto" and -columns <= choice.token < columns:
            mark = find_mark([[row[choice.token] for row in sentence] for sentence in rows])
        return cls(path, number, separator, columns, *choice, mark)

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
        fields = split_fields(line, self.separator)
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
        return self.mark.remove(location, token) if self.mark else token, tag

    def _refuse_line(self, location: str, found: str, line: str) -> NoReturn:
        remedy = "add what is missing"
        if odd := _find_odd_space(line):
            found = f"{odd} between the columns"
            remedy = "write a tab in its place, in the whole file"
        expected = "token TAB tag, or a blank line between sentences"
        if self.columns > 2:
            expected = f"{self.columns} columns as in line {self.first}"
        elif self.separator == " ":
            expected = "token and tag with a tab or a space between them"
        refuse(location, f"{found} in {shorten(line)}", expected, remedy)


def _find_odd_space(line: str) -> str:
    """Return the name of a white-space character that stands where a tab should, or nothing."""
    *_, before, tag = line.rsplit(None, 1) if len(line.split()) > 1 else ("", "")
    gap = line[len(before) : len(line) - len(tag)] if before and is_tag(tag) else ""
    return "" if not gap or gap in (" ", "\t") else f"{gap[0]!a}"
