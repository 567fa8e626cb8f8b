"""Windows of word pieces with labels, for many sentences at once, as whole columns.

Each row is what :meth:`msra_ner.dataset.Aligner.encode` says of one sentence, with a label for the
first word piece of each token; a property test compares the two. A token is tokenized once, however
often it occurs, and only a sentence that does not fit in one window is planned by itself; the rest
is arithmetic on arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from msra_ner.dataset.alignment import IGNORE_INDEX, NO_TOKEN, Aligner
from msra_ner.dataset.windows import plan_windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]


@dataclass(frozen=True)
class _Spelling:
    """The word pieces of a run of ``n`` tokens, ``p`` pieces in all.

    Attributes:
        starts: Shape ``(n + 1,)``: where the pieces of each token start, and ``p``.
        ids: Shape ``(p,)``: the id of each piece.
        tokens: Shape ``(p,)``: the number of its token in the run.
    """

    starts: "Integers"
    ids: "Integers"
    tokens: "Integers"


@dataclass(frozen=True)
class _Windows:
    """Windows over sentences, all of shape ``(windows,)``; token positions count in a sentence."""

    sentence: "Integers"
    start: "Integers"
    end: "Integers"
    own_start: "Integers"
    own_end: "Integers"


@dataclass(frozen=True)
class _Rows:
    """Rows of ``p`` pieces in all, and which of them are text.

    Attributes:
        starts: Shape ``(rows + 1,)``: where each row starts, and ``p``.
        is_text: Shape ``(p,)``: False for special pieces.
        special: The ids of the special pieces, in the order of the rows.
    """

    starts: "Integers"
    is_text: "NDArray[np.bool_]"
    special: "Integers"

    def fill(self, text: "Integers", special: Any, kind: type) -> pa.ListArray:
        """Return a column of lists from the values of the pieces of text and of special ones."""
        values: NDArray[Any] = np.empty(len(self.is_text), kind)
        values[self.is_text] = text
        values[~self.is_text] = special
        return pa.ListArray.from_arrays(pa.array(self.starts, pa.int32()), pa.array(values))


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
        label_ids: One label id for each token of all sentences.
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
    windows = _plan(aligner, offsets, spelling.starts)
    before = offsets[windows.sentence]  # tokens before the sentence of each window
    starts = spelling.starts[before + windows.start]
    # Only a single token wider than the window is cut; its first piece carries its tag.
    sizes = np.minimum(spelling.starts[before + windows.end] - starts, aligner.capacity)
    # For each piece of text in the windows: its number among all, and its token in the sentence.
    piece = np.arange(sizes.sum()) + np.repeat(starts - _offsets(sizes)[:-1], sizes)
    word = spelling.tokens[piece] - np.repeat(before, sizes)
    labels = _label_pieces(spelling, piece, label_ids.to_numpy(), inside_ids)
    owned = word >= np.repeat(windows.own_start, sizes)
    owned &= word < np.repeat(windows.own_end, sizes)
    labels[~owned] = IGNORE_INDEX
    rows = _add_special_pieces(aligner, sizes)
    return pa.table(
        {
            "id": pa.array(windows.sentence + first).cast(pa.string()),
            "sentence": pa.array(windows.sentence + first, pa.int32()),
            "own_start": pa.array(windows.own_start, pa.int32()),
            "own_end": pa.array(windows.own_end, pa.int32()),
            "input_ids": rows.fill(spelling.ids[piece], rows.special, np.int32),
            "attention_mask": rows.fill(np.ones_like(piece), 1, np.int8),
            "labels": rows.fill(labels, IGNORE_INDEX, np.int64),
            "word_ids": rows.fill(word, NO_TOKEN, np.int32),
            "length": pa.array(np.diff(rows.starts), pa.int32()),
        }
    )


def _label_pieces(
    spelling: _Spelling,
    piece: "Integers",
    label_ids: "Integers",
    inside_ids: Sequence[int] | None,
) -> "Integers":
    """Return a label for each piece, shape ``(pieces,)``: its token's, or as ``inside_ids`` says.

    Args:
        spelling: The pieces of all tokens.
        piece: Shape ``(pieces,)``: numbers of pieces in the spelling.
        label_ids: Shape ``(tokens,)``.
        inside_ids: As for :func:`align_block`.
    """
    token = spelling.tokens[piece]
    labels = label_ids[token]
    is_further = piece != spelling.starts[token]
    labels[is_further] = (
        IGNORE_INDEX if inside_ids is None else np.asarray(inside_ids)[labels[is_further]]
    )
    return labels


def _add_special_pieces(aligner: Aligner, sizes: "Integers") -> _Rows:
    """Return the rows of windows with special pieces around the text.

    Args:
        aligner: Says which pieces these are.
        sizes: Shape ``(windows,)``: pieces of text in each window.
    """
    before, behind = len(aligner.prefix), len(aligner.suffix)
    starts = _offsets(before + sizes + behind)
    is_text = np.ones(starts[-1], dtype=bool)
    for location in range(before):
        is_text[starts[:-1] + location] = False
    for location in range(behind):
        is_text[starts[1:] - 1 - location] = False
    return _Rows(starts, is_text, np.tile([*aligner.prefix, *aligner.suffix], len(sizes)))


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


def _plan(aligner: Aligner, offsets: "Integers", starts: "Integers") -> _Windows:
    """Return the windows of sentences: one each, none where it is empty, more where it is long.

    Args:
        aligner: Says how much a window holds.
        offsets: Shape ``(sentences + 1,)``: where each starts among the tokens, and their number.
        starts: Shape ``(tokens + 1,)``: where each starts among the pieces, and their number.
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
    return _Windows(sentence, *bounds)


def _offsets(counts: "Integers") -> "Integers":
    """Return where each of some stretches starts, and where the last one ends."""
    return np.concatenate(([0], np.cumsum(counts)))
