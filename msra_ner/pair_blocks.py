"""``sentences.txt`` and ``tags.txt`` in blocks: the fast way where nothing is odd in either.

What is odd, :func:`msra_ner.corpus.read_pair` reads line by line.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
import pyarrow as pa

from msra_ner.blocks import Block, OddFileError, check_text, strings_between
from msra_ner.corpus import SENTENCES_FILE, TAGS_FILE
from msra_ner.lines import CHUNK_BYTES, MAX_LINE_BYTES, open_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPACE, LINE_END = 32, 10
BLOCK_BYTES = CHUNK_BYTES
# Bytes that the line reader treats in a way of its own, or refuses.
ODD = (b"\r", b"\0", b"\xef\xbb\xbf")


def read_pair_blocks(folder: Path, *, with_tokens: bool = True) -> Iterator[Block]:
    """Yield the sentences of a folder's ``sentences.txt`` and ``tags.txt``.

    Args:
        folder: The folder.
        with_tokens: Fill ``tokens``, which takes half of the time.

    Raises:
        OddFileError: The files do not match, or hold something that needs a closer look.
        CorpusNotFoundError: A file is missing.
        CorpusError: A file cannot be opened.
    """
    with open_file(folder / SENTENCES_FILE) as file, open_file(folder / TAGS_FILE) as tag_file:
        lines, tag_lines = _lines(file), _lines(tag_file)
        while taken := _some(lines):
            data, tag_data = b"".join(taken), b"".join(islice(tag_lines, len(taken)))
            starts, ends, offsets = _items(data)
            tag_starts, tag_ends, tag_offsets = _items(tag_data)
            # One tag a token. A line too long to be read at once makes more reads than lines.
            if len(offsets) - 1 != len(taken) or not np.array_equal(offsets, tag_offsets):
                raise OddFileError
            raw, tag_raw = np.frombuffer(data, np.uint8), np.frombuffer(tag_data, np.uint8)
            yield Block(
                offsets,
                strings_between(raw, starts, ends) if with_tokens else pa.array([], pa.string()),
                strings_between(tag_raw, tag_starts, tag_ends).dictionary_encode(),
            )
        if next(tag_lines, None) is not None:
            raise OddFileError


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file, each with its end, in pieces where one is too long."""
    while line := file.readline(MAX_LINE_BYTES):
        # The last line of a file may lack its end.
        yield line if line.endswith(b"\n") or len(line) == MAX_LINE_BYTES else line + b"\n"


def _some(lines: Iterator[bytes]) -> list[bytes]:
    """Return the next lines, as many as make up a block."""
    taken, size = [], 0
    for line in lines:
        taken.append(line)
        size += len(line)
        if size >= BLOCK_BYTES:
            break
    return taken


def _items(
    data: bytes,
) -> tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int32]"]:
    """Return where the items of some lines start and end, and the number of the first of each line.

    The last array has one item more than there are lines: the number of items.
    """
    check_text(data, ODD)
    raw = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero((raw == SPACE) | (raw == LINE_END))
    starts = np.concatenate(([0], ends[:-1] + 1))
    if (starts == ends).any():  # two separators in a row, or one at an end of a line
        raise OddFileError
    line_ends = np.flatnonzero(raw[ends] == LINE_END)
    return starts, ends, np.concatenate(([0], line_ends + 1)).astype(np.int32)
