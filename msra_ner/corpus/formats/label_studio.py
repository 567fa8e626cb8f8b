"""Label Studio: its JSON export of tasks with annotations, and the short form, JSON-MIN."""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msra_ner.corpus.column_names import parse_column_names
from msra_ner.corpus.documents import Document, Span, check_span
from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.formats.json_lines import join_keys, read_objects, show_value
from msra_ner.corpus.formats.span_keys import RawSpan, RawText, are_spans
from msra_ner.corpus.formats.span_offsets import OffsetRule, convert_spans, find_layout
from msra_ner.corpus.lines import refuse
from msra_ner.corpus.options import ReadOptions
from msra_ner.labels import OPEN

logger = logging.getLogger(__name__)

# Label Studio selects in a browser, whose strings count UTF-16 units.
_RULE = OffsetRule("utf-16", "exclusive")
# What JSON-MIN adds to the data of a task, beside the results.
_MIN_KEYS = frozenset(("annotation_id", "annotator", "lead_time", "created_at", "updated_at"))


def is_label_studio(head: Head) -> bool:
    """Return whether the first object is a task, or one of JSON-MIN."""
    item = head.first_object or {}
    is_task = isinstance(item.get("data"), dict) and {"annotations", "completions"} & item.keys()
    return bool(is_task) or len(_MIN_KEYS & item.keys()) > 2


def read_label_studio(path: Path, options: ReadOptions) -> Iterator[Document]:
    """Yield the texts of tasks with the spans of their annotations.

    A task that nobody annotated, or whose annotation was skipped, is not one without entities: it
    is left out and counted. Of several annotations of a task one must be the ground truth, or all
    must be the same. Predictions of models are not read.

    Source:
        Label Studio's documentation, "Label Studio JSON format of annotated tasks".

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: A task has no text, or several; annotations differ; a result is no span of
            plain text, or does not fit its text.
    """
    text_key = parse_column_names(options.column).get("text")
    layout = find_layout(
        ((location, raw) for location, raw in _read_texts(path, text_key, Counter())),
        options,
        _RULE,
    )
    counts: Counter[str] = Counter()
    for location, raw in _read_texts(path, text_key, counts):
        yield Document(raw.text, convert_spans(location, raw, layout), location)
    for what, count in sorted(counts.items()):
        logger.warning("%s: %d %s", path, count, what)


def _read_texts(
    path: Path, text_key: str | None, counts: Counter[str]
) -> Iterator[tuple[str, RawText]]:
    """Yield the location, text and spans of each task; count what is left out."""
    for location, item in read_objects(path):
        data = item.get("data")
        if isinstance(data, dict):
            results = _choose_results(location, item, counts)
            if results is None:
                continue
        else:
            # JSON-MIN has the results under the name of the control, and none where there are none.
            keys = [key for key, value in item.items() if are_spans(value)]
            results = [{"value": span} for key in keys for span in item[key]]
            data = {key: value for key, value in item.items() if key not in (*keys, *_MIN_KEYS)}
        text = _choose_text(location, data, text_key)
        spans = [span for result in results for span in _parse_result(location, result, counts)]
        yield location, RawText(text, spans, ())


def _choose_results(location: str, task: dict[str, Any], counts: Counter[str]) -> list[Any] | None:
    """Return the results of a task's annotation; None where it has none."""
    found = task.get("annotations", task.get("completions"))
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        refuse(location, join_keys(task), 'a list under "annotations"', "export the tasks as JSON")
    kept = [item for item in found if not item.get("was_cancelled")]
    kept = [item for item in kept if item.get("ground_truth")] or kept
    if not kept:
        counts["tasks that nobody annotated left out"] += 1
        return None
    lists = [item.get("result") for item in kept]
    if not all(isinstance(results, list) for results in lists):
        refuse(location, "an annotation without results", 'a list under "result"', "export again")
    readings = {json.dumps(_list_marks(results), sort_keys=True) for results in lists}
    if len(readings) > 1:
        refuse(
            location,
            f"{len(kept)} annotations of one task that differ",
            "one, or one that is the ground truth",
            "mark the right one as ground truth in Label Studio (the star), and export again",
        )
    return list(lists[0] or ())


def _list_marks(results: Any) -> list[str]:
    """Return what results mark, without their ids, in an order of its own."""
    return sorted(
        json.dumps(item.get("value"), sort_keys=True) for item in results if isinstance(item, dict)
    )


def _choose_text(location: str, data: Mapping[str, Any], text_key: str | None) -> str:
    """Return the text of a task: under the key that is named, or the only one it can be."""
    texts = {key: value for key, value in data.items() if isinstance(value, str)}
    names = [key for key in (text_key or "text",) if key in texts] or list(texts)
    if (text_key and text_key not in texts) or len(names) != 1:
        refuse(
            location,
            f"texts under {', '.join(texts) or 'no key'} of the task's data",
            f"a text under {text_key}" if text_key else "one text, or one called text",
            "name the one that was annotated: --column text=KEY",
        )
    return texts[names[0]]


def _parse_result(location: str, result: Any, counts: Counter[str]) -> Iterator[RawSpan]:
    """Yield the span of a result; one that is none (a choice, a relation) is counted."""
    value = result.get("value") if isinstance(result, dict) else None
    if not isinstance(value, dict):
        counts["results that are no spans (relations and the like) not read"] += 1
        return
    types = value.get("labels", value.get("hypertextlabels"))
    if types is None and not {"start", "end"} <= value.keys():
        counts["results that are no spans (choices and the like) not read"] += 1
        return
    start, end = value.get("start"), value.get("end")
    if type(start) is not int or type(end) is not int:
        refuse(
            location,
            f"the result {show_value(value)}",
            "whole numbers for start and end, as in plain text",
            "annotate with <Text>: offsets of <HyperText> and <Paragraphs> are paths in HTML",
        )
    if types in (None, []) and result.get("type") in (None, "labels", "hypertextlabels"):
        counts["regions without a label read as left open (?)"] += 1
        types = [OPEN]
    if not isinstance(types, list) or not types or not all(isinstance(x, str) for x in types):
        refuse(location, f"the result {show_value(value)}", "a list of labels", "label the region")
    texts = {"text": value["text"]} if isinstance(value.get("text"), str) else {}
    yield RawSpan(start, end, tuple(types), texts)


def build_results(text: str, spans: Sequence[Span]) -> list[dict[str, Any]]:
    """Return spans as the results of an annotation or prediction, in the order given.

    The names ``label`` and ``text`` are those of the labeling configuration that
    ``docs/how-to/tagging.md`` shows.
    """
    return [
        {
            "id": f"entity-{number}",
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {
                "start": count_utf16(text, span.start),
                "end": count_utf16(text, span.end),
                "text": text[span.start : span.end],
                "labels": [span.type],
            },
        }
        for number, span in enumerate(spans)
    ]


def count_utf16(text: str, offset: int) -> int:
    """Return an offset in characters as one in UTF-16 units."""
    return offset + sum(ord(character) > 0xFFFF for character in text[:offset])


def write_label_studio(path: Path, documents: Iterable[Document]) -> None:
    """Write an array of tasks with an annotation each, which Label Studio imports."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        before = "[\n"
        for document in documents:
            for span in document.spans:
                check_span(document, span)
            annotation = {"result": build_results(document.text, document.spans)}
            task = {"data": {"text": document.text}, "annotations": [annotation]}
            file.write(before + json.dumps(task, ensure_ascii=False, allow_nan=False))
            before = ",\n"
        file.write("\n]\n" if before != "[\n" else "[]\n")
