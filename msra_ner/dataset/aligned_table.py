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
    """The word pieces of a run of tokens.

    ``starts`` has one item more than there are tokens: where the pieces of each start. ``ids`` and
    ``tokens`` have one item a piece: its id, and the position of its token in the run.
    """

    starts: "Integers"
    ids: "Integers"
    tokens: "Integers"


@dataclass(frozen=True)
class _Windows:
    """Windows over sentences, one item a window; token positions count within the sentence."""

    sentence: "Integers"
    start: "Integers"
    end: "Integers"
    own_start: "Integers"
    own_end: "Integers"


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
        inside_ids: As for :func:`msra_ner.dataset.alignment.align_labels`.

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
    rows = _offsets(len(aligner.prefix) + sizes + len(aligner.suffix))
    # For each piece of text in the windows: its number among all, its token, its place there.
    piece = np.arange(sizes.sum()) + np.repeat(starts - _offsets(sizes)[:-1], sizes)
    token = spelling.tokens[piece]
    word = token - np.repeat(before, sizes)
    labels = label_ids.to_numpy()[token]
    is_further = piece != spelling.starts[token]
    if inside_ids is None:
        labels[is_further] = IGNORE_INDEX
    else:
        labels[is_further] = np.asarray(inside_ids)[labels[is_further]]
    owned = word >= np.repeat(windows.own_start, sizes)
    owned &= word < np.repeat(windows.own_end, sizes)
    labels[~owned] = IGNORE_INDEX

    is_text = np.ones(rows[-1], dtype=bool)
    for location in range(len(aligner.prefix)):
        is_text[rows[:-1] + location] = False
    for location in range(len(aligner.suffix)):
        is_text[rows[1:] - 1 - location] = False
    specials = np.tile([*aligner.prefix, *aligner.suffix], len(sizes))

    def column(text: "Integers", special: Any, kind: type) -> pa.ListArray:
        values = np.empty(rows[-1], kind)
        values[is_text] = text
        values[~is_text] = special
        return pa.ListArray.from_arrays(pa.array(rows, pa.int32()), pa.array(values))

    return pa.table(
        {
            "id": pa.array(windows.sentence + first).cast(pa.string()),
            "sentence": pa.array(windows.sentence + first, pa.int32()),
            "own_start": pa.array(windows.own_start, pa.int32()),
            "own_end": pa.array(windows.own_end, pa.int32()),
            "input_ids": column(spelling.ids[piece], specials, np.int32),
            "attention_mask": column(np.ones_like(piece), 1, np.int8),
            "labels": column(labels, IGNORE_INDEX, np.int64),
            "word_ids": column(word, NO_TOKEN, np.int32),
            "length": pa.array(np.diff(rows), pa.int32()),
        }
    )


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
        offsets: Where each sentence starts among the tokens, and the number of tokens.
        starts: Where each token starts among the pieces, and the number of pieces.
    """
    lengths = np.diff(offsets)
    counts = (lengths > 0).astype(np.int64)
    plans = {}
    for number in np.flatnonzero(np.diff(starts[offsets]) > aligner.capacity):
        pieces = np.diff(starts[offsets[number] : offsets[number + 1] + 1]).tolist()
        plans[number] = [
            (window.start, window.end, window.own_start, window.own_end)
            for window in plan_windows(pieces, aligner.capacity, aligner.overlap or 0)
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
