"""Two-column files in blocks: the fast way for files in which nothing is odd.

What is odd, :mod:`msra_ner.columns` reads line by line.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from msra_ner.blocks import Block, OddFileError, check_text, strings_between
from msra_ner.lines import CHUNK_BYTES, MAX_LINE_BYTES, open_file

TAB, LINE_END, HASH = 9, 10, 35
BLOCK_BYTES = 4 * CHUNK_BYTES
# Bytes that the line reader treats in a way of its own, or refuses.
ODD = (b"\r", b"\0", b" ", b"-DOCSTART-", b"\xef\xbb\xbf")


def read_column_blocks(path: Path, *, with_tokens: bool = True) -> Iterator[Block]:
    """Yield the sentences of a file of tokens and tags with a tab between them.

    Args:
        path: The file.
        with_tokens: Fill ``tokens``, which takes a third of the time.

    Raises:
        OddFileError: A line is not of that kind, or holds something that needs a closer look.
        CorpusNotFoundError: There is no such file.
        CorpusError: It cannot be opened.
    """
    with open_file(path) as file:
        rest = b""
        while chunk := file.read(BLOCK_BYTES):
            data = rest + chunk
            end = data.rfind(b"\n\n") + 2
            if end > 1:
                yield _parse(data[:end], with_tokens)
                rest = data[end:]
            elif len(data) > MAX_LINE_BYTES + BLOCK_BYTES:
                raise OddFileError
            else:
                rest = data
        if rest.strip(b"\n"):
            yield _parse(rest + b"\n\n", with_tokens)


def _parse(data: bytes, with_tokens: bool) -> Block:
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
        strings_between(raw, starts, tabs) if with_tokens else pa.array([], pa.string()),
        strings_between(raw, tabs + 1, ends).dictionary_encode(),
    )
