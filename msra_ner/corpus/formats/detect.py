"""Which format a file or folder has, judged by its content."""

import re
from contextlib import suppress
from pathlib import Path

from msra_ner.corpus.formats.columns import DOCUMENT_START
from msra_ner.corpus.formats.json_lines import parse_object
from msra_ner.corpus.formats.json_spans import SPAN_KEYS
from msra_ner.corpus.formats.json_tokens import TAG_KEYS
from msra_ner.corpus.formats.pair import SENTENCES_FILE, TAGS_FILE
from msra_ner.corpus.lines import read_lines
from msra_ner.errors import MsraNerError

_LAST_FIELD = re.compile(r".*[\t ](O|[A-Z][-_]\S+)")


def recognise_format(path: Path) -> str | None:
    """Return the name of the format of a file or folder, or None if it is not a known one.

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
            if keys := _read_keys(line):
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


def _read_keys(line: str) -> set[str]:
    """Return the keys of a line that is a JSON object; a column file may start with a brace too."""
    if line.lstrip().startswith("{"):
        with suppress(MsraNerError):
            return set(parse_object("", line))
    return set()


def is_unlabelled(path: Path) -> bool:
    """Return whether each object of a file of JSON lines has a text and no labels.

    The test files of CLUENER and other contests are like that.
    """
    found = False
    try:
        for line in read_lines(path) if path.is_file() else ():
            keys = _read_keys(line)
            if line.strip() and ("text" not in keys or keys & {*SPAN_KEYS, *TAG_KEYS}):
                return False
            found = found or bool(keys)
    except MsraNerError:
        return False
    return found


def guess_format(path: Path) -> str:
    """Return the known format that a file comes closest to; its reader says what to correct."""
    line = ""
    with suppress(MsraNerError):
        line = next((line.lstrip() for line in read_lines(path) if line.strip()), "")
    if path.suffix.startswith(".json") or line.startswith("{"):
        return "json-spans" if '"text"' in line and '"tokens"' not in line else "json-tokens"
    return "columns"
