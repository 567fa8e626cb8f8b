"""Two-column files in blocks of Arrow arrays: the fast way for files in which nothing is odd.

A block is scanned as bytes, so no Python object is made for a token. Whatever this module is not
sure of makes it give up the whole file, which :mod:`msra_ner.columns` then reads line by line; that
reader alone decides what is right, and says what is wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from msra_ner.labels import OUTSIDE
from msra_ner.lines import CHUNK_BYTES, MAX_LINE_BYTES, open_file
from msra_ner.schemes import SENTENCE_END, Transition

if TYPE_CHECKING:
    from numpy.typing import NDArray

TAB, LINE_END, HASH = 9, 10, 35
BLOCK_BYTES = 4 * CHUNK_BYTES
# Bytes that the line reader treats in a way of its own, or refuses.
ODD = (b"\r", b"\0", b" ", b"-DOCSTART-", b"\xef\xbb\xbf")


class OddFileError(Exception):
    """Something in the file wants the line reader; never leaves the package."""


@dataclass(frozen=True)
class Block:
    """Some whole sentences of a file.

    ``offsets`` has one item more than there are sentences: where each starts among the tokens.
    ``tokens`` and ``tags`` have one item a token; ``tags`` are coded by a dictionary.
    """

    offsets: "NDArray[np.int32]"
    tokens: pa.StringArray
    tags: pa.DictionaryArray


def read_blocks(path: Path, *, with_tokens: bool = True) -> Iterator[Block]:
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


def survey_blocks(path: Path) -> set[Transition]:
    """Return what :func:`msra_ner.schemes.survey` says of the sentences of a file.

    Raises:
        OddFileError: As for :func:`read_blocks`.
    """
    transitions: set[Transition] = set()
    for block in read_blocks(path, with_tokens=False):
        names = block.tags.dictionary.to_pylist()
        _, previous, codes = _neighbours(block)
        last = codes[block.offsets[1:] - 1]
        # A pair of codes is one number, so that the distinct ones are found at once.
        found = np.flatnonzero(np.bincount(previous * len(names) + codes))
        starts = [OUTSIDE if code == len(names) else names[code] for code in found // len(names)]
        transitions.update(zip(starts, [names[code] for code in found % len(names)], strict=True))
        transitions.update((names[code], SENTENCE_END) for code in np.unique(last))
    return transitions


def label_ids(
    block: Block, table: dict[Transition, str], ids: dict[str, int]
) -> "NDArray[np.int64]":
    """Return the label id of each token of a block.

    Args:
        block: Sentences with tags as they stand in the file.
        table: From each pair of neighbouring tags to the IOB2 tag of the second.
        ids: From each IOB2 tag to its number.
    """
    names = block.tags.dictionary.to_pylist()
    lookup = np.zeros((len(names) + 1, len(names)), np.int64)
    for row, previous in enumerate([*names, OUTSIDE]):
        for column, tag in enumerate(names):
            if (previous, tag) in table:
                lookup[row, column] = ids[table[previous, tag]]
    _, previous_codes, codes = _neighbours(block)
    found: NDArray[np.int64] = lookup[previous_codes, codes]
    return found


def _neighbours(block: Block) -> tuple[int, "NDArray[np.int64]", "NDArray[np.int64]"]:
    """Return the number of tags, and for each token the codes of the tag before it and its own.

    Before a sentence stands a code of its own, the number of tags.
    """
    codes = block.tags.indices.to_numpy().astype(np.int64)
    previous = np.empty_like(codes)
    previous[1:] = codes[:-1]
    count = len(block.tags.dictionary)
    previous[block.offsets[:-1]] = count
    return count, previous, codes


def _parse(data: bytes, with_tokens: bool) -> Block:
    """Return the sentences of bytes that end with a blank line."""
    if any(mark in data for mark in ODD):
        raise OddFileError
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise OddFileError from error
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
        _strings(raw, starts, tabs) if with_tokens else pa.array([], pa.string()),
        _strings(raw, tabs + 1, ends).dictionary_encode(),
    )


def _strings(
    raw: "NDArray[np.uint8]", starts: "NDArray[np.int64]", ends: "NDArray[np.int64]"
) -> pa.StringArray:
    """Return the stretches of bytes from ``starts`` to ``ends``, which do not touch, as strings."""
    border = np.zeros(len(raw) + 1, np.int8)
    border[starts] = 1
    border[ends] = -1
    inside = np.cumsum(border[:-1], dtype=np.int8).view(bool)
    offsets = np.zeros(len(starts) + 1, np.int32)
    np.cumsum(ends - starts, out=offsets[1:])
    return pa.StringArray.from_buffers(
        len(starts), pa.py_buffer(offsets.tobytes()), pa.py_buffer(raw[inside].tobytes())
    )
