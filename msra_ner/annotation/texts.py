"""The texts of a corpus in any format, or of what ``predict`` wrote, with their entities."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from msra_ner.corpus import (
    SPLIT_KEYS,
    SPLIT_NAMES,
    CorpusSplit,
    Document,
    is_of_characters,
    make_read_options,
    open_corpus,
    to_document,
)
from msra_ner.errors import ArgumentsError

SENTENCES_LOOKED_AT = 1000  # to tell whether tokens are characters or words


def read_texts(
    data: str | Path, split: str | None = None, **options: Any
) -> Iterator[tuple[str, Document]]:
    """Yield the name of a split and each of its texts with all spans, overlapping ones too.

    Args:
        data: Folder or file of a corpus, ``hub:NAME`` or ``sample``.
        split: ``train``, ``val`` or ``test``; None takes all, in this order.
        **options: How to read it, the fields of :class:`msra_ner.corpus.ReadOptions`.

    Raises:
        ArgumentsError: There is no such split.
        CorpusNotFoundError: The corpus is missing.
        CorpusError: It breaks its format.
    """
    corpus = open_corpus(data, make_read_options("read_texts", options))
    if split is not None and SPLIT_KEYS.get(split) not in corpus.splits:
        names = ", ".join(SPLIT_NAMES[name] for name in corpus.splits)
        raise ArgumentsError(f"--split: found {split}, expected one of {data}: {names}.")
    for name, part in corpus.splits.items():
        if split not in (None, SPLIT_NAMES[name]):
            continue
        documents = part.documents if part.holds_text else partial(_join_tokens, part)
        for document in documents(corpus.labels):
            yield SPLIT_NAMES[name], document


def _join_tokens(split: CorpusSplit, labels: Sequence[str]) -> Iterator[Document]:
    """Yield the sentences of a split as texts; its first ones say what the tokens are."""
    first = islice(split.sentences(labels), SENTENCES_LOOKED_AT)
    tokens = (token for sentence in first for token in sentence.tokens)
    units: Literal["characters", "words"] = "characters" if is_of_characters(tokens) else "words"
    for sentence in split.sentences(labels):
        yield to_document(sentence, units)
