"""Which columns of CoNLL-U hold tokens and tags, and how a tag stands in its column."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from msra_ner.corpus.column_names import parse_column_names
from msra_ner.corpus.formats.column_lines import is_tag
from msra_ner.corpus.lines import refuse, shorten
from msra_ner.corpus.options import ReadOptions
from msra_ner.labels import OUTSIDE

COLUMNS = ("ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC")
GLOBAL_COLUMNS = re.compile(r"#\s*global\.columns\s*=(.*)")
# Nothing said: UD leaves "_", PARSEME's columns have "*" for what is in no unit.
NOTHING = ("", "_", "*")
# What tools call the column, or the key in MISC; read without case, "-" and "_".
_TAG_NAMES = frozenset(
    "ner nertag nertags ne netag namedentity namedentities name nertype bio iob".split()  # noqa: SIM905
)
_MIN_SHARE_OF_TAGS = 0.9
_TOKEN_NAMES = ("FORM", "TOKEN", "WORD")

Words = Sequence[tuple[int, dict[str, str]]]


@dataclass(frozen=True)
class TagPlace:
    """Where the tag of a word is.

    Attributes:
        column: The column.
        key: The key in it, as of ``NER=B-PER``; empty where the tag is the column's whole value.
        has_outside: Whether words outside of entities say so with ``O``.
    """

    column: str
    key: str = ""
    has_outside: bool = False

    @property
    def name(self) -> str:
        """The place in words, for messages."""
        return f"{self.key} in {self.column}" if self.key else f"the column {self.column}"

    def find(self, fields: dict[str, str]) -> str:
        """Return the tag of a word as written, or one of ``NOTHING``."""
        value = fields[self.column]
        if not self.key:
            # Beside a bare tag there may be keys: "B-PER|SpaceAfter=No".
            parts = [part for part in value.split("|") if "=" not in part]
            return value if self.column != "MISC" else "|".join(parts)
        pairs = (part.partition("=") for part in value.split("|"))
        return next((tag for key, equals, tag in pairs if equals and key == self.key), "")


def name_columns(location: str, line: str) -> tuple[str, ...] | None:
    """Return the columns that a line of comment names, or None where it names none.

    Raises:
        CorpusError: A name is there twice.
    """
    found = GLOBAL_COLUMNS.match(line)
    if not found:
        return None
    names = tuple(found[1].upper().split())
    if len(set(names)) < len(names) or not names:
        refuse(location, shorten(line), "a name for each column, each once", "correct the line")
    return names


def find_tokens(location: str, fields: dict[str, str], options: ReadOptions) -> str:
    """Return the column of the tokens.

    Raises:
        CorpusError: There is none of the usual names, or not the one that is asked for.
    """
    named = parse_column_names(options.column).get("tokens", "").upper()
    if not named and options.token_column is not None:
        named = _name_column(fields, options.token_column)
    wanted = (named,) if named else _TOKEN_NAMES
    for name in wanted:
        if name in fields:
            return name
    found, expected = f"the columns {' '.join(fields)}", f"one of {', '.join(wanted)}"
    refuse(location, found, expected, "name the column of the tokens: --column tokens=NAME")


def find_tags(path: Path, sentences: Iterable[Words], options: ReadOptions) -> TagPlace:
    """Return where the tags are: as ``--column`` says, by a usual name, or by what is tags.

    Raises:
        CorpusError: Nothing or several can be the tags, or what is named is not there.
    """
    counts: dict[tuple[str, str], list[int]] = {}  # values, tags and "O" of a column and key
    columns: dict[str, str] = {}
    for words in sentences:
        for _, fields in words:
            columns = columns or fields
            for place, value in _list_values(fields):
                count = counts.setdefault(place, [0, 0, 0])
                count[0] += 1
                count[1] += is_tag(value, bare=True)
                count[2] += value == OUTSIDE
    places = {TagPlace(*place, has_outside=count[2] > 0): count for place, count in counts.items()}
    likely = [place for place, count in places.items() if count[1] >= _MIN_SHARE_OF_TAGS * count[0]]
    named = parse_column_names(options.column).get("tags", "").upper()
    if named:
        found = [place for place in places if named == (place.key or place.column).upper()]
    elif options.tag_column is not None:
        named = _name_column(columns, options.tag_column)
        found = [place for place in places if place.column == named]
    else:
        usual = [place for place in places if _is_usual(place)]
        found = [place for place in usual if place in likely] or usual or likely
    if len(found) == 1:
        return found[0]
    refuse(
        path,
        f"tags in {', '.join(place.name for place in found)}"
        if found
        else f"no tags in the columns {' '.join(columns)}",
        f"tags in {named}" if named and not found else "tags in one column, or under one key",
        "name the column, or the key in MISC: --column tags=NAME",
    )


def _name_column(fields: dict[str, str], number: int) -> str:
    """Return the name of a column that is given by its number, or what says that it is missing."""
    names = list(fields)
    return names[number] if -len(names) <= number < len(names) else f"the column {number}"


def _is_usual(place: TagPlace) -> bool:
    """Return whether a column or key is named after entities; NER:FLAIR says by whom."""
    name = place.key or place.column.partition(":")[0]
    return re.sub("[-_]", "", name).lower() in _TAG_NAMES


def _list_values(fields: dict[str, str]) -> Iterable[tuple[tuple[str, str], str]]:
    """Yield the places of a word that could have its tag, with what is there."""
    for column, value in fields.items():
        if value in NOTHING or column in ("ID", "FORM", "HEAD"):
            continue
        keys = [part.partition("=") for part in value.split("|") if "=" in part]
        if column == "MISC":
            for key, _, tag in keys:
                yield (column, key), tag
            value = TagPlace(column).find(fields)
        if value not in NOTHING:
            yield (column, ""), value
