"""JSON lines of texts with spans: CLUENER, doccano and their like."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from msra_ner.corpus.documents import Document, Span, check_span
from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.formats.json_lines import (
    dump_json,
    find_value,
    is_list_of,
    join_keys,
    read_objects,
    show_value,
)
from msra_ner.corpus.formats.json_tokens import is_json_tokens
from msra_ner.corpus.lines import refuse, shorten
from msra_ner.corpus.options import Ends, ReadOptions

logger = logging.getLogger(__name__)

SPAN_KEYS = ("entities", "label", "labels", "spans")
START_KEYS = ("start", "start_offset", "start_idx", "begin")
END_KEYS = ("end", "end_offset", "end_idx")
TYPE_KEYS = ("label", "type", "entity_type", "entity_group", "entity")
SURFACE_KEYS = ("text", "word", "surface", "mention")


class _RawSpan(NamedTuple):
    """A span as in the file: what its end means is not known yet."""

    start: int
    end: int
    type: str
    surface: str | None


def is_json_spans(head: Head) -> bool:
    """Return whether the first object has a text and spans, and not tokens."""
    has_spans = "text" in head.keys and not head.keys.isdisjoint(SPAN_KEYS)
    return has_spans and not is_json_tokens(head)


def read_json_spans(path: Path, options: ReadOptions) -> Iterator[Document]:
    """Yield the documents of objects with ``text`` and spans.

    Spans are a list under ``entities``, ``label``, ``labels`` or ``spans``, of objects with start,
    end and label or of lists ``[start, end, label]``; or the nested format of CLUENER,
    ``{"label": {TYPE: {SURFACE: [[start, end], ...]}}}``. Offsets count characters (code points).

    With ``ends="auto"`` the texts beside the spans decide whether an end is inclusive; a file
    whose spans have no text is refused.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: A line is not such an object, or a span does not fit its text or its surface.
    """
    ends = _find_ends(path) if options.ends == "auto" else options.ends
    extra: Counter[str] = Counter()
    shift = 1 if ends == "inclusive" else 0
    for location, item in read_objects(path):
        text, raw, span_key = _parse_text(location, item)
        extra.update(key for key in item if key not in ("text", span_key))
        spans = tuple(Span(span.start, span.end + shift, span.type) for span in raw)
        document = Document(text, spans, location)
        for span, (_, _, _, surface) in zip(spans, raw, strict=True):
            if surface is not None and _cut(text, span.start, span.end) != surface:
                _refuse_surface(document, span, surface)
            check_span(document, span)
        yield document
    if extra:
        logger.info("%s: not read: %s", path, ", ".join(f"{key} ({extra[key]})" for key in extra))


def _cut(text: str, start: int, end: int) -> str:
    """Return a stretch of text; what is before the start of the text counts as nothing."""
    return text[max(start, 0) : max(end, 0)]


def _refuse_surface(document: Document, span: Span, surface: str) -> NoReturn:
    """Raise for a span whose own text is not at its offsets; find out why, if possible."""
    remedy = "correct the offsets (they count characters, from 0), or check --ends"
    for codec, width, what in (("utf-8", 1, "bytes"), ("utf-16-le", 2, "units of UTF-16")):
        encoded, wanted = document.text.encode(codec), surface.encode(codec)
        if wanted and encoded[width * max(span.start, 0) :].startswith(wanted):
            remedy = f"count characters; these offsets count {what}, it seems, or check --ends"
            break
    refuse(
        document.location,
        f"{shorten(_cut(document.text, span.start, span.end))} from {span.start} to {span.end} "
        f"of the text, but {shorten(surface)} as the text of the span",
        "the same in both",
        remedy,
    )


def write_json_spans(path: Path, documents: Iterable[Document]) -> None:
    """Write an object a line with ``text`` and ``entities``, ends exclusive.

    Each span carries its text, which shows readers how ends count.
    """
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for document in documents:
            entities = []
            for span in document.spans:
                surface = document.text[span.start : span.end]
                item = {"start": span.start, "end": span.end, "label": span.type, "text": surface}
                entities.append(item)
            file.write(dump_json({"text": document.text, "entities": entities}))


def _parse_text(location: str, item: dict[str, Any]) -> tuple[str, list[_RawSpan], str]:
    """Return the text of an object, its spans, and the key that they are under."""
    text = item.get("text")
    keys = [key for key in SPAN_KEYS if key in item]
    # A list of spans, if there is one: beside it there may be a label of the whole text.
    key = next((key for key in keys if item[key] and isinstance(item[key], list | dict)), None)
    key = key or next(iter(keys), None)
    if not isinstance(text, str) or key is None:
        refuse(
            location,
            f'{show_value(text)} under "text"' if key and "text" in item else join_keys(item),
            f'an object with "text" and a list of spans under one of {", ".join(SPAN_KEYS)}',
            "add what is missing (a text without entities has an empty list), or remove a file "
            "that nobody has annotated",
        )
    if "\0" in text:
        refuse(location, "a NUL character", "text", "remove it")
    value = item[key]
    if isinstance(value, dict):
        return text, list(_parse_nested(location, value)), key
    if not isinstance(value, list):
        refuse(location, f'{show_value(value)} under "{key}"', "a list of spans", "correct it")
    return text, [_parse_span(location, span) for span in value], key


def _parse_nested(location: str, value: dict[str, Any]) -> Iterator[_RawSpan]:
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
                yield _RawSpan(pair[0], pair[1], kind, surface)


def _parse_span(location: str, span: Any) -> _RawSpan:
    values: list[Any] = [None] * 4
    if isinstance(span, dict):
        keys = (START_KEYS, END_KEYS, TYPE_KEYS, SURFACE_KEYS)
        values = [find_value(span, names) for names in keys]
    elif isinstance(span, list) and len(span) == 3:
        values = [*span, None]
    start, end, kind, surface = values
    whole = all(isinstance(value, int) and not isinstance(value, bool) for value in (start, end))
    if not whole or not isinstance(kind, str) or not isinstance(surface, str | None):
        refuse(
            location,
            f"the span {show_value(span)}",
            'an object with whole numbers "start" and "end" and a "label", or a list of the three',
            "correct the span",
        )
    return _RawSpan(start, end, kind, surface)


def _find_ends(path: Path) -> Ends:
    """Return how the ends of a file count, from the surfaces beside its spans."""
    fitting = {"exclusive": 0, "inclusive": 0}
    without_surface = ""
    for location, item in read_objects(path):
        text, spans, _ = _parse_text(location, item)
        for start, end, _, surface in spans:
            if surface is None:
                without_surface = without_surface or location
            elif start >= 0 and end >= 0:
                fitting["exclusive"] += text[start:end] == surface
                fitting["inclusive"] += text[start : end + 1] == surface
    if not any(fitting.values()):
        if not without_surface:
            return "exclusive"
        refuse(
            without_surface,
            "spans without their text",
            "to know whether the last character of a span is at its end or before it",
            "give --ends exclusive (as in Python) or --ends inclusive",
        )
    ends: Ends = "inclusive" if fitting["inclusive"] > fitting["exclusive"] else "exclusive"
    logger.info("%s: ends of spans are %s, by the texts beside them", path, ends)
    return ends
