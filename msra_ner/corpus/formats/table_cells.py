"""Cells that hold a sentence: a list as JSON, Python or numpy print it, or words with spaces."""

import ast
import json
import re
from contextlib import suppress

from msra_ner.corpus.documents import split_text

_ESCAPE = r"""\\[\\'"abfnrtv0-7xuU]"""
_ITEM = re.compile(rf"""'(?:[^'\\]|{_ESCAPE})*'|"(?:[^"\\]|{_ESCAPE})*"|-?\d+""")
_GAP = re.compile(r"\s*,\s*|\s+|(?=\])")

Items = list[str | int]


def parse_list(cell: str) -> Items | None:
    """Return the items of a printed list of strings or numbers, or None where it is none.

    numpy prints lists without commas, which Python would read as one joined string.

    >>> parse_list("['New' 'York']"), parse_list('["O", "B-PER"]'), parse_list("New York")
    (['New', 'York'], ['O', 'B-PER'], None)
    """
    cell = cell.strip()
    if not (cell.startswith("[") and cell.endswith("]")):
        return None
    with suppress(ValueError, RecursionError):
        found = json.loads(cell)
        return found if all(type(item) in (str, int) for item in found) else None
    items: Items = []
    position = 1 + len(cell[1:]) - len(cell[1:].lstrip())
    while position < len(cell) - 1:
        item = _ITEM.match(cell, position)
        gap = _GAP.match(cell, item.end()) if item else None
        if not item or not gap:
            return None
        try:
            items.append(ast.literal_eval(item[0]))
        except (ValueError, SyntaxError):
            return None
        position = gap.end()
    return items


def parse_tags(cell: str) -> Items:
    """Return the tags of a cell; numbers where all are digits."""
    items = parse_list(cell)
    return items if items is not None else [parse_tag(item) for item in cell.split()]


def parse_tag(cell: str) -> str | int:
    """Return a tag, or the number of one."""
    return int(cell) if cell.isascii() and cell.isdigit() else cell


def list_ways(cell: str) -> dict[str, list[str]]:
    """Return the tokens of a sentence's cell in each way to read it, the likeliest first."""
    ways: dict[str, list[str]] = {}
    items = parse_list(cell)
    if items is not None and all(isinstance(item, str) for item in items):
        ways["items of a list"] = [str(item) for item in items]
    ways["words"] = split_text(cell, by_character=False)[0]
    ways["characters"] = split_text(cell)[0]
    return ways
