"""Which columns of a file are the token and its tag, judged by what the columns hold."""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import NamedTuple

from msra_ner.corpus.formats.column_lines import is_tag
from msra_ner.corpus.lines import refuse
from msra_ner.corpus.options import ReadOptions

# Types of the chunk column that CoNLL-2000 and CoNLL-2003 have beside their entities.
# Source: Tjong Kim Sang and Buchholz (2000).
_CHUNKS = frozenset("ADJP ADVP CONJP INTJ LST NP PP PRT SBAR UCP VP".split())  # noqa: SIM905
# A column with one value in each of so many rows says nothing of the tokens.
_MIN_ROWS_OF_ONE_VALUE = 20
_MIN_SHARE_OF_TAGS = 0.9

Row = Sequence[str]


class ColumnChoice(NamedTuple):
    """The columns to read, counted from 0; negative ones from the last.

    Attributes:
        token: The column of the tokens.
        tag: The column of the tags.
        reason: Why not the first and the last, for the log; empty where it is those.
    """

    token: int
    tag: int
    reason: str = ""


def choose_columns(
    location: str, sentences: Sequence[Sequence[Row]], options: ReadOptions
) -> ColumnChoice:
    """Return which columns hold tokens and tags: those that are named, or that can be.

    Tags are the column whose values are tags. A column of chunks, as in CoNLL-2003, does not
    count. Tokens are the first column that does not number the tokens, repeat one value, or hold
    tags. Where nothing can be known the first column is the token, the last the tag.

    Args:
        location: File and first line, for the message.
        sentences: Fields of the first lines, as many in each.
        options: What has been named.

    Raises:
        CorpusError: Several columns hold tags.
    """
    rows = [row for sentence in sentences for row in sentence]
    columns = [list(values) for values in zip(*rows, strict=True)]
    if not columns:
        return ColumnChoice(
            options.token_column or 0, -1 if options.tag_column is None else options.tag_column
        )
    last = len(columns) - 1
    tag_columns = [number for number, values in enumerate(columns) if _are_tags(values)]
    tag, token, reason = options.tag_column, options.token_column, ""
    if tag is None:
        tag = _choose_tags(location, columns, tag_columns)
    if token is None:
        others = {tag % len(columns), *tag_columns}
        candidates = [number for number in range(len(columns)) if number not in others] or [0]
        faults = {number: _find_fault(number, sentences) for number in candidates}
        token = next((number for number in candidates if not faults[number]), candidates[0])
        reason = "; ".join(
            f"column {number} {fault}" for number, fault in faults.items() if number < token
        )
    if (token % len(columns), tag % len(columns)) == (0, last):
        return ColumnChoice(token, tag)
    why = f" ({reason})" if reason else ""
    return ColumnChoice(token, tag, f"tokens from column {token}, tags from column {tag}{why}")


def _choose_tags(location: str, columns: list[list[str]], tag_columns: list[int]) -> int:
    """Return the column of the tags; the last where none is one, or no tag is more than ``O``."""
    last = len(columns) - 1
    # A column of single letters, such as tokens may be, or of chunks, is no evidence.
    typed = [number for number in tag_columns if any(len(tag) > 2 for tag in columns[number])]
    typed = [number for number in typed if not _are_chunks(columns[number])]
    if not typed or len(tag_columns) == len(columns):
        return last if last in tag_columns else max(tag_columns, default=last)
    # Nested entities: the inner ones may begin far below.
    several = typed if last in typed or last not in tag_columns else [*typed, last]
    if len(several) > 1:
        refuse(
            location,
            f"tags in the columns {', '.join(map(str, several))}, counted from 0",
            "tags in one column",
            f"name the one to read, such as --tag_column {several[0]}",
        )
    return typed[0]


def _are_tags(values: Sequence[str]) -> bool:
    """Return whether values are tags, but for a few that the reader will refuse."""
    return sum(is_tag(value, bare=True) for value in values) >= _MIN_SHARE_OF_TAGS * len(values)


def _are_chunks(tags: Iterable[str]) -> bool:
    types = {tag[2:] for tag in tags} - {""}
    return bool(types) and types <= _CHUNKS


def _find_fault(number: int, sentences: Sequence[Sequence[Row]]) -> str:
    """Return why the values of a column cannot be tokens, or nothing."""
    values = [row[number] for rows in sentences for row in rows]
    per_sentence = [[row[number] for row in rows] for rows in sentences]
    if len(values) > 1 and (_count_up([values]) or _count_up(per_sentence)):
        return "numbers the tokens"
    if len(values) >= _MIN_ROWS_OF_ONE_VALUE and len(set(values)) == 1:
        return f"is {values[0]!r} in each row"
    return ""


def _count_up(lists: Iterable[Sequence[str]]) -> bool:
    """Return whether each list counts up from 0 or from 1."""
    return all(
        all(value == str(number) for value, number in zip(values, count(int(values[0] == "1"))))
        for values in lists
    )
