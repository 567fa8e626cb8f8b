"""Sentences in blocks of Arrow arrays, and what their tags say, without a loop over tokens.

The modules that read files into blocks scan them as bytes, so no Python object is made for a token.
Where they are not sure, they give up the whole file, which is then read line by line; only that
reader decides what is right, and says what is wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from msra_ner.corpus.schemes import SENTENCE_END, Transition
from msra_ner.labels import OUTSIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray


# Tables of tags by tags are made below; the line reader knows only the pairs that occur.
MAX_TAGS = 1000


class OddFileError(Exception):
    """Something in the file needs the line reader; never leaves the package."""


@dataclass(frozen=True)
class Block:
    """Some whole sentences of a file, at least one, none of them empty.

    The sentences ``李 娜`` and ``到`` have the offsets ``[0, 2, 3]``.

    Attributes:
        offsets: Shape ``(sentences + 1,)``: where each sentence starts among the tokens.
        tokens: Shape ``(tokens,)``; empty where only tags are read, in half to two thirds of the
            time.
        tags: Shape ``(tokens,)``, coded by a dictionary.
    """

    offsets: "NDArray[np.int32]"
    tokens: pa.StringArray
    tags: pa.DictionaryArray


def collect_block_transitions(blocks: Iterable[Block]) -> set[Transition]:
    """Return the transitions of the sentences in blocks, found without a loop over tokens."""
    transitions: set[Transition] = set()
    for block in blocks:
        names = block.tags.dictionary.to_pylist()
        previous, codes = _pair_codes(block)
        last = codes[block.offsets[1:] - 1]
        # A pair of codes is one number, so that the distinct ones are found at once.
        found = np.flatnonzero(np.bincount(previous * len(names) + codes))
        starts = [OUTSIDE if code == len(names) else names[code] for code in found // len(names)]
        transitions.update(zip(starts, [names[code] for code in found % len(names)], strict=True))
        transitions.update((names[code], SENTENCE_END) for code in np.unique(last))
    return transitions


def encode_labels(
    block: Block, table: dict[Transition, str], ids: dict[str, int]
) -> "NDArray[np.int64]":
    """Return the label id of each token of a block, whose tags are as written in the file.

    The table leads from each pair of neighbouring tags to the IOB2 tag of the second.
    """
    names = block.tags.dictionary.to_pylist()
    rows = [[table.get((before, tag), OUTSIDE) for tag in names] for before in [*names, OUTSIDE]]
    lookup = np.array([[ids[tag] for tag in row] for row in rows], np.int64)
    found: NDArray[np.int64] = lookup[_pair_codes(block)]
    return found


def slice_strings(
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
        len(starts), pa.py_buffer(offsets), pa.py_buffer(raw[inside])
    )


def check_text(data: bytes, odd: Iterable[bytes]) -> None:
    """Raise OddFileError for bytes that are not UTF-8, or hold one of the odd sequences."""
    if any(mark in data for mark in odd):
        raise OddFileError
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise OddFileError from error


def _pair_codes(block: Block) -> tuple["NDArray[np.int64]", "NDArray[np.int64]"]:
    """Return for each token the code of the tag before it, and of its own.

    The code before a sentence is the number of tags, which no tag has.

    Raises:
        OddFileError: There are more than ``MAX_TAGS`` tags.
    """
    if len(block.tags.dictionary) > MAX_TAGS:
        raise OddFileError
    codes = block.tags.indices.to_numpy().astype(np.int64)
    previous = np.empty_like(codes)
    previous[1:] = codes[:-1]
    previous[block.offsets[:-1]] = len(block.tags.dictionary)
    return previous, codes
