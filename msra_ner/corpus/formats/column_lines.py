"""Lines of column files: which are blank or remarks, and what their fields are."""

import re
from collections.abc import Iterable

DOCUMENT_START = "-DOCSTART-"  # CoNLL-2003 puts a line of it before each document.
_TAG = re.compile(r"O|[A-Z][-_][^\s\x00-\x1f]+")
_PREFIX_ALONE = frozenset("BIESMLU")


def is_blank(line: str) -> bool:
    """Return whether a line holds nothing but ASCII white space, and so ends a sentence."""
    return not line or not line.strip(" \t")


def is_remark(line: str, tag_column: int | None) -> bool:
    """Return whether the first line of a sentence is a comment or the start of a document."""
    if not line.startswith(("#", DOCUMENT_START)):
        return False
    fields = re.split(r" +|\t", line.rstrip(" "))
    if fields[0] == DOCUMENT_START:
        return True
    # "#" or "#word" and a tab is a token with its tag, though that may be wrong; "# words" is not.
    if line[0] != "#" or ("\t" in line and " " not in line.partition("\t")[0]):
        return False
    column = -1 if tag_column is None else tag_column
    inside = -len(fields) <= column < len(fields)
    return not (inside and is_tag(fields[column]))


def is_tag(field: str, *, bare: bool = False) -> bool:
    """Return whether a field looks like a tag; with ``bare`` it may be a prefix without a type."""
    return _TAG.fullmatch(field) is not None or (bare and field in _PREFIX_ALONE)


def find_separator(line: str) -> str:
    """Return what separates the columns of a file, from its first line: a tab, else spaces."""
    return "\t" if "\t" in line else " "


def split_fields(line: str, separator: str) -> list[str]:
    """Return the fields of a line; several spaces separate like one, several tabs do not."""
    fields = line.split(separator)
    return fields if separator == "\t" else [item for item in fields if item]


def find_sentences(lines: Iterable[str], tag_column: int | None) -> list[list[tuple[int, str]]]:
    """Return the lines of each sentence, with their numbers, without remarks."""
    sentences: list[list[tuple[int, str]]] = [[]]
    for number, line in enumerate(lines, 1):
        if is_blank(line):
            sentences.append([])
        elif sentences[-1] or not is_remark(line, tag_column):
            sentences[-1].append((number, line))
    return [sentence for sentence in sentences if sentence]
