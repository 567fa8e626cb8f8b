"""JSON lines: an object a line, with ``tokens`` and ``ner_tags``, or with ``text`` and spans."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msra_ner.corpus.lines import cut_text, is_text, read_lines, refuse, shorten


def parse_object(location: str, line: str) -> dict[str, Any]:
    """Return the JSON object of a line; every reader of JSON lines calls this.

    Raises:
        CorpusError: It is not an object, has a key twice, or holds half of a surrogate pair.
    """
    remedy = "give each sentence a line of its own"
    if line.lstrip().startswith("["):
        remedy = "write each item of the list to a line of its own, for example with: jq -c '.[]'"
    elif line.strip() == "{":
        remedy = "write each object to a line of its own, for example with: jq -c ."
    try:
        item = json.loads(line, object_pairs_hook=_build_object)
        # Only an escape can bring in half of a surrogate pair.
        whole = "\\ud" not in line.lower() or is_text(dump_json(item))
    except json.JSONDecodeError as error:
        found = f"{shorten(line)} ({error.msg}, column {error.colno})"
    except RecursionError:
        found, remedy = f"{shorten(line)} (nested too deeply)", "correct the line"
    except ValueError as error:  # a key that occurs twice, or a number of thousands of digits
        what = str(error).partition("; use sys")[0]
        found, remedy = f"{shorten(line)} ({what})", "correct the line"
    else:
        if isinstance(item, dict) and not whole:
            refuse(location, "half of a surrogate pair (\\uD800-\\uDFFF)", "text", "remove it")
        if isinstance(item, dict):
            return item
        found = f"a JSON {type(item).__name__}"
    refuse(location, found, "a JSON object a line", remedy)


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, none of whose keys may occur twice: all but the last would be lost."""
    item = dict(pairs)
    if len(item) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"the key {shorten(twice)} occurs twice in one object")
    return item


def read_objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the location and the object of each line that is not blank."""
    for number, line in enumerate(read_lines(path), 1):
        if line.strip(" \t"):
            location = f"{path}:{number}"
            yield location, parse_object(location, line)


def join_keys(item: dict[str, Any]) -> str:
    """Return the keys of an object in words, for a message."""
    return f"the keys {shorten(', '.join(item), 100)}" if item else "an object without keys"


def show_value(value: Any) -> str:
    """Return a value as JSON, cut to 60 characters, for a message."""
    try:
        return cut_text(json.dumps(value, ensure_ascii=False), 60)
    except RecursionError:
        return "something nested too deeply"


def find_value(item: dict[str, Any], keys: tuple[str, ...]) -> Any:
    """Return what is under the first of the keys that the object has, or None."""
    return next((item[key] for key in keys if key in item), None)


def is_list_of(value: Any, kind: type) -> bool:
    """Return whether a value is a list with items of one type only (a bool is not an int)."""
    return isinstance(value, list) and all(type(item) is kind for item in value)


def dump_json(item: dict[str, Any]) -> str:
    """Return an object as a line of JSON."""
    return json.dumps(item, ensure_ascii=False) + "\n"
