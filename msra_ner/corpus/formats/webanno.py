"""WebAnno TSV 3, the export of WebAnno and INCEpTION: tokens with offsets and layers of spans."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msra_ner.corpus.column_names import parse_column_names
from msra_ner.corpus.documents import Document, Span
from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.lines import read_lines, refuse, shorten
from msra_ner.corpus.options import ReadOptions

logger = logging.getLogger(__name__)

_FORMAT = re.compile(r"#FORMAT=WebAnno TSV 3\.\d")
_UNIT = re.compile(r"(\d+)-(\d+)(\.\d+)?")
_RANGE = re.compile(r"(\d+)-(\d+)")
# A value and the number that joins the tokens of one annotation: PER[3].
_VALUE = re.compile(r"(.*?)(?:\[(\d+)\])?", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_NONE, _NO_VALUE = "_", "*"


@dataclass
class _Sentence:
    """A sentence while its lines are read; ranges count UTF-16 units from the document's start."""

    number: int
    text: list[str] = field(default_factory=list)
    rows: list[tuple[int, tuple[int, int], str]] = field(default_factory=list)


def is_webanno(head: Head) -> bool:
    """Return whether the first line names the format."""
    return bool(head.lines) and bool(_FORMAT.match(head.lines[0]))


def read_webanno(path: Path, options: ReadOptions) -> Iterator[Document]:
    """Yield a document a sentence, with the spans of one layer: its first feature is the type.

    The layer is the one called NamedEntity, or the only one of spans, or ``--column layer=NAME``.

    Source:
        The user guide of WebAnno 3.6, appendix "WebAnno TSV 3.2 File format".

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: It does not say which layer to read, a line breaks the format, or an
            annotation has no value.
    """
    column, width = _find_column(path, parse_column_names(options.column).get("layer"))
    sentence = _Sentence(0)
    for number, line in enumerate(read_lines(path), 1):
        location = f"{path}:{number}"
        if line.startswith("#Text="):
            sentence.number = sentence.number or number
            sentence.text.append(_unescape(line.removeprefix("#Text=")))
        elif line and not line.startswith("#"):
            fields = line.split("\t")
            found = _RANGE.fullmatch(fields[1]) if len(fields) > 2 else None
            # Each column ends in a tab, so that there is an empty one behind the last.
            whole = len(fields) in (width, width + 1) and not any(fields[width:])
            if not found or not _UNIT.fullmatch(fields[0]) or not whole:
                expected = f"a token: number, offsets, itself, and {width - 3} columns of layers"
                refuse(location, shorten(line), expected, "export it again")
            value = fields[column]
            sentence.rows.append((number, (int(found[1]), int(found[2])), value))
        elif not line and sentence.rows:
            yield _make_document(path, sentence)
            sentence = _Sentence(0)
    if sentence.rows:
        yield _make_document(path, sentence)


def _find_column(path: Path, name: str | None) -> tuple[int, int]:
    """Return the column of the first feature of the layer to read, and how many there are."""
    layers: dict[str, int] = {}
    column = 3
    for line in read_lines(path):
        if line.startswith(("#T_SP=", "#T_CH=", "#T_RL=")):
            layer, *features = line[len("#T_SP=") :].split("|")
            if line.startswith("#T_SP="):
                layers[layer] = column
            column += max(1, len(features))  # a layer without features has one column too
        elif line and not line.startswith("#"):
            break
    fitting = [layer for layer in layers if name in (layer, layer.rpartition(".")[2])]
    if name is None:
        fitting = [layer for layer in layers if "namedentity" in layer.lower()] or list(layers)
    if len(fitting) != 1:
        refuse(
            path,
            f"the layers of spans {', '.join(layers) or 'none'}",
            f"one called {name}" if name else "one, or one called NamedEntity",
            "name the one to read: --column layer=NAME",
        )
    others = [layer for layer in layers if layer != fitting[0]]
    logger.info("%s: spans of the layer %s", path, fitting[0])
    if others:
        logger.info("%s: layers not read: %s", path, ", ".join(others))
    return layers[fitting[0]], column


def _make_document(path: Path, sentence: _Sentence) -> Document:
    location = f"{path}:{sentence.number or sentence.rows[0][0]}"
    text = "\n".join(sentence.text)
    first = sentence.rows[0][1][0]
    spans: list[Span] = []
    open_spans: dict[tuple[str, str], list[int]] = {}
    for number, (start, end), cell in sentence.rows:
        place = f"{path}:{number}"
        borders = [_to_characters(text, unit - first) for unit in (start, end)]
        if None in borders or borders[0] == borders[1]:
            expected = f"offsets inside the sentence, which begins at {first}"
            refuse(place, f"offsets {start}-{end}", expected, "export it again")
        for value, group in _split_cell(place, cell):
            if group:
                open_spans.setdefault((value, group), []).extend(map(int, borders))  # type: ignore[arg-type]
            else:
                spans.append(Span(int(borders[0]), int(borders[1]), value))  # type: ignore[arg-type]
    spans += [Span(min(borders), max(borders), value) for (value, _), borders in open_spans.items()]
    return Document(text, tuple(sorted(spans)), location)


def _split_cell(location: str, cell: str) -> Sequence[tuple[str, str]]:
    """Return the values of a cell, stacked ones too, each with the number that joins tokens."""
    found = []
    for part in re.split(r"(?<!\\)\|", cell):
        if part in (_NONE, ""):
            continue
        match = _VALUE.fullmatch(part)
        assert match is not None  # any text does
        if match[1] == _NO_VALUE:
            expected = "an annotation with a value, which is its type"
            refuse(location, f"{part!r}, an annotation without one", expected, "choose its type")
        found.append((_unescape(match[1]), match[2] or ""))
    return found


def _unescape(text: str) -> str:
    """Return a text without its escapes: a backslash before a letter or a mark."""
    return _ESCAPED.sub(lambda match: _LETTERS.get(match[1], match[1]), text)


def _to_characters(text: str, units: int) -> int | None:
    """Return an offset in UTF-16 units in characters; None outside the text or in a character."""
    position = 0
    for number, character in enumerate(text):
        if position >= units:
            return number if position == units else None
        position += 1 + (character > "\uffff")
    return len(text) if position == units else None
