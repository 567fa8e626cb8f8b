"""JSON of texts with spans: CLUENER, CMeEE, CCKS, doccano, spaCy, Prodigy and their like."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from msra_ner.corpus.column_names import parse_column_names
from msra_ner.corpus.documents import Document
from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.formats.json_lines import dump_json, read_objects
from msra_ner.corpus.formats.json_tokens import is_json_tokens
from msra_ner.corpus.formats.label_studio import is_label_studio
from msra_ner.corpus.formats.span_keys import (
    SPAN_KEYS,
    are_spans,
    find_span_key,
    find_text_key,
    parse_text,
)
from msra_ner.corpus.formats.span_offsets import OffsetRule, convert_spans, find_layout
from msra_ner.corpus.options import ReadOptions

logger = logging.getLogger(__name__)


# doccano's export has no text beside a span, and a key that no other tool has.
_DOCCANO = OffsetRule("characters", "exclusive")
_DOCCANO_KEYS = frozenset(("id", "text", "Comments"))


def is_json_spans(head: Head) -> bool:
    """Return whether the first object has a text and spans, and not tokens with tags."""
    item = head.first_object or {}
    has_spans = find_text_key(item) is not None and find_span_key(item) is not None
    return has_spans and not is_json_tokens(head) and not is_label_studio(head)


def read_json_spans(path: Path, options: ReadOptions) -> Iterator[Document]:
    """Yield the documents of objects with a text and spans.

    Spans are objects with start, end and label, or lists ``[start, end, label]``, under
    ``entities``, ``label``, ``labels``, ``spans`` or ``entity_list``, or any other key with a list
    of these; or the nested ones of CLUENER, ``{"label": {TYPE: {SURFACE: [[start, end], ...]}}}``.

    The texts beside the spans, under whatever key, show whether ends are inclusive and what offsets
    count. They must be what the offsets mean; where there are none, the options must say it, unless
    the file is doccano's.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: An object has no text or no spans, or a span does not fit its text or what is
            beside it; or nothing shows what offsets mean.
    """
    others = _find_other_keys(path)
    named = parse_column_names(options.column).get("text")
    texts = (
        (location, parse_text(location, item, others, named))
        for location, item in read_objects(path)
    )
    keys = Head(path).keys
    layout = find_layout(texts, options, _DOCCANO if keys >= _DOCCANO_KEYS else None)
    if not layout.is_proven and keys >= _DOCCANO_KEYS:
        logger.info("%s: %s, as doccano exports them", path, layout.rule)
    if layout.is_proven:
        logger.info("%s: %s, by the texts beside them", path, layout.rule)
    extra: Counter[str] = Counter()
    for location, item in read_objects(path):
        raw = parse_text(location, item, others, named)
        extra.update(item.keys() - set(raw.keys))
        yield Document(raw.text, convert_spans(location, raw, layout), location)
    if others:
        logger.info("%s: spans read from: %s", path, ", ".join(sorted(others)))
    if extra:
        counts = ", ".join(f"{key} ({count})" for key, count in sorted(extra.items()))
        logger.info("%s: not read: %s", path, counts)


def _find_other_keys(path: Path) -> frozenset[str]:
    """Return the keys, besides those known, that hold spans in some object of a file."""
    found: set[str] = set()
    for _, item in read_objects(path):
        key = find_span_key(item)
        if key is not None and are_spans(item[key]):
            found.add(key)
    return frozenset(found.difference(SPAN_KEYS))


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
