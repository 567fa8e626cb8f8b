"""JSON lines: an object a line, with ``tokens`` and ``ner_tags``, or with ``text`` and spans."""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msra_ner.corpus import Sentence, check_writable
from msra_ner.lines import read_lines, refuse, shorten
from msra_ner.passages import Passage, Span, check_span
from msra_ner.read_options import Ends, ReadOptions
from msra_ner.schemes import encode_scheme

logger = logging.getLogger(__name__)

# The names that other tools give to one and the same thing.
TAG_KEYS = ("ner_tags", "tags", "labels")
SPAN_KEYS = ("entities", "label", "labels", "spans")
START_KEYS = ("start", "start_offset", "start_idx", "begin")
END_KEYS = ("end", "end_offset", "end_idx")
TYPE_KEYS = ("label", "type", "entity_type", "entity_group", "entity")
SURFACE_KEYS = ("text", "word", "surface", "mention")


def read_json_tokens(path: Path, options: ReadOptions) -> Iterator[Sentence]:
    """Yield the sentences of objects with ``tokens`` and ``ner_tags``, tags as they stand.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: A line is no such object.
    """
    names = options.tag_names.split(",") if options.tag_names else None
    for place, item in _objects(path):
        tokens: Any = item.get("tokens")
        tags = _first(item, TAG_KEYS)
        expected = 'an object with "tokens" and "ner_tags", lists of the same length'
        if not _is_list(tokens, str) or not isinstance(tags, list):
            refuse(place, f"the keys {', '.join(item) or 'none'}", expected, "add what is missing")
        if len(tokens) != len(tags):
            refuse(
                place,
                f"{len(tags)} tags for {len(tokens)} tokens",
                expected,
                "look for a missing or extra item in either list",
            )
        if not tokens or "" in tokens:
            what = "an empty token" if tokens else "no token"
            refuse(place, what, "at least one token, none of them empty", "remove it")
        yield Sentence(tokens, [name_tag(place, tag, names) for tag in tags], place)


def name_tag(place: str, tag: Any, names: list[str] | None) -> str:
    """Return the tag that a string, or a number and the names, stands for.

    Raises:
        CorpusError: It is neither, or there is no name for the number.
    """
    if isinstance(tag, str):
        return tag
    if isinstance(tag, bool) or not isinstance(tag, int):
        refuse(place, f"the tag {shorten(repr(tag))}", "a string or a number", "correct the tag")
    if names is None:
        refuse(
            place,
            f"the number {tag} for a tag",
            "a tag such as B-PER, or the names of the numbers",
            "give them in their order: --tag_names O,B-PER,I-PER,...",
        )
    if not 0 <= tag < len(names):
        refuse(
            place,
            f"the number {tag} for a tag",
            f"a number from 0 to {len(names) - 1}",
            "correct it, or give all of --tag_names",
        )
    return names[tag]


def read_json_spans(path: Path, options: ReadOptions) -> Iterator[Passage]:
    """Yield the passages of objects with ``text`` and spans.

    Spans are a list under ``entities``, ``label``, ``labels`` or ``spans``, of objects with start,
    end and label or of lists ``[start, end, label]``; or the nested form of CLUENER,
    ``{"label": {TYPE: {SURFACE: [[start, end], ...]}}}``. Offsets count characters (code points).

    With ``ends="auto"`` the surfaces that stand beside the spans decide whether an end is
    inclusive; where none stands there, the file is refused.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: A line is no such object, or a span does not fit its text or its surface.
    """
    ends: Ends = options.ends
    if ends == "auto":
        ends = _find_ends(path)
    extra: Counter[str] = Counter()
    for place, item in _objects(path):
        text, spans, keys = _parts(place, item)
        extra.update(key for key in item if key not in ("text", keys))
        shift = 1 if ends == "inclusive" else 0
        passage = Passage(
            text, tuple(Span(start, end + shift, kind) for start, end, kind, _ in spans), place
        )
        for span, (_, _, _, surface) in zip(passage.spans, spans, strict=True):
            check_span(passage, span)
            if surface is not None and text[span.start : span.end] != surface:
                refuse(
                    place,
                    f"{shorten(text[span.start : span.end])} from {span.start} to {span.end}, "
                    f"beside it the text {shorten(surface)}",
                    "the same in both",
                    "correct the offsets (they count characters, not bytes), or check --ends",
                )
        yield passage
    if extra:
        logger.info("%s: not read: %s", path, ", ".join(f"{key} ({extra[key]})" for key in extra))


def write_json_tokens(path: Path, sentences: Iterable[Sentence], scheme: str = "iob2") -> None:
    """Write an object a line with ``tokens`` and ``ner_tags``.

    Raises:
        CorpusError: A sentence has no tokens, or an empty one.
    """
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for index, sentence in enumerate(sentences):
            check_writable(sentence, index, "\0", "a list of tokens")
            tags = encode_scheme(sentence.tags, scheme)
            file.write(_dump({"tokens": sentence.tokens, "ner_tags": tags}))


def write_json_spans(path: Path, passages: Iterable[Passage]) -> None:
    """Write an object a line with ``text`` and ``entities``, ends exclusive.

    The text of each span stands beside it, so that readers need not be told how ends count.
    """
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for passage in passages:
            entities = [
                {
                    "start": span.start,
                    "end": span.end,
                    "label": span.type,
                    "text": passage.text[span.start : span.end],
                }
                for span in passage.spans
            ]
            file.write(_dump({"text": passage.text, "entities": entities}))


def parse_object(place: str, line: str) -> dict[str, Any]:
    """Return the JSON object of a line.

    Raises:
        CorpusError: It is none.
    """
    remedy = "give each sentence a line of its own"
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        what = getattr(error, "msg", None) or "nested too deeply"
        column = getattr(error, "colno", 1)
        refuse(place, f"{shorten(line)} ({what}, column {column})", "a JSON object a line", remedy)
    if not isinstance(item, dict):
        if isinstance(item, list):
            remedy = "write each of its items to a line of its own, for example with: jq -c '.[]'"
        refuse(place, f"a JSON {type(item).__name__}", "a JSON object a line", remedy)
    return item


def _objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(read_lines(path), 1):
        if line.strip():
            place = f"{path}:{number}"
            item = parse_object(place, line)
            if "\\u" in line:  # Only an escape can bring in what is no character.
                try:
                    _dump(item).encode()
                except UnicodeEncodeError:
                    refuse(place, "half of a surrogate pair (\\uD800-\\uDFFF)", "text", "remove it")
            yield place, item


def _parts(
    place: str, item: dict[str, Any]
) -> tuple[str, list[tuple[int, int, str, str | None]], str | None]:
    """Return the text, its spans as (start, end, type, surface), and the key they stand under."""
    text = item.get("text")
    key = next((key for key in SPAN_KEYS if key in item), None)
    if not isinstance(text, str) or key is None:
        refuse(
            place,
            f"the keys {', '.join(item) or 'none'}",
            f'an object with "text" and one of {", ".join(SPAN_KEYS)}',
            "add what is missing; a text without entities has an empty list",
        )
    if "\0" in text:
        refuse(place, "a NUL character", "text", "remove it")
    value = item[key]
    if isinstance(value, dict):
        return text, list(_nested_form(place, value)), key
    if not isinstance(value, list):
        refuse(place, f'{shorten(repr(value))} under "{key}"', "a list of spans", "correct it")
    return text, [_span(place, span) for span in value], key


def _nested_form(place: str, value: dict[str, Any]) -> Iterator[tuple[int, int, str, str | None]]:
    """Yield the spans of CLUENER's form: type, then surface, then a list of start and end."""
    for kind, surfaces in value.items():
        for surface, ranges in surfaces.items() if isinstance(surfaces, dict) else [("", None)]:
            pairs: list[Any] = ranges if isinstance(ranges, list) else [None]
            for pair in pairs:
                if not (_is_list(pair, int) and len(pair) == 2):
                    refuse(
                        place,
                        f"{shorten(repr(pair))} for the label {kind!r}",
                        "{LABEL: {TEXT: [[start, end], ...]}}",
                        "correct the span",
                    )
                yield pair[0], pair[1], kind, surface


def _span(place: str, span: Any) -> tuple[int, int, str, str | None]:
    if isinstance(span, dict):
        values = (_first(span, START_KEYS), _first(span, END_KEYS), _first(span, TYPE_KEYS))
        surface = _first(span, SURFACE_KEYS)
    else:
        values = tuple(span) if isinstance(span, list) and len(span) == 3 else (None,) * 3
        surface = None
    start, end, kind = values
    whole = all(isinstance(value, int) and not isinstance(value, bool) for value in (start, end))
    if not whole or not isinstance(kind, str) or not isinstance(surface, str | None):
        refuse(
            place,
            f"the span {shorten(repr(span))}",
            'an object with whole numbers "start" and "end" and a "label", or a list of the three',
            "correct the span",
        )
    return start, end, kind, surface


def _find_ends(path: Path) -> Ends:
    """Return how the ends of a file count, from the surfaces beside its spans."""
    fitting = {"exclusive": 0, "inclusive": 0}
    bare = ""
    for place, item in _objects(path):
        text, spans, _ = _parts(place, item)
        for start, end, _, surface in spans:
            if surface is None:
                bare = bare or place
            else:
                fitting["exclusive"] += text[start:end] == surface
                fitting["inclusive"] += text[start : end + 1] == surface
    if bare and not any(fitting.values()):
        refuse(
            bare,
            "spans without their text",
            "to know whether the last character of a span is at its end or before it",
            "give --ends exclusive (as in Python) or --ends inclusive",
        )
    inclusive = fitting["inclusive"] > fitting["exclusive"]
    if any(fitting.values()):
        ends: Ends = "inclusive" if inclusive else "exclusive"
        logger.info("%s: ends of spans are %s, by the texts beside them", path, ends)
        return ends
    return "exclusive"


def _first(item: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((item[key] for key in keys if key in item), None)


def _is_list(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(type(item) is kind for item in value)


def _dump(item: dict[str, Any]) -> str:
    return json.dumps(item, ensure_ascii=False) + "\n"
