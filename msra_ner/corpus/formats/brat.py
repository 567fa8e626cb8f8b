"""The standoff format of brat: ``NAME.txt``, and ``NAME.ann`` with a line for each span.

Each line of the text is a document of its own. Of the annotations only text-bound ones (``T``) are
read; the rest (relations, events, attributes, notes) are counted in the log.
"""

import logging
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path

from msra_ner.corpus.documents import SEPARATORS, Document, Span, check_span
from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.lines import read_lines, refuse, shorten
from msra_ner.corpus.options import ReadOptions
from msra_ner.errors import CorpusError, CorpusNotFoundError

logger = logging.getLogger(__name__)


_BOUND = re.compile(r"(T\d+)\t(\S+) ([0-9; ]+)\t(.*)")
_MAX_DIGITS = 15  # of an offset
_ENDINGS = (".txt", ".ann")


def is_brat(head: Head) -> bool:
    """Return whether a folder holds annotations of brat."""
    return any(name.endswith(".ann") for name in head.names)


def read_brat(folder: Path, options: ReadOptions | None = None) -> Iterator[Document]:
    """Yield the lines of all ``.txt`` files of a folder as documents, files in order of name.

    Raises:
        CorpusNotFoundError: A text without annotations, or annotations without a text.
        CorpusError: An annotation breaks the format, is discontinuous, leaves its line, or does not
            fit the text.
    """
    texts = {path.stem: path for path in sorted(folder.glob("*.txt"))}
    annotations = {path.stem: path for path in sorted(folder.glob("*.ann"))}
    for stem in sorted(texts.keys() ^ annotations.keys()):
        found = (texts | annotations)[stem]
        lacking = found.with_suffix(".ann" if stem in texts else ".txt")
        raise CorpusNotFoundError(
            f"{lacking}: no such file, though there is {found.name}. brat keeps a .txt and a .ann "
            "of the same name; an empty .ann means a text without entities."
        )
    names = sorted(path.name for path in folder.iterdir())
    if rest := [name for name in names if not name.startswith(".") and name[-4:] not in _ENDINGS]:
        logger.info("%s: neither .txt nor .ann, not read: %s", folder, ", ".join(rest))
    skipped: Counter[str] = Counter()
    for stem, path in texts.items():
        yield from _read_file(path, annotations[stem], skipped)
    if skipped:
        counts = ", ".join(f"{kind} ({count})" for kind, count in sorted(skipped.items()))
        logger.info("%s: annotations that are no spans, not read: %s", folder, counts)


def write_brat(folder: Path, documents: Iterable[Document]) -> None:
    """Write the documents, a line each, as one pair of files, ``text.txt`` and ``text.ann``.

    Raises:
        CorpusError: A text is empty or holds a line end, which the format cannot carry.
    """
    start = number = 0
    with (
        open(folder / "text.txt", "w", encoding="utf-8", newline="\n") as text_file,
        open(folder / "text.ann", "w", encoding="utf-8", newline="\n") as span_file,
    ):
        for index, document in enumerate(documents):
            where = document.location or f"text {index}"
            if not document.text.strip(SEPARATORS) or any(mark in document.text for mark in "\n\r"):
                raise CorpusError(
                    f"{where}: found {shorten(document.text)}, expected a text of one line; brat's "
                    "format, read a line at a time, cannot hold it. Cut it, or choose json-spans"
                )
            if index == 0 and document.text.startswith("\ufeff"):
                text_file.write("\ufeff")
            text_file.write(document.text + "\n")
            for span in document.spans:
                number += 1
                surface = document.text[span.start : span.end]
                offsets = f"{start + span.start} {start + span.end}"
                span_file.write(f"T{number}\t{span.type} {offsets}\t{surface}\n")
            start += len(document.text) + 1


def _read_file(text: Path, annotation: Path, skipped: Counter[str]) -> Iterator[Document]:
    """Yield the lines of one text file with the spans of each."""
    lines = list(read_lines(text))
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    whole = "\n".join(lines)
    spans: dict[int, list[Span]] = {}
    for number, line in enumerate(read_lines(annotation), 1):
        if not line.strip(SEPARATORS):
            continue
        location = f"{annotation}:{number}"
        if not line.startswith("T"):
            if line[0] not in "REAMN#*":
                refuse(location, shorten(line), "a line of brat's standoff format", "correct it")
            skipped[line[0]] += 1
            continue
        start, end, kind = _parse_bound(location, line, whole)
        row = bisect_right(starts, start) - 1
        if end > starts[row] + len(lines[row]):
            refuse(
                location,
                f"a span from {start} to {end} that goes over the end of line {row + 1} of {text}",
                "spans within a line, since each line is a sentence",
                "join the lines in the text, or cut the span",
            )
        spans.setdefault(row, []).append(Span(start - starts[row], end - starts[row], kind))
        check_span(Document(lines[row], (), location), spans[row][-1])
    for row, line in enumerate(lines):
        if line.strip(SEPARATORS):
            yield Document(line, tuple(spans.get(row, ())), f"{text}:{row + 1}")


def _parse_bound(location: str, line: str, whole: str) -> tuple[int, int, str]:
    """Return start, end and type of a text-bound annotation that fits the text."""
    match = _BOUND.fullmatch(line)
    if match is None:
        expected = "T1 TAB LABEL SPACE START SPACE END TAB text"
        refuse(location, shorten(line), expected, "correct the line")
    _, kind, offsets, surface = match.groups()
    if ";" in offsets:
        refuse(
            location,
            f"a span in pieces ({offsets})",
            "one start and one end",
            "annotate one stretch of text; tags cannot hold a span with a gap",
        )
    numbers = offsets.split()
    if len(numbers) != 2 or max(map(len, numbers)) > _MAX_DIGITS:
        refuse(location, f"the offsets {shorten(offsets)}", "START and END", "correct the line")
    start, end = int(numbers[0]), int(numbers[1])
    if not start < end <= len(whole):
        refuse(
            location,
            f"a span from {start} to {end} in a text of {len(whole)} characters",
            "a start before the end, both inside the text",
            "correct the offsets; they count characters, line ends included",
        )
    # brat writes a line end inside a span as a space.
    if whole[start:end].replace("\n", " ") != surface:
        refuse(
            location,
            f"{shorten(surface)} beside a span that holds {shorten(whole[start:end])}",
            "the same in both",
            "correct the offsets; they count characters, and a line end as one (LF)",
        )
    return start, end, kind
