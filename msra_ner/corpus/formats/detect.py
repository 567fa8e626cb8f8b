"""What a file is that no format recognises: unlabelled, or broken in its first line."""

from pathlib import Path

from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.formats.json_lines import read_objects
from msra_ner.corpus.formats.json_spans import SPAN_KEYS
from msra_ner.corpus.formats.json_tokens import TAG_KEYS
from msra_ner.errors import MsraNerError


def is_unlabelled(path: Path) -> bool:
    """Return whether each object of a file of JSON has a text and no labels.

    The test files of CLUENER and other contests are like that.
    """
    try:
        keys = [set(item) for _, item in read_objects(path)] if path.is_file() else []
    except MsraNerError:
        return False
    labels = {*SPAN_KEYS, *TAG_KEYS}
    return bool(keys) and all("text" in found and not found & labels for found in keys)


def guess_format(path: Path) -> str:
    """Return the known format that a file comes closest to; its reader says what to correct."""
    head = Head(path)
    line = next((line.lstrip() for line in head.lines if line.strip()), "")
    if path.suffix.startswith(".json") or line.startswith("{"):
        return "json-spans" if '"text"' in line and '"tokens"' not in line else "json-tokens"
    return "columns"
