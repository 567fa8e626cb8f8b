"""Spans as JSON has them: under which keys their offsets, types and texts are."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

from msra_ner.corpus.formats.json_lines import (
    explain_wrapped,
    find_value,
    is_list_of,
    join_keys,
    show_value,
)
from msra_ner.corpus.lines import refuse, shorten

TEXT_KEYS = ("text", "originalText", "sentence", "content", "data")
SPAN_KEYS = ("entities", "label", "labels", "spans", "entity_list")
START_KEYS = ("start", "start_offset", "start_idx", "start_pos", "begin")
END_KEYS = ("end", "end_offset", "end_idx", "end_pos")
# Start and end may be an object, or a list of two, under one of these.
RANGE_KEYS = ("entity_index", "offset", "offsets", "range", "span", "position", "pos")
# The last of them is the text of the span where there is another for the type.
TYPE_KEYS = ("label", "type", "entity_type", "entity_group", "label_type", "tag", "category")
TYPE_OR_TEXT_KEYS = ("labels", "entity")
_LIKE_A_LABEL = re.compile("annot|entit|label|tag|span|ner", re.IGNORECASE)


class RawSpan(NamedTuple):
    """A span as in the file: what its offsets count is not known yet.

    Attributes:
        start: As written.
        end: As written.
        types: Its types; most have one.
        texts: The strings beside it by their keys, any of which may be its text.
    """

    start: int
    end: int
    types: tuple[str, ...]
    texts: Mapping[str, str]


class RawText(NamedTuple):
    """A text with its spans as in the file.

    Attributes:
        text: The text.
        spans: Its spans.
        keys: The keys of the object that were read.
    """

    text: str
    spans: list[RawSpan]
    keys: tuple[str, ...]


def find_text_key(item: Mapping[str, Any]) -> str | None:
    """Return the key of an object's text, or None."""
    return next((key for key in TEXT_KEYS if isinstance(item.get(key), str)), None)


def find_span_key(item: Mapping[str, Any], others: frozenset[str] = frozenset()) -> str | None:
    """Return the key of an object's spans, or None.

    A list with something in it goes first: beside it there may be a label of the whole text. The
    other keys are those under which the file has spans elsewhere.
    """
    keys = [key for key in (*SPAN_KEYS, *sorted(others)) if key in item]
    filled = (key for key in keys if item[key] and isinstance(item[key], list | dict))
    unknown = (key for key, value in item.items() if key not in SPAN_KEYS and are_spans(value))
    empty = (key for key in keys if isinstance(item[key], list | dict))
    return next((key for group in (filled, unknown, empty, keys) for key in group), None)


def are_spans(value: Any) -> bool:
    """Return whether a value is a list of spans, judged by its first item."""
    if not isinstance(value, list) or not value:
        return False
    first = value[0]
    if isinstance(first, list):
        return len(first) in (3, 4) and is_list_of(first[:2], int) and isinstance(first[2], str)
    return isinstance(first, dict) and _find_range(first) is not None


def may_hold_labels(item: Mapping[str, Any], text_key: str | None) -> bool:
    """Return whether an object has something besides its text that may be annotation.

    Numbers and strings, such as an id and a source, are none unless their key sounds like one.
    """
    rest = {key: value for key, value in item.items() if key != text_key}
    return any(
        isinstance(value, list | dict) or _LIKE_A_LABEL.search(key) for key, value in rest.items()
    )


def parse_text(
    location: str, item: dict[str, Any], others: frozenset[str], named: str | None = None
) -> RawText:
    """Return the text of an object and its spans; ``named`` is the key of the text, if stated.

    Raises:
        CorpusError: It has no text, no spans known as such, or a span that is none.
    """
    text_key, key = find_text_key(item), find_span_key(item, others)
    if named is not None:
        text_key = named if isinstance(item.get(named), str) else None
    if text_key is None or key is None:
        _refuse_object(location, item, text_key, key)
    text, value = item[text_key], item[key]
    if isinstance(value, dict):
        return RawText(text, list(_parse_nested(location, value)), (text_key, key))
    if not isinstance(value, list):
        remedy = "write an empty list where there is no entity"
        if isinstance(value, str) and len(value.split()) == len(text.split()):
            lists = f'{{tokens: (.{text_key} / " "), ner_tags: (.{key} / " ")}}'
            remedy = f"split both into lists: jq -c '{lists}'"
        refuse(location, f'{show_value(value)} under "{key}"', "a list of spans", remedy)
    return RawText(text, [_parse_span(location, span) for span in value], (text_key, key))


def _refuse_object(
    location: str, item: dict[str, Any], text_key: str | None, key: str | None
) -> NoReturn:
    remedy = (
        "add what is missing (a text without entities has an empty list), or remove a file that "
        "nobody has annotated"
    )
    if not text_key:
        name = "name the text (--format json-spans --column text=KEY)" if key else remedy
        remedy = explain_wrapped(item) or name
    wrong = key and not text_key and "text" in item
    refuse(
        location,
        f'{show_value(item["text"])} under "text"' if wrong else join_keys(item),
        f'an object with "text" and a list of spans under one of {", ".join(SPAN_KEYS)}',
        remedy,
    )


def _parse_nested(location: str, value: dict[str, Any]) -> Iterator[RawSpan]:
    """Yield the spans of CLUENER's format: type, then surface, then a list of start and end."""
    for kind, surfaces in value.items():
        for surface, ranges in surfaces.items() if isinstance(surfaces, dict) else [("", None)]:
            pairs: list[Any] = ranges if isinstance(ranges, list) and ranges else [ranges]
            for pair in pairs:
                if not (is_list_of(pair, int) and len(pair) == 2):
                    refuse(
                        location,
                        f"{show_value(pair if isinstance(surfaces, dict) else surfaces)} "
                        f"for the label {shorten(kind)}",
                        "{LABEL: {TEXT: [[start, end], ...]}}",
                        "correct the span",
                    )
                yield RawSpan(pair[0], pair[1], (kind,), {"text": surface})


def _parse_span(location: str, span: Any) -> RawSpan:
    if isinstance(span, list) and len(span) in (3, 4) and is_list_of(span[:2], int):
        texts = {"text": span[3]} if len(span) == 4 and isinstance(span[3], str) else {}
        if isinstance(span[2], str) and len(span) == 3 + len(texts):
            return RawSpan(span[0], span[1], (span[2],), texts)
    elif isinstance(span, dict) and (offsets := _find_range(span)):
        type_key = next((key for key in (*TYPE_KEYS, *TYPE_OR_TEXT_KEYS) if key in span), None)
        types = span[type_key] if type_key else None
        types = [types] if isinstance(types, str) else types
        strings = {key: value for key, value in span.items() if isinstance(value, str)}
        if types and is_list_of(types, str):
            strings.pop(type_key or "", None)
            return RawSpan(*offsets, tuple(types), strings)
    refuse(
        location,
        f"the span {show_value(span)}",
        'an object with whole numbers "start" and "end" and a "label", or a list of the three',
        "correct the span",
    )


def _find_range(span: dict[str, Any]) -> tuple[int, int] | None:
    """Return start and end of a span, or None where it has none."""
    pair = [find_value(span, START_KEYS), find_value(span, END_KEYS)]
    if pair == [None, None]:
        inner = find_value(span, RANGE_KEYS)
        pair = inner if isinstance(inner, list) else pair
        if isinstance(inner, dict):
            pair = [find_value(inner, START_KEYS), find_value(inner, END_KEYS)]
    return (pair[0], pair[1]) if is_list_of(pair, int) and len(pair) == 2 else None
