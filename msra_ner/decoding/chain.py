"""The chain of IOB2 labels: ``I-X`` follows ``B-X`` or ``I-X`` alone, all else follows anything.

So a step looks at the best label before, whatever it is, and for each ``I-X`` at two labels: its
cost grows with the number of labels, not with its square.

Source:
    Viterbi (1967) and the forward-backward algorithm as in Rabiner, "A tutorial on hidden Markov
    models" (1989), with transitions that are legal (weight 1) or not (weight 0).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from msra_ner.labels import OUTSIDE, parse_tag

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NEVER = -1e30  # finite, so that no difference of two of them is NaN


@dataclass(frozen=True)
class Chain:
    """Which label may follow which.

    Attributes:
        inside: Ids of the labels ``I-X``, shape ``(inside,)``.
        begin: For each of these the id of its ``B-X``; its own where there is none.
        free: Ids of the labels that may follow anything, and come first.
    """

    inside: Ints
    begin: Ints
    free: Ints

    @classmethod
    def of(cls, labels: Sequence[str]) -> "Chain":
        """Return the chain of a label list.

        Raises:
            ValueError: A label is not IOB2.
        """
        ids = {label: number for number, label in enumerate(labels)}
        is_inside = [label != OUTSIDE and parse_tag(label).prefix == "I" for label in labels]
        inside = [number for number, yes in enumerate(is_inside) if yes]
        begin = [ids.get(f"B-{parse_tag(labels[number]).type}", number) for number in inside]
        free = [number for number, yes in enumerate(is_inside) if not yes]
        return cls(*(np.array(part, dtype=np.int64) for part in (inside, begin, free)))

    def weigh(self, before: Ints, after: Ints) -> Floats:
        """Return the weight of legal transitions from labels to labels, here 0."""
        shape = np.broadcast_shapes(before.shape, after.shape)
        return np.zeros(shape)

    def is_legal(self, path: Ints) -> bool:
        """Return whether a path of label ids, shape ``(tokens,)``, has legal transitions alone."""
        before = np.concatenate(([-1], path[:-1]))
        at, which = np.nonzero(path[:, None] == self.inside)
        follows = before[at]
        return bool(np.all((follows == self.begin[which]) | (follows == self.inside[which])))

    def find_best(self, scores: Floats, lengths: Ints) -> list[Ints]:
        """Return the legal path of the highest sum of scores, for each row.

        Args:
            scores: Shape ``(rows, longest, labels)``.
            lengths: Shape ``(rows,)``, each at least 1; what is behind is padding.

        Returns:
            One array of label ids a row.
        """
        rows, longest, labels = scores.shape
        back = np.zeros((longest, rows, labels), dtype=np.int32)
        at = np.arange(rows)
        best = np.full((rows, labels), NEVER)
        best[:, self.free] = scores[:, 0, self.free]
        last = best.copy()
        for step in range(1, longest):
            before = best.argmax(axis=1)
            back[step] = before[:, None]
            reached = np.broadcast_to(best[at, before][:, None], best.shape).copy()
            opened, inner = best[:, self.begin], best[:, self.inside]
            reached[:, self.inside] = np.maximum(opened, inner)
            back[step][:, self.inside] = np.where(opened >= inner, self.begin, self.inside)
            best = reached + scores[:, step]
            ends = lengths == step + 1
            last[ends] = best[ends]
        return trace_back(back, last, lengths)

    def sum_paths(self, scores: Floats, lengths: Ints) -> tuple[Floats, Floats]:
        """Return the logarithms of the sums over all legal paths up to a label, and behind it.

        Arguments are those of :meth:`find_best`. The sums up to a label contain its own score,
        those behind it do not; both have the shape of ``scores``. Of both together, those of the
        last token of a row add up to the sum over all its paths.
        """
        rows, longest, labels = scores.shape
        ahead = np.full((rows, longest, labels), NEVER)
        ahead[:, 0, self.free] = scores[:, 0, self.free]
        for step in range(1, longest):
            before = ahead[:, step - 1]
            reached = np.repeat(log_sum(before)[:, None], labels, axis=1)
            both = np.logaddexp(before[:, self.begin], before[:, self.inside])
            reached[:, self.inside] = np.where(
                self.begin == self.inside, before[:, self.inside], both
            )
            ahead[:, step] = reached + scores[:, step]
        behind = np.zeros((rows, longest, labels))
        for step in range(longest - 2, -1, -1):
            after = scores[:, step + 1] + behind[:, step + 1]
            closed = log_sum(after[:, self.free])[:, None]
            found = np.repeat(closed, labels, axis=1)
            for source in (self.begin, self.inside):
                found[:, source] = np.logaddexp(closed, after[:, self.inside])
            # Behind the last token of a row there is nothing.
            behind[:, step] = np.where((lengths > step + 1)[:, None], found, 0.0)
        return ahead, behind


def trace_back(back: NDArray[np.int32], last: Floats, lengths: Ints) -> list[Ints]:
    """Return the path of each row that ends in its best label.

    Args:
        back: The best label before each, shape ``(longest, rows, labels)``.
        last: The best sums that end in each label, shape ``(rows, labels)``.
        lengths: Shape ``(rows,)``.
    """
    at = np.arange(len(last))
    label = last.argmax(axis=1)
    paths = np.zeros((len(back), len(last)), dtype=np.int64)
    for step in range(len(back) - 1, -1, -1):
        paths[step] = label
        label = np.where(step < lengths, back[step, at, label], label)
    return [paths[:length, row] for row, length in enumerate(lengths)]


def log_sum(values: Floats) -> Floats:
    """Return the logarithm of the sum of exponentials over the last axis."""
    highest = values.max(axis=-1, keepdims=True)
    total: Floats = np.log(np.exp(values - highest).sum(axis=-1)) + highest.squeeze(-1)
    return total
