"""Windows of word pieces with labels, for many sentences at once, as whole columns.

Each row is what :meth:`msra_ner.dataset.Aligner.encode` says of one sentence, with a label for the
first word piece of each token; a property test compares the two. A token is tokenized once, however
often it occurs, and only a sentence that does not fit in one window is planned by itself; the rest
is arithmetic on arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from msra_ner.dataset.alignment import IGNORE_INDEX, NO_TOKEN, Aligner
from msra_ner.dataset.windows import plan_windows

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class _Spelling:
    """The word pieces of a run of ``n`` tokens, ``p`` pieces in all.

    Attributes:
        starts: Shape ``(n + 1,)``: where the pieces of each token start, and ``p``.
        ids: Shape ``(p,)``: the id of each piece.
        tokens: Shape ``(p,)``: the number of its token in the run.
    """

    starts: Integers
    ids: Integers
    tokens: Integers


def align_block(
    aligner: Aligner,
    tokens: pa.ListArray,
    label_ids: pa.Array,
    *,
    first: int = 0,
    inside_ids: Sequence[int] | None = None,
) -> pa.Table:
    """Return the windows of sentences, in order, one row a window.

    Args:
        aligner: Cuts sentences into windows.
        tokens: The tokens of each sentence; no list of it is null.
        label_ids: One label id for each token of all sentences, or the code of an open tag
            (:class:`msra_ner.labels.LabelIds`). ``?`` comes out as ``IGNORE_INDEX``, another code
            as that and ``IGNORE_INDEX`` added up, less than which nothing else is.
        first: Number of the first sentence in its split.
        inside_ids: For each label id the one that further pieces of its token get; None leaves
            these pieces out of the loss.

    Returns:
        The columns of the configuration ``aligned``.

    Raises:
        TokenizerError: The tokenizer drops a token and has no unknown piece.
    """
    offsets = tokens.offsets.to_numpy().astype(np.int64)
    spelling = _spell(aligner, tokens.values)
    sentence, (start, end, own_start, own_end) = _plan(aligner, offsets, spelling.starts)
    before = offsets[sentence]  # tokens before the sentence of each window
    starts = spelling.starts[before + start]
    # Only a single token wider than the window is cut; its first piece carries its tag.
    sizes = np.minimum(spelling.starts[before + end] - starts, aligner.capacity)
    # For each piece of text in the windows: its number among all, and its token in the sentence.
    piece = np.arange(sizes.sum()) + np.repeat(starts - _offsets(sizes)[:-1], sizes)
    word = spelling.tokens[piece] - np.repeat(before, sizes)
    labels = _label_pieces(spelling, piece, label_ids.to_numpy(), inside_ids)
    owned = (word >= np.repeat(own_start, sizes)) & (word < np.repeat(own_end, sizes))
    labels[~owned] = IGNORE_INDEX
    rows, is_text = _place_text(aligner, sizes)
    special_ids = np.tile([*aligner.prefix, *aligner.suffix], len(sizes))

    def fill(text: Integers, special: Any, kind: type) -> pa.ListArray:
        """Return a column of lists from the values of the pieces of text and of special ones."""
        values: NDArray[Any] = np.empty(len(is_text), kind)
        values[is_text] = text
        values[~is_text] = special
        return pa.ListArray.from_arrays(pa.array(rows, pa.int32()), pa.array(values))

    return pa.table(
        {
            "id": pa.array(sentence + first).cast(pa.string()),
            "sentence": pa.array(sentence + first, pa.int32()),
            "own_start": pa.array(own_start, pa.int32()),
            "own_end": pa.array(own_end, pa.int32()),
            "input_ids": fill(spelling.ids[piece], special_ids, np.int32),
            "attention_mask": fill(np.ones_like(piece), 1, np.int8),
            "labels": fill(labels, IGNORE_INDEX, np.int64),
            "word_ids": fill(word, NO_TOKEN, np.int32),
            "length": pa.array(np.diff(rows), pa.int32()),
        }
    )


def _label_pieces(
    spelling: _Spelling,
    piece: Integers,
    label_ids: Integers,
    inside_ids: Sequence[int] | None,
) -> Integers:
    """Return a label for each ``piece`` (a number): its token's, or as ``inside_ids`` says."""
    token = spelling.tokens[piece]
    labels = label_ids[token]
    is_further = piece != spelling.starts[token]
    is_open = labels < 0
    labels[is_open] = np.where(labels[is_open] == -1, 0, labels[is_open]) + IGNORE_INDEX
    if inside_ids is None:
        labels[is_further] = IGNORE_INDEX
    else:
        closed = is_further & ~is_open
        labels[closed] = np.asarray(inside_ids)[labels[closed]]
    return labels


def _place_text(aligner: Aligner, sizes: Integers) -> tuple[Integers, NDArray[np.bool_]]:
    """Return where each row starts and the last ends, and which pieces of the rows are text."""
    before, behind = len(aligner.prefix), len(aligner.suffix)
    starts = _offsets(before + sizes + behind)
    is_text = np.ones(starts[-1], dtype=bool)
    for location in range(before):
        is_text[starts[:-1] + location] = False
    for location in range(behind):
        is_text[starts[1:] - 1 - location] = False
    return starts, is_text


def _spell(aligner: Aligner, tokens: pa.StringArray) -> _Spelling:
    """Return the word pieces of tokens, each distinct one tokenized once."""
    coded = tokens.dictionary_encode()
    codes = coded.indices.to_numpy()
    spelled = aligner.pieces(coded.dictionary.to_pylist())
    vocabulary = np.fromiter(chain.from_iterable(spelled), np.int64)
    vocabulary_starts = _offsets(np.fromiter(map(len, spelled), np.int64, len(spelled)))
    counts = np.diff(vocabulary_starts)[codes]
    starts = _offsets(counts)
    piece = np.arange(starts[-1]) + np.repeat(vocabulary_starts[codes] - starts[:-1], counts)
    return _Spelling(starts, vocabulary[piece], np.repeat(np.arange(len(codes)), counts))


def _plan(aligner: Aligner, offsets: Integers, starts: Integers) -> tuple[Integers, Integers]:
    """Return the windows of sentences: one each, none where it is empty, more where it is long.

    ``offsets`` says where each sentence starts among the tokens, ``starts`` where each token starts
    among the pieces; both end with the number of all.

    Returns:
        The sentence of each window, and the four rows ``start``, ``end``, ``own_start`` and
        ``own_end``, which count in the tokens of the sentence.
    """
    lengths = np.diff(offsets)
    counts = (lengths > 0).astype(np.int64)
    plans = {}
    for number in np.flatnonzero(np.diff(starts[offsets]) > aligner.capacity):
        pieces = np.diff(starts[offsets[number] : offsets[number + 1] + 1]).tolist()
        plans[number] = [
            (window.start, window.end, window.own_start, window.own_end)
            for window in plan_windows(pieces, aligner.capacity, aligner.overlap)
        ]
        counts[number] = len(plans[number])
    sentence = np.repeat(np.arange(len(lengths)), counts)
    bounds = np.zeros((4, len(sentence)), np.int64)
    bounds[1] = bounds[3] = lengths[sentence]
    windows_before = _offsets(counts)
    for number, plan in plans.items():
        bounds[:, windows_before[number] : windows_before[number + 1]] = np.transpose(plan)
    return sentence, bounds


def _offsets(counts: Integers) -> Integers:
    """Return where each of some stretches starts, and where the last one ends."""
    return np.concatenate(([0], np.cumsum(counts)))
