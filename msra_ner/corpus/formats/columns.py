"""Column files: a token a line with its tag, a blank line after each sentence.

Two columns as in the raw MSRA files, or more as in CoNLL; separated by a tab, or by spaces where
the first line has no tab. U+3000 and other wide spaces are tokens.
"""

import logging
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from pathlib import Path

import numpy as np
import pyarrow as pa

from msra_ner.corpus.block import Block, OddFileError, check_text, slice_strings
from msra_ner.corpus.formats.column_lines import (
    DOCUMENT_START,
    find_sentences,
    find_separator,
    is_blank,
    is_remark,
    is_tag,
    split_fields,
)
from msra_ner.corpus.formats.column_splitter import ColumnSplitter
from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.lines import CHUNK_BYTES, MAX_LINE_BYTES, open_file, read_lines
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.schemes import encode_scheme
from msra_ner.corpus.sentence import Sentence, check_writable
from msra_ner.errors import CorpusError

logger = logging.getLogger(__name__)


def read_columns(path: Path, options: ReadOptions) -> Iterator[Sentence]:
    """Yield the sentences of a column file, tags as written.

    Comments (``#`` at the start of a sentence, without a tag in its column) and lines of
    ``-DOCSTART-`` are left out; their number goes to the log.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: A line has too few or too many columns, or one is empty.
    """
    tokens: list[str] = []
    tags: list[str] = []
    first = skipped = spaces = 0
    splitter = ColumnSplitter.fit(path, Head(path).lines, options)
    if splitter and splitter.reason:
        logger.info("%s: %s", path, splitter.reason)
    if splitter and splitter.mark:
        logger.info("%s: %s taken off each token", path, splitter.mark.name)
    for number, line in enumerate(chain(read_lines(path), [""]), 1):
        if is_blank(line):
            spaces += bool(line)
            if tokens:
                yield Sentence(tokens, tags, f"{path}:{first}")
                tokens, tags = [], []
            continue
        if not tokens:
            first = number
            if is_remark(line, options.tag_column):
                skipped += 1
                continue
        # The start of a file may be nothing but remarks.
        splitter = splitter or ColumnSplitter.fit(path, [*repeat("", number - 1), line], options)
        assert splitter is not None
        token, tag = splitter.split(number, line)
        tokens.append(token)
        tags.append(tag)
    if skipped:
        logger.info("%s: %d lines of comment or %s left out", path, skipped, DOCUMENT_START)
    if spaces:
        logger.info("%s: %d lines of white space taken for blank ones", path, spaces)


def columns_are_plain(path: Path, options: ReadOptions) -> bool:
    """Return whether each line of a file is a token, as it is, a tab and its tag."""
    splitter = ColumnSplitter.fit(path, Head(path).lines, options)
    return splitter is not None and splitter.is_plain


def is_columns(head: Head) -> bool:
    """Return whether the first line ends with a tag, or a column of all lines holds tags."""
    lines = [line for sentence in find_sentences(head.lines, None) for _, line in sentence]
    rows = [split_fields(line, find_separator(lines[0])) for line in lines]
    if not rows or len(rows[0]) < 2:
        return False
    if is_tag(rows[0][-1]):
        return True
    if len(rows) == 1 or len({len(row) for row in rows}) > 1:
        return False
    columns = zip(*rows, strict=True)
    return any(all(is_tag(field, bare=True) for field in column) for column in columns)


def locate_token(sentence: Sentence, position: int) -> str:
    """Return the location of a token of :func:`read_columns`: each has a line of its own."""
    path, _, number = sentence.location.rpartition(":")
    return f"{path}:{int(number) + position}"


def write_columns(path: Path, sentences: Iterable[Sentence], scheme: str = "iob2") -> None:
    """Write a two-column file: token TAB tag, a blank line after each sentence.

    Raises:
        CorpusError: A token is empty or holds a tab or a line end, or a sentence has no tokens, or
            starts with ``-DOCSTART-``, which readers take for the start of a document.
    """
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for index, sentence in enumerate(sentences):
            # A space by itself is fine: the tab says where it ends.
            check_writable(sentence, index, " \t\n\r\0", "a column", allowed=" ")
            if sentence.tokens[0] == DOCUMENT_START:
                where = sentence.location or f"sentence {index}"
                raise CorpusError(
                    f"{where}: found the token {DOCUMENT_START} at the start of a sentence, "
                    "expected another; in column files it starts a document, so leave it out, or "
                    "choose a format that holds it"
                )
            if index == 0 and sentence.tokens[0].startswith("\ufeff"):
                file.write("\ufeff")
            tags = encode_scheme(sentence.tags, scheme)
            lines = zip(sentence.tokens, tags, strict=True)
            file.write("".join(f"{token}\t{tag}\n" for token, tag in lines) + "\n")


TAB, LINE_END, HASH = 9, 10, 35
BLOCK_BYTES = 4 * CHUNK_BYTES
# Bytes that the line reader treats specially, or refuses.
ODD = (b"\r", b"\0", b" ", b"-DOCSTART-", b"\xef\xbb\xbf")


def read_column_blocks(path: Path, *, with_tokens: bool = True) -> Iterator[Block]:
    """Yield the sentences of a file of tokens and tags with a tab between them.

    Raises:
        OddFileError: A line is not of that kind, or holds something that needs a closer look.
        CorpusError: There is no such file, or it cannot be opened.
    """
    with open_file(path) as file:
        rest = b""
        while chunk := file.read(BLOCK_BYTES):
            data = rest + chunk
            end = data.rfind(b"\n\n") + 2
            if end > 1:
                yield _parse_block(data[:end], with_tokens)
                rest = data[end:]
            elif len(data) > MAX_LINE_BYTES + BLOCK_BYTES:
                raise OddFileError
            else:
                rest = data
        if rest.strip(b"\n"):
            yield _parse_block(rest + b"\n\n", with_tokens)


def _parse_block(data: bytes, with_tokens: bool) -> Block:
    """Return the sentences of bytes that end with a blank line."""
    check_text(data, ODD)
    raw = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(raw == LINE_END)
    starts = np.concatenate(([0], ends[:-1] + 1))
    filled = ends > starts
    tabs = np.flatnonzero(raw == TAB)
    starts, ends, lines = starts[filled], ends[filled], np.flatnonzero(filled)
    # As many tabs as lines, and each with something on both sides in its own line.
    if len(tabs) != len(starts) or not len(starts):
        raise OddFileError
    if (tabs <= starts).any() or (tabs + 1 >= ends).any():
        raise OddFileError
    is_first = np.concatenate(([True], np.diff(lines) > 1))
    if (raw[starts[is_first]] == HASH).any():  # perhaps a line of comment
        raise OddFileError
    offsets = np.append(np.flatnonzero(is_first), len(starts)).astype(np.int32)
    return Block(
        offsets,
        slice_strings(raw, starts, tabs) if with_tokens else pa.array([], pa.string()),
        slice_strings(raw, tabs + 1, ends).dictionary_encode(),
    )
