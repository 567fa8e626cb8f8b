"""A chain of labels with learned weights of its transitions: a linear-chain CRF.

Source:
    Lafferty, McCallum and Pereira, "Conditional random fields" (2001).
"""

import numpy as np

from msra_ner.decoding.chain import NEVER, Floats, Ints
from msra_ner.decoding.chain_labels import ChainLabels


class WeightedChain:
    """Which label may follow which, and how much that is worth.

    Args:
        labels: The labels of the chain.
        weights: Shape ``(chain, chain)``, from the label before to the label after; those of
            illegal transitions do not count.

    Attributes:
        free: Ids of the labels that may come first.

    Raises:
        ValueError: The weights have another shape.
    """

    def __init__(self, labels: ChainLabels, weights: Floats) -> None:
        size = len(labels.names)
        if weights.shape != (size, size) or not np.isfinite(weights).all():
            raise ValueError(
                f"found transitions of shape {weights.shape}, expected finite numbers of shape "
                f"{(size, size)}, from each label to each."
            )
        self._weights = np.where(labels.legal, weights.astype(np.float64), NEVER)
        self._highest = self._weights.max()
        self._factors = np.exp(self._weights - self._highest)
        self._first, self._end = (
            np.where(allowed, 0.0, NEVER) for allowed in (labels.first, labels.last)
        )
        self.free = np.flatnonzero(labels.first)

    def weigh(self, before: Ints, after: Ints) -> Floats:
        """Return the weight of transitions from labels to labels."""
        found: Floats = self._weights[before, after]
        return found

    def find_best(self, scores: Floats, lengths: Ints) -> list[Ints]:
        """Return the path of the highest sum of scores and weights, see :class:`Chain`."""
        rows, longest, labels = scores.shape
        best = np.empty((longest, rows, labels))
        best[0] = scores[:, 0] + self._first
        for step in range(1, longest):
            reached = (best[step - 1, :, :, None] + self._weights).max(axis=1)
            best[step] = reached + scores[:, step]
        # Which label was the best before is found on the way back, for one label a row.
        paths = np.empty((rows, longest), dtype=np.int64)
        label = np.zeros(rows, dtype=np.int64)
        for step in range(longest - 1, -1, -1):
            ends = (lengths == step + 1)[:, None]
            label = (best[step] + np.where(ends, self._end, self._weights.T[label])).argmax(axis=1)
            paths[:, step] = label
        return [path[:length] for path, length in zip(paths, lengths, strict=True)]

    def sum_paths(self, scores: Floats, lengths: Ints) -> tuple[Floats, Floats]:
        """Return the sums over all legal paths up to a label, and behind it, see :class:`Chain`."""
        ahead, behind = np.empty(scores.shape), np.empty(scores.shape)
        ahead[:, 0] = scores[:, 0] + self._first
        for step in range(1, scores.shape[1]):
            reached = _log_product(ahead[:, step - 1], self._factors) + self._highest
            ahead[:, step] = reached + scores[:, step]
        behind[:, -1] = self._end
        for step in range(scores.shape[1] - 2, -1, -1):
            after = _log_product(scores[:, step + 1] + behind[:, step + 1], self._factors.T)
            after += self._highest
            # Behind the last token of a row there is nothing.
            behind[:, step] = np.where((lengths > step + 1)[:, None], after, self._end)
        return ahead, behind


def _log_product(sums: Floats, factors: Floats) -> Floats:
    """Return the logarithm of the product of exponentials and a matrix, shape ``(rows, labels)``.

    What has less than 1e-300 of the largest of its row counts as that.
    """
    highest = sums.max(axis=1, keepdims=True)
    found: Floats = np.log(np.exp(sums - highest) @ factors + 1e-300) + highest
    return found
