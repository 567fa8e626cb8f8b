"""Texts that nobody may have annotated: lines of text, JSON lines, Parquet, or any corpus."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msra_ner.annotation.texts import read_texts
from msra_ner.corpus import SAMPLE, read_objects, recognise_format
from msra_ner.inference import JSON_SUFFIXES, read_rows


def read_pool(
    source: str | Path, column: str = "text", **options: Any
) -> Iterator[tuple[str, str]]:
    """Yield the location of each text, file and line, and the text.

    What is no corpus is read as ``predict`` reads it.

    Args:
        source: A file, the folder of a corpus, ``hub:NAME`` or ``sample``.
        column: The column with the text, of JSON lines and Parquet without annotations.
        **options: How to read a corpus, the fields of :class:`msra_ner.corpus.ReadOptions`.

    Raises:
        CorpusNotFoundError: There is nothing.
        CorpusError: It breaks its format, or has no such column.
    """
    path = Path(source)
    is_file = str(source) != SAMPLE and path.is_file()
    if is_file and (recognise_format(path) is None or _has_flat_rows(path, column)):
        for row in read_rows([str(path)], column):
            yield row.location, row.text
    else:
        for _, document in read_texts(source, **options):
            yield document.location, document.text


def _has_flat_rows(path: Path, column: str) -> bool:
    """Return whether the rows of a JSON file have a text and no lists: its labels are of texts."""
    if path.suffix not in JSON_SUFFIXES:
        return False
    first: dict[str, Any] = next((item for _, item in read_objects(path)), {})
    lists = any(isinstance(value, list | dict) for value in first.values())
    return isinstance(first.get(column), str) and not lists
