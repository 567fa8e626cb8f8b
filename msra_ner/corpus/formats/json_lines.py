"""Files of JSON objects: an object a line, an array of them, or one after the other."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msra_ner.corpus.formats.json_stream import JsonStream
from msra_ner.corpus.lines import (
    CHUNK_BYTES,
    cut_text,
    is_text,
    open_file,
    read_lines,
    refuse,
    shorten,
)

# Keys under which an object may have its text, or its tokens.
_TEXT_OR_TOKENS = frozenset(
    ("text", "originalText", "sentence", "content", "data", "tokens", "words")
)


def parse_object(location: str, line: str) -> dict[str, Any]:
    """Return the JSON object of a line; every reader of JSON lines calls this.

    Raises:
        CorpusError: It is not an object, has a key twice, or holds half of a surrogate pair.
    """
    remedy = "give each sentence a line of its own"
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
        if isinstance(item, list):
            remedy = "make each item a line: jq -c '.[]' FILE"
    refuse(location, found, "a JSON object a line", remedy)


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, none of whose keys may occur twice: all but the last would be lost."""
    item = dict(pairs)
    if len(item) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"the key {shorten(twice)} occurs twice in one object")
    return item


def read_objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the location and each object of a file.

    They are a line each, or the items of one array, or objects over several lines. An array's item
    may be ``["text", {...}]``, which spaCy trains on: it is the object with that text.

    Raises:
        CorpusError: The file, or an item of it, is nothing of these.
    """
    if not _is_stream(path):
        for number, line in enumerate(read_lines(path), 1):
            if line.strip(" \t"):
                location = f"{path}:{number}"
                yield location, parse_object(location, line)
        return
    stream = JsonStream(path, json.JSONDecoder(object_pairs_hook=_build_object))
    for location, item in stream.read():
        if isinstance(item, list) and len(item) == 2 and isinstance(item[0], str):
            item = {"text": item[0], **item[1]} if isinstance(item[1], dict) else item
        if not isinstance(item, dict):
            refuse(location, f"a JSON {type(item).__name__}", "an object", "correct the item")
        if not is_text(dump_json(item)):
            refuse(location, "half of a surrogate pair (\\uD800-\\uDFFF)", "text", "remove it")
        yield location, item


def _is_stream(path: Path) -> bool:
    """Return whether a file begins with an array, or with an object that goes on below its line."""
    with open_file(path) as file:
        start = file.read(CHUNK_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    line, _, rest = start.partition(b"\n")
    if line.startswith(b"["):
        # A list a line is no array of objects.
        return not (line.rstrip().endswith(b"]") and rest.lstrip().startswith(b"["))
    try:
        json.loads(line)
    except json.JSONDecodeError as error:
        return line.startswith(b"{") and bool(rest.strip()) and error.pos >= len(error.doc.rstrip())
    except (ValueError, RecursionError):
        pass
    return False


def join_keys(item: dict[str, Any]) -> str:
    """Return the keys of an object in words, for a message."""
    return f"the keys {shorten(', '.join(item), 100)}" if item else "an object without keys"


def explain_wrapped(item: dict[str, Any]) -> str | None:
    """Return what to do with an object that holds all objects, in a list or by numbers, or None."""
    for key, value in item.items():
        if isinstance(value, list) and value and _has_text(value[0]):
            return f"make the list under {shorten(key)} the whole file: jq '.[{json.dumps(key)}]'"
    if item and all(map(_has_text, item.values())):
        return "make a list of the objects: jq '[.[]]'"
    return None


def _has_text(value: Any) -> bool:
    return isinstance(value, dict) and not _TEXT_OR_TOKENS.isdisjoint(value)


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
    return json.dumps(item, ensure_ascii=False, allow_nan=False) + "\n"
