"""Plan overlapping windows over a long sentence and name the one window that owns each token.

Integer arithmetic only: it knows neither tokenizer nor model. *Capacity* and *overlap* are counted
in word pieces, windows and owned ranges in tokens.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens ``start`` to ``end`` of a sentence; it owns ``own_start`` to ``own_end`` of them.

    Ends are exclusive. Every token of a sentence is owned by exactly one window: only there does
    it count in the loss and in the score.
    """

    start: int
    end: int
    own_start: int
    own_end: int


def plan_windows(pieces: Sequence[int], capacity: int, overlap: int) -> list[Window]:
    """Return the windows that cover a sentence, in order.

    A sentence that fits is one window. Otherwise each window takes as many whole tokens as fit,
    the next starts so that about ``overlap`` word pieces are seen twice, and the last one is
    moved left until it is full. A token belongs to the window that sees most around it: the one
    in which the smaller of its two sides is largest.

    Args:
        pieces: Word pieces of each token, each at least 1. A token with more than ``capacity``
            gets a window that starts with it, and is cut to what fits.
        capacity: Word pieces a window can hold, special pieces not counted; at least 1.
        overlap: Word pieces shared by neighbouring windows; at least 0, less than ``capacity``.

    Raises:
        ValueError: ``capacity`` or ``overlap`` is out of range.
    """
    if capacity < 1 or not 0 <= overlap < capacity:
        raise ValueError(
            f"windows need capacity >= 1 and 0 <= overlap < capacity, "
            f"not capacity {capacity} and overlap {overlap}"
        )
    total = len(pieces)
    # A token wider than a window counts as a full one, so that every plan can go on.
    offsets = [0, *accumulate(min(count, capacity) for count in pieces)]
    if offsets[-1] <= capacity:
        return [Window(0, total, 0, total)] if total else []
    spans = _cover(offsets, capacity, overlap)
    owners = [_owner(token, spans, offsets) for token in range(total)]
    windows = [
        Window(start, end, bisect_left(owners, index), bisect_right(owners, index))
        for index, (start, end) in enumerate(spans)
    ]
    # With a large overlap a window can see nothing better than its neighbours do.
    return [window for window in windows if window.own_start < window.own_end]


def _cover(offsets: list[int], capacity: int, overlap: int) -> list[tuple[int, int]]:
    """Return (start, end) of windows that cover all tokens, none inside another."""
    total = len(offsets) - 1
    spans: list[tuple[int, int]] = []
    start = 0
    while True:
        end = bisect_right(offsets, offsets[start] + capacity) - 1
        if end == total:
            # The last window: as much left context as fits.
            spans.append((bisect_left(offsets, offsets[total] - capacity), total))
            return spans
        spans.append((start, end))
        start = max(start + 1, bisect_left(offsets, offsets[end] - overlap))


def _owner(token: int, spans: list[tuple[int, int]], offsets: list[int]) -> int:
    """Return the index of the window that sees most context around a token; ties go left."""

    def context(index: int) -> int:
        start, end = spans[index]
        return min(offsets[token] - offsets[start], offsets[end] - offsets[token + 1])

    # Starts and ends both increase, so the windows that hold a token are neighbours.
    first = bisect_right(spans, token, key=lambda span: span[1])
    last = bisect_right(spans, token, key=lambda span: span[0])
    return max(range(first, last), key=lambda index: (context(index), -index))
