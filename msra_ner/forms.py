"""The forms of a corpus, by name: how each is recognised, read and written."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from msra_ner.brat import read_brat, write_brat
from msra_ner.columns import DOCUMENT_START, read_columns, token_place, write_columns
from msra_ner.corpus import SENTENCES_FILE, TAGS_FILE, Sentence, read_pair, tag_place, write_pair
from msra_ner.errors import MsraNerError
from msra_ner.json_lines import (
    SPAN_KEYS,
    TAG_KEYS,
    parse_object,
    read_json_spans,
    read_json_tokens,
    write_json_spans,
    write_json_tokens,
)
from msra_ner.lines import read_lines
from msra_ner.passages import Passage
from msra_ner.read_options import ReadOptions
from msra_ner.schemes import encode_scheme

_LAST_FIELD = re.compile(r".*[\t ](O|[A-Z][-_]\S+)")


def _plain_place(sentence: Sentence, position: int) -> str:
    return f"{sentence.place} (token {position + 1})"


@dataclass(frozen=True)
class TagForm:
    """A form that holds tokens with tags. ``path`` is a file, or a folder where so marked.

    ``read`` gives the tags as they stand in the file.
    """

    name: str
    read: Callable[[Path, ReadOptions], Iterator[Sentence]]
    write: Callable[[Path, Iterable[Sentence], str], None]
    suffix: str = ""
    locate: Callable[[Sentence, int], str] = _plain_place
    is_folder: bool = False


@dataclass(frozen=True)
class TextForm:
    """A form that holds text with spans, which may overlap."""

    name: str
    read: Callable[[Path, ReadOptions], Iterator[Passage]]
    write: Callable[[Path, Iterable[Passage]], None]
    suffix: str = ""
    is_folder: bool = False


def _write_pair(folder: Path, sentences: Iterable[Sentence], scheme: str) -> None:
    write_pair(
        folder,
        (Sentence(row.tokens, encode_scheme(row.tags, scheme), row.place) for row in sentences),
    )


FORMS: dict[str, TagForm | TextForm] = {
    form.name: form
    for form in (
        TagForm(
            "pair",
            lambda path, options: read_pair(path),
            _write_pair,
            locate=tag_place,
            is_folder=True,
        ),
        TagForm("columns", read_columns, write_columns, ".txt", locate=token_place),
        TagForm("json-tokens", read_json_tokens, write_json_tokens, ".jsonl"),
        TextForm("json-spans", read_json_spans, write_json_spans, ".jsonl"),
        TextForm("brat", lambda path, options: read_brat(path), write_brat, is_folder=True),
    )
}


def recognise(path: Path) -> str | None:
    """Return the name of the form of a file or folder, or None where it is of no known form.

    Looks at the names of a folder's files, or at the first line of a file that is neither blank nor
    a comment.
    """
    if path.is_dir():
        names = {entry.name for entry in path.iterdir()}
        if names & {SENTENCES_FILE, TAGS_FILE}:
            return "pair"
        return "brat" if any(name.endswith(".ann") for name in names) else None
    if not path.is_file():
        return None
    try:
        for line in read_lines(path):
            if keys := _keys(line):
                if "tokens" in keys and keys & set(TAG_KEYS):
                    return "json-tokens"
                return "json-spans" if "text" in keys and keys & set(SPAN_KEYS) else None
            if _LAST_FIELD.fullmatch(line):
                return "columns"
            if line.strip() and not line.startswith(("#", DOCUMENT_START)):
                return None
    except MsraNerError:
        pass
    return None


def _keys(line: str) -> set[str]:
    """Return the keys of a line that is a JSON object; a column file may start with a brace too."""
    if line.lstrip().startswith("{"):
        with suppress(MsraNerError):
            return set(parse_object("", line))
    return set()


def is_bare_text(path: Path) -> bool:
    """Return whether each object of a file of JSON lines has a text and no labels.

    The test files of CLUENER and other contests are like that.
    """
    found = False
    try:
        for line in read_lines(path) if path.is_file() else ():
            keys = _keys(line)
            if line.strip() and ("text" not in keys or keys & {*SPAN_KEYS, *TAG_KEYS}):
                return False
            found = found or bool(keys)
    except MsraNerError:
        return False
    return found


def nearest(path: Path) -> str:
    """Return the name of the form that a file of no known form comes closest to.

    What its reader says of it is what a person can mend.
    """
    line = ""
    with suppress(MsraNerError):
        line = next((line.lstrip() for line in read_lines(path) if line.strip()), "")
    if path.suffix.startswith(".json") or line.startswith("{"):
        return "json-spans" if '"text"' in line and '"tokens"' not in line else "json-tokens"
    return "columns"
