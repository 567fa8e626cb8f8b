"""From labels of word pieces to labels of tokens, for all rows of a split at once or one by one.

`datasets` gives a column row by row; as arrays it is a hundred times faster.
"""

from collections.abc import Sequence
from typing import Any, NoReturn

import datasets
import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from msra_ner.errors import ScoreError


def project_labels(
    word_ids: ArrayLike, own_start: int, own_end: int, predicted: ArrayLike
) -> NDArray[Any]:
    """Return what is predicted for the tokens a window owns: that of each first piece.

    Args:
        word_ids: Shape ``(pieces,)``, as in :class:`EncodedWindow`.
        own_start: First owned token.
        own_end: End of the owned tokens, exclusive.
        predicted: Shape ``(pieces, ...)`` or longer (padding is not looked at): a label id a piece,
            or its logits.

    Returns:
        Shape ``(own_end - own_start, ...)``.
    """
    owners = np.asarray(word_ids)
    first = np.ones(len(owners), dtype=bool)
    first[1:] = owners[1:] != owners[:-1]
    owned = first & (owners >= own_start) & (owners < own_end)
    return np.asarray(predicted)[: len(owners)][owned]


def read_column(rows: datasets.Dataset, name: str) -> pa.Array:
    """Return a column as one array, in the order of the rows, whatever selected them."""
    return rows.with_format("arrow", columns=[name])[:][name].combine_chunks()


def is_encoded(encoded: datasets.Dataset, inputs: Sequence[Any]) -> bool:
    """Return whether the inputs of a model are the rows of an encoded split, in its order.

    ``inputs`` has for each row the ids of its pieces; padding behind them is not looked at.
    """
    sizes, ids = _lists(encoded, "input_ids")
    return len(inputs) == len(sizes) and np.array_equal(_without_padding(inputs, sizes), ids)


def project_rows(
    encoded: datasets.Dataset, predicted: Sequence[Any], lengths: Sequence[int]
) -> list[NDArray[Any]]:
    """Return one array of predictions a sentence, one label id, or the logits, of each token.

    Does for all rows at once what :func:`project_labels` does for each.

    Args:
        encoded: Rows of the ``aligned`` configuration, in any order.
        predicted: For each row the label ids of its pieces, or their logits, shape
            ``(pieces, labels)``; padding behind them is not looked at.
        lengths: Tokens of each sentence of the split.

    Raises:
        ScoreError: A token got no label, or got one twice.
    """
    sizes, words = _lists(encoded, "word_ids")
    sentence, own_start, own_end = (
        read_column(encoded, name).to_numpy() for name in ("sentence", "own_start", "own_end")
    )
    flat = _without_padding(predicted, sizes)
    if len(predicted) != len(sizes) or len(flat) != len(words):
        _refuse(f"{len(predicted)} rows of {len(flat)} labels, not {len(sizes)} of {len(words)}")
    known = np.append(np.asarray(lengths, dtype=np.int64), 0)
    if (own_end > known[np.minimum(sentence, len(lengths))]).any():
        _refuse("a window over tokens that no sentence has")
    is_first = np.ones(len(words), dtype=bool)
    is_first[1:] = words[1:] != words[:-1]
    is_first[(np.cumsum(sizes) - sizes)[sizes > 0]] = True
    owned = is_first & (words >= np.repeat(own_start, sizes)) & (words < np.repeat(own_end, sizes))
    offsets = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    token = (np.repeat(offsets[sentence], sizes) + words)[owned]
    found = np.full((offsets[-1], *flat.shape[1:]), -1, dtype=flat.dtype)
    found[token] = flat[owned]
    wrong = np.bincount(token, minlength=len(found)) != 1
    if flat.ndim == 1:
        wrong |= found < 0
    if wrong.any():
        lost = np.unique(np.searchsorted(offsets, np.flatnonzero(wrong), side="right") - 1)
        which = f"sentence {lost[0]} (and {len(lost) - 1} more)"
        _refuse(f"{which} with tokens labelled twice or not at all")
    return np.split(found, offsets[1:-1]) if len(lengths) else []


def _refuse(found: str) -> NoReturn:
    raise ScoreError(
        f"found {found}, expected each token in exactly one window. The rows are not those "
        "of this split: evaluate the whole encoded split, once."
    )


def _lists(encoded: datasets.Dataset, name: str) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return the length of each list of a column, and the items of all."""
    lists = read_column(encoded, name)
    return np.diff(lists.offsets.to_numpy()).astype(np.int64), lists.flatten().to_numpy()


def _without_padding(rows: Sequence[Any], sizes: NDArray[np.int64]) -> NDArray[Any]:
    """Return the items of all rows, of each no more than its size."""
    parts = [np.asarray(row)[:size] for row, size in zip(rows, sizes, strict=False)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
