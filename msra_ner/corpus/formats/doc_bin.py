"""spaCy's DocBin, the binary files that its training takes (``.spacy``)."""

import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msra_ner.corpus.column_names import parse_column_names
from msra_ner.corpus.documents import Document, Span
from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.lines import refuse
from msra_ner.corpus.options import ReadOptions
from msra_ner.errors import CorpusError, CorpusNotFoundError

logger = logging.getLogger(__name__)


def is_doc_bin(head: Head) -> bool:
    """Return whether a file is one by its name: its bytes are compressed."""
    return head.path.suffix == ".spacy" and head.path.is_file()


def read_doc_bin(path: Path, options: ReadOptions) -> Iterator[Document]:
    """Yield the texts with their entities (``doc.ents``).

    Where no text has any, the spans of the only group of ``doc.spans`` are read, or those of
    ``--column layer=GROUP``. spaCy does not store whether a text without entities was annotated.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: spaCy is not installed or cannot read the file, or nothing says which spans to
            read.
    """
    docs = _load(path)
    layer = _choose_layer(path, docs, parse_column_names(options.column).get("layer"))
    if layer:
        logger.info("%s: spans of the group %s", path, layer)
    for number, doc in enumerate(docs):
        spans = doc.spans.get(layer, ()) if layer else doc.ents
        found = (Span(span.start_char, span.end_char, span.label_) for span in spans)
        yield Document(doc.text, tuple(found), f"{path}: text {number}")


def _load(path: Path) -> list[Any]:
    """Return the docs of a file."""
    if not path.is_file():
        raise CorpusNotFoundError(f"{path}: no such file.")
    try:
        import spacy
        from spacy.tokens import DocBin
    except ImportError as error:
        raise CorpusError(
            f"{path}: found no usable spaCy ({error}), expected it for its own format. Install "
            "it: pip install 'msra-ner[spacy]'."
        ) from error
    try:
        return list(DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab))
    except Exception as error:  # of zlib, msgpack and numpy: whatever damaged bytes make
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        refuse(path, f"bytes that spaCy cannot read ({reason})", "a DocBin", "write it again")


def _choose_layer(path: Path, docs: list[Any], name: str | None) -> str:
    """Return the group of spans to read, or nothing for the entities."""
    groups = Counter(key for doc in docs for key in doc.spans)
    with_entities = sum(bool(doc.ents) for doc in docs)
    if name is not None and name not in groups:
        found = f"the groups of spans {', '.join(groups) or 'none'}"
        refuse(path, found, f"one called {name}", "correct --column layer=GROUP")
    if name is None and not with_entities and len(groups) > 1:
        found = f"no entities, and the groups of spans {', '.join(groups)}"
        refuse(path, found, "one group", "name the one to read: --column layer=GROUP")
    chosen = name or ("" if with_entities else next(iter(groups), ""))
    if left := [group for group in groups if group != chosen]:
        logger.info("%s: groups of spans not read: %s", path, ", ".join(left))
    return chosen
