"""What a file is that no format recognises: unlabelled, or broken in its first line."""

from pathlib import Path

from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.formats.json_lines import read_objects
from msra_ner.corpus.formats.span_keys import find_text_key, may_hold_labels
from msra_ner.errors import MsraNerError


def is_unlabelled(path: Path) -> bool:
    """Return whether each object of a file of JSON has a text and nothing that may be labels.

    The test files of CLUENER and other contests are like that.
    """
    if not Head(path).keys:
        return False
    try:
        for _, item in read_objects(path):
            key = find_text_key(item)
            if key is None or may_hold_labels(item, key):
                return False
    except MsraNerError:
        return False
    return True


def guess_format(path: Path) -> str:
    """Return the known format that a file comes closest to; its reader says what to correct."""
    if path.suffix.lower() == ".csv":
        return "table"
    head = Head(path)
    line = next((line.lstrip() for line in head.lines if line.strip()), "")
    if path.suffix.startswith(".json") or line.startswith("{"):
        has_text = find_text_key(head.first_object or {}) or ('"text"' in line)
        return "json-spans" if has_text and '"tokens"' not in line else "json-tokens"
    return "columns"
