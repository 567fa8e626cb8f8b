"""Windows of word pieces as padded batches, with little padding."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from msra_ner.dataset import EncodedWindow

# Part of a batch that may be padding: beyond it, one more batch costs less than the padding.
PADDING_SHARE = 1 / 32


def pad_windows(
    windows: Sequence[EncodedWindow], padding: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ids padded on the right, and their mask, each of shape ``(windows, longest)``."""
    shape = len(windows), max(len(window.input_ids) for window in windows)
    ids, mask = np.full(shape, padding, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for row, window in enumerate(windows):
        ids[row, : len(window.input_ids)] = window.input_ids
        mask[row, : len(window.input_ids)] = 1
    return ids, mask


def cut_by_padding(lengths: Sequence[int], tokens: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each batch of rows that are sorted by length.

    A batch ends where its budget is full, or where :data:`PADDING_SHARE` of it would be padding:
    for few texts of very different lengths, padding would be most of what is computed.

    Args:
        lengths: Word pieces of each row, the longest first.
        tokens: Word pieces, padding included, of a batch; a longer row is a batch of its own.
    """
    start = padding = 0
    for row, length in enumerate(lengths):
        padding += lengths[start] - length
        full = (row + 1 - start) * lengths[start] > tokens
        if row > start and (full or padding > tokens * PADDING_SHARE):
            yield start, row
            start, padding = row, 0
    if lengths:
        yield start, len(lengths)
