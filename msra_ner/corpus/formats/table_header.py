"""Which columns of a table are what, by their names in the header or as ``--column`` says."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from msra_ner.corpus.column_names import parse_column_names
from msra_ner.corpus.formats.column_lines import is_tag
from msra_ner.corpus.lines import refuse
from msra_ner.corpus.options import ReadOptions

# Names as people write them, without case, spaces, hyphens and underscores.
_NAMES = {
    "tokens": "token tokens word words form char chars character characters 字 字符 词",
    "text": "text sentence sentences content 文本 句子",
    "tags": "tag tags ner nertag nertags netag netags label labels bio biotag biotags iob iobtag "
    "标签 标注",
    "sentence": "sentence sentence# sentenceid sentenceidx sentenceno sentencenumber sent sent# "
    "sentid sentidx sentno sentnum sid 句子 句子编号",
    "document": "doc doc# docid docno document documentid file fileid",
}
KNOWN_NAMES = {role: frozenset(names.split()) for role, names in _NAMES.items()}


@dataclass(frozen=True)
class TableColumns:
    """The columns that are read, counted from 0.

    Attributes:
        tokens: The token, or the tokens or the text of a sentence.
        tags: The tag, or the tags of a sentence.
        sentence: What tells sentences apart where a row is a token, or None.
        document: What tells documents apart, or None.
    """

    tokens: int
    tags: int
    sentence: int | None
    document: int | None


def is_header(names: Sequence[str]) -> bool:
    """Return whether the fields of a first line are names of columns, tags among them."""
    if len(names) < 2 or any(is_tag(name) for name in names):
        return False
    return any(_simplify(name) in KNOWN_NAMES["tags"] for name in names)


def choose_table_columns(path: Path, header: Sequence[str], options: ReadOptions) -> TableColumns:
    """Return which columns hold what.

    Raises:
        CorpusError: Nothing, or more than one column, can be the tokens or the tags.
    """
    named = parse_column_names(options.column)
    found = {role: [_find(path, header, role, name)] for role, name in named.items()}
    taken = {columns[0] for columns in found.values()}

    def look(known: Collection[str]) -> list[int]:
        return [
            number
            for number, name in enumerate(header)
            if _simplify(name) in known and number not in taken
        ]

    tokens = (
        found.get("tokens")
        or found.get("text")
        or look(KNOWN_NAMES["tokens"])
        or look(KNOWN_NAMES["text"])
    )
    tags = found.get("tags") or look(KNOWN_NAMES["tags"])
    for role, columns in (("tokens", tokens), ("tags", tags)):
        if len(columns) != 1:
            names = ", ".join(header[number] for number in columns or range(len(header)))
            refuse(
                path,
                f"the columns {names}" + (", all of which can be it" if columns else ""),
                f"one column of {role} by the usual names (such as word and tag)",
                f"name it: --column {role}=NAME, or put a line with the names on top",
            )
    taken.update((tokens[0], tags[0]))
    sentence = next(iter(found.get("sentence") or look(KNOWN_NAMES["sentence"])), None)
    document = next(iter(look(KNOWN_NAMES["document"])), None)
    return TableColumns(tokens[0], tags[0], sentence, document)


def _find(path: Path, header: Sequence[str], role: str, name: str) -> int:
    """Return the column of a name."""
    for same in (str, str.lower):
        numbers = [number for number, other in enumerate(header) if same(other) == same(name)]
        if len(numbers) == 1:
            return numbers[0]
    refuse(
        path,
        f"the columns {', '.join(header)}",
        f"one of the name {name!r} for {role}",
        "give the name as it is in the first line",
    )


def _simplify(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).lower()
