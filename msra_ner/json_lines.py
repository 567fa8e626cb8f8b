"""JSON lines: an object a line, with ``tokens`` and ``ner_tags``, or with ``text`` and spans."""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

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
    names = names_of_numbers(options)
    for place, item in _objects(path):
        tokens = _list_under(place, item, ("tokens",))
        tags = _list_under(place, item, TAG_KEYS)
        if len(tokens) != len(tags):
            refuse(
                place,
                f"{len(tags)} tags for {len(tokens)} tokens",
                "one tag a token",
                "look for a missing or extra item in either list",
            )
        check_tokens(place, tokens)
        yield Sentence(tokens, [name_tag(place, tag, names) for tag in tags], place)


def _list_under(place: str, item: dict[str, Any], keys: tuple[str, ...]) -> list[Any]:
    """Return the list that stands under the first of the keys."""
    value = _first(item, keys)
    if not isinstance(value, list):
        found = _keys(item)
        if value is not None:
            found = f'{_show(value)} under "{next(key for key in keys if key in item)}"'
        expected = 'an object with "tokens" and "ner_tags", lists of the same length'
        refuse(place, found, expected, "add what is missing, or correct it")
    return value


def check_tokens(place: str, tokens: Any) -> None:
    """Refuse tokens that are none.

    Raises:
        CorpusError: They are not a list of at least one string, none empty or with a NUL.
    """
    if _is_list(tokens, str) and tokens and "" not in tokens and "\0" not in "".join(tokens):
        return
    found = "no token"
    if not isinstance(tokens, list):
        found = f"{_show(tokens)} for a list of tokens"
    elif tokens:
        odd = (item for item in tokens if not isinstance(item, str) or not item or "\0" in item)
        found = f"the token {_show(next(odd))}"
    refuse(
        place,
        found,
        "at least one token, each of them a string that is not empty and has no NUL",
        "correct the tokens, or remove the sentence",
    )


def names_of_numbers(options: ReadOptions) -> list[str] | None:
    """Return the tags behind numbers, as ``tag_names`` gives them."""
    names = options.tag_names
    return [name.strip() for name in names.split(",")] if names else None


def name_tag(place: str, tag: Any, names: list[str] | None) -> str:
    """Return the tag that a string, or a number and the names, stands for.

    Raises:
        CorpusError: It is neither, or there is no name for the number.
    """
    if isinstance(tag, str):
        return tag
    if isinstance(tag, bool) or not isinstance(tag, int):
        refuse(place, f"the tag {_show(tag)}", "a string or a number", "correct the tag")
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
            if surface is not None and text[max(span.start, 0) : max(span.end, 0)] != surface:
                _refuse_surface(passage, span, surface)
            check_span(passage, span)
        yield passage
    if extra:
        logger.info("%s: not read: %s", path, ", ".join(f"{key} ({extra[key]})" for key in extra))


def _refuse_surface(passage: Passage, span: Span, surface: str) -> NoReturn:
    """Raise for a span whose own text is not what stands there; find out why, if it can be."""
    remedy = "correct the offsets (they count characters, from 0), or check --ends"
    for codec, width, what in (("utf-8", 1, "bytes"), ("utf-16-le", 2, "units of UTF-16")):
        encoded, wanted = passage.text.encode(codec), surface.encode(codec)
        if wanted and encoded[width * max(span.start, 0) :].startswith(wanted):
            remedy = f"count characters; these offsets count {what}, it seems, or check --ends"
            break
    refuse(
        passage.place,
        f"{shorten(passage.text[max(span.start, 0) : max(span.end, 0)])} from {span.start} to "
        f"{span.end} of the text, but {shorten(surface)} as the text of the span",
        "the same in both",
        remedy,
    )


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
    if line.lstrip().startswith("["):
        remedy = "write each item of the list to a line of its own, for example with: jq -c '.[]'"
    elif line.strip() == "{":
        remedy = "write each object to a line of its own, for example with: jq -c ."
    try:
        item = json.loads(line, object_pairs_hook=_distinct)
    except json.JSONDecodeError as error:
        what = f"{error.msg}, column {error.colno}"
        refuse(place, f"{shorten(line)} ({what})", "a JSON object a line", remedy)
    except RecursionError:
        what = "nested too deeply"
        refuse(place, f"{shorten(line)} ({what})", "a JSON object a line", "correct the line")
    except ValueError as error:  # a key that stands twice, or a number of thousands of digits
        what = str(error).partition("; use sys")[0]
        refuse(place, f"{shorten(line)} ({what})", "a JSON object a line", "correct the line")
    if not isinstance(item, dict):
        refuse(place, f"a JSON {type(item).__name__}", "a JSON object a line", remedy)
    return item


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, none of whose keys may stand twice: all but the last would be lost."""
    item = dict(pairs)
    if len(item) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"the key {shorten(twice)} stands twice in one object")
    return item


def _objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(read_lines(path), 1):
        if line.strip(" \t"):
            place = f"{path}:{number}"
            item = parse_object(place, line)
            if "\\u" in line:  # Only an escape can bring in what is no character.
                try:
                    _dump(item).encode()
                except RecursionError:
                    refuse(place, f"{shorten(line)} (nested too deeply)", "text", "correct it")
                except UnicodeEncodeError:
                    refuse(place, "half of a surrogate pair (\\uD800-\\uDFFF)", "text", "remove it")
            yield place, item


def _parts(
    place: str, item: dict[str, Any]
) -> tuple[str, list[tuple[int, int, str, str | None]], str | None]:
    """Return the text, its spans as (start, end, type, surface), and the key they stand under."""
    text = item.get("text")
    keys = [key for key in SPAN_KEYS if key in item]
    # A list of spans, if there is one: beside it there may be a label of the whole text.
    key = next((key for key in keys if item[key] and isinstance(item[key], list | dict)), None)
    key = key or next(iter(keys), None)
    if not isinstance(text, str) or key is None:
        refuse(
            place,
            f'{_show(text)} under "text"' if key and "text" in item else _keys(item),
            f'an object with "text" and a list of spans under one of {", ".join(SPAN_KEYS)}',
            "add what is missing (a text without entities has an empty list), or remove a file "
            "that nobody has annotated",
        )
    if "\0" in text:
        refuse(place, "a NUL character", "text", "remove it")
    value = item[key]
    if isinstance(value, dict):
        return text, list(_nested_form(place, value)), key
    if not isinstance(value, list):
        refuse(place, f'{_show(value)} under "{key}"', "a list of spans", "correct it")
    return text, [_span(place, span) for span in value], key


def _nested_form(place: str, value: dict[str, Any]) -> Iterator[tuple[int, int, str, str | None]]:
    """Yield the spans of CLUENER's form: type, then surface, then a list of start and end."""
    for kind, surfaces in value.items():
        for surface, ranges in surfaces.items() if isinstance(surfaces, dict) else [("", None)]:
            pairs: list[Any] = ranges if isinstance(ranges, list) and ranges else [ranges]
            for pair in pairs:
                if not (_is_list(pair, int) and len(pair) == 2):
                    refuse(
                        place,
                        f"{_show(pair if isinstance(surfaces, dict) else surfaces)} for the label "
                        f"{shorten(kind)}",
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
            f"the span {_show(span)}",
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
            elif start >= 0 and end >= 0:
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


def _keys(item: dict[str, Any]) -> str:
    return f"the keys {shorten(', '.join(item), 100)}" if item else "an object without keys"


def _show(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "something nested too deeply"
    return text if len(text) <= 60 else text[:60] + "…"


def _first(item: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((item[key] for key in keys if key in item), None)


def _is_list(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(type(item) is kind for item in value)


def _dump(item: dict[str, Any]) -> str:
    return json.dumps(item, ensure_ascii=False) + "\n"
