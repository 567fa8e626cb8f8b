"""Texts that nobody may have annotated: lines of text, JSON lines, Parquet, or any corpus."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msra_ner.annotation.texts import read_texts
from msra_ner.corpus import SAMPLE, recognise_format
from msra_ner.inference import read_rows


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
    if str(source) != SAMPLE and path.is_file() and recognise_format(path) is None:
        for row in read_rows([str(path)], column):
            yield row.location, row.text
    else:
        for _, document in read_texts(source, **options):
            yield document.location, document.text
