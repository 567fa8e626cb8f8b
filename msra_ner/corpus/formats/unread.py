"""Forms that the field knows and this package does not read: their names, and the way from each."""

import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from msra_ner.corpus.formats.head import LINES_LOOKED_AT, Head


class UnreadForm(NamedTuple):
    """A form that is not read.

    Attributes:
        name: What people call it.
        remedy: What to do, for the message.
    """

    name: str
    remedy: str


_JSON_SPANS = '{"text": ..., "entities": [{"start": ..., "end": ..., "label": ..., "text": ...}]}'
_TO_SPANS = f"write each text as a line {_JSON_SPANS}"
# What a line of each form looks like; where one looks like several, the first is meant.
_LINES = {
    r"\{\{\w+:[^{}]+\}\}": UnreadForm("BosonNLP's {{type:name}} marks", _TO_SPANS),
    r"\[@[^#\]]+#[^*\]]+\*\]": UnreadForm("YEDDA's [@name#type*] marks", _TO_SPANS),
    r"<(ENAMEX|TIMEX|NUMEX) ": UnreadForm("MUC's SGML (ENAMEX)", _TO_SPANS),
    r"<(\w+)[^<>]*>[^<>]+</\1>": UnreadForm("inline XML tags", _TO_SPANS),
    r'"ner":\s*\[\s*\{\s*"index":': UnreadForm("W2NER's lists of token numbers", _TO_SPANS),
    r'"(span_position|entity_label)":': UnreadForm(
        "the questions of BERT-MRC, one a type", "take the corpus that they were made from"
    ),
    r'"result_list":': UnreadForm("UIE's prompts", "take the export that they were made from"),
    r"^\[?\(\s*['\"]": UnreadForm(
        "Python's literals", "write JSON: json.dump(data, file, ensure_ascii=False)"
    ),
    "\002": UnreadForm(
        "PaddleNLP's lines of characters, TAB, tags, joined by \\x02",
        "make the pair of it: tr '\\002' ' ' < FILE | cut -f1 > sentences.txt, then -f2 > tags.txt",
    ),
    r"(\S/([BIEMSLU]-\S+|O)( |$)){2}": UnreadForm(
        "token/tag pairs in a line",
        "write a token a line: sed 's/$/\\n/; s/ /\\n/g' FILE | sed 's,/\\([^/]*\\)$,\\t\\1,'",
    ),
}
_STARTS = {
    b"PAR1": UnreadForm("Parquet", "name the folder that it is in, not the file"),
    b"\x80\x04": UnreadForm("a Python pickle", f"load it in Python and {_TO_SPANS}"),
    b"\xd0\xcf\x11\xe0": UnreadForm("an old Excel or Word file", "save it as CSV or text"),
    b"PK\x03\x04": UnreadForm("a ZIP archive", "unpack it"),
    b"\x1f\x8b": UnreadForm("a gzip archive", "unpack it: gunzip FILE"),
    b"%PDF": UnreadForm("a PDF document", "save its text as a file (UTF-8)"),
}
_ENDINGS = {
    ".xlsx": UnreadForm("an Excel table", "save it as CSV (UTF-8) with a header"),
    ".docx": UnreadForm("a Word document", "save it as plain text (UTF-8)"),
    ".ann": UnreadForm("brat's annotations alone", "name the folder with the .txt beside it"),
}


def find_unread_form(path: Path) -> UnreadForm | None:
    """Return the form of a file that no format recognises, or None for an unknown one."""
    if form := find_binary_form(path):
        return form
    text = "\n".join(Head(path).lines[:LINES_LOOKED_AT])
    return next((form for pattern, form in _LINES.items() if re.search(pattern, text)), None)


def find_binary_form(path: Path) -> UnreadForm | None:
    """Return the form of a file by its name or its first bytes, which are no text; else None."""
    if form := _ENDINGS.get(path.suffix.lower()):
        return form
    start = b""
    with suppress(OSError), open(path, "rb") as file:  # Its reader says why it cannot be read.
        start = file.read(8)
    return next((form for mark, form in _STARTS.items() if start.startswith(mark)), None)
