"""CHIP's lines: a text and its spans, each with ``|||`` behind it: ``高血压患者|||0 2 dis|||``."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from msra_ner.corpus.documents import Document
from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.formats.span_keys import RawSpan, RawText
from msra_ner.corpus.formats.span_offsets import OffsetRule, SpanLayout, convert_spans
from msra_ner.corpus.lines import read_lines, refuse, shorten
from msra_ner.corpus.options import ReadOptions

logger = logging.getLogger(__name__)

_SEPARATOR = "|||"
_SPAN = re.compile(r"\s*(\d{1,9})\s+(\d{1,9})\s+(\S+)\s*")


def is_pipes(head: Head) -> bool:
    """Return whether lines have a separator, and a span behind it somewhere."""
    lines = [line for line in head.lines if line.strip()]
    parts = [part for line in lines for part in line.split(_SEPARATOR)[1:] if part.strip()]
    separated = bool(lines) and all(_SEPARATOR in line for line in lines)
    return separated and any(map(_SPAN.fullmatch, parts))


def read_pipes(path: Path, options: ReadOptions) -> Iterator[Document]:
    """Yield the texts with their spans; an end is the last character, unless ``ends`` says not.

    Source:
        The task descriptions of CHIP 2020 (medical entities in Chinese texts): start and end are
        positions of the first and the last character.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: A line has no separator, or a part of it is no span of the text.
    """
    rule = OffsetRule(
        "characters" if options.offsets == "auto" else options.offsets,
        "inclusive" if options.ends == "auto" else options.ends,
    )
    logger.info("%s: %s%s", path, rule, "" if options.ends != "auto" else ", as CHIP has them")
    layout = SpanLayout(rule, frozenset(), is_proven=False)
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        location = f"{path}:{number}"
        text, separator, rest = line.partition(_SEPARATOR)
        if not separator:
            expected = "a text, |||, and its spans, each with ||| behind it"
            refuse(location, f"no ||| in {shorten(line)}", expected, "add it behind the text")
        spans = []
        for part in rest.split(_SEPARATOR):
            found = _SPAN.fullmatch(part)
            if found:
                spans.append(RawSpan(int(found[1]), int(found[2]), (found[3],), {}))
            elif part.strip():
                expected = "start, end and type of a span, such as 0 2 dis"
                refuse(location, f"{shorten(part)} between |||", expected, "correct the span")
        yield Document(text, convert_spans(location, RawText(text, spans, ()), layout), location)
