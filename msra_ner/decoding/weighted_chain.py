"""A chain of labels with learned weights of its transitions: a linear-chain CRF.

Source:
    Lafferty, McCallum and Pereira, "Conditional random fields" (2001).
"""

import numpy as np

from msra_ner.decoding.chain import NEVER, Floats, Ints, log_sum, trace_back
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
        self._end = np.where(labels.last, 0.0, NEVER)
        self.free = np.flatnonzero(labels.first)

    def weigh(self, before: Ints, after: Ints) -> Floats:
        """Return the weight of transitions from labels to labels."""
        found: Floats = self._weights[before, after]
        return found

    def find_best(self, scores: Floats, lengths: Ints) -> list[Ints]:
        """Return the path of the highest sum of scores and weights, see :class:`Chain`."""
        rows, longest, labels = scores.shape
        back = np.zeros((longest, rows, labels), dtype=np.int32)
        best = np.full((rows, labels), NEVER)
        best[:, self.free] = scores[:, 0, self.free]
        last = best.copy()
        for step in range(1, longest):
            reached = best[:, :, None] + self._weights
            back[step] = reached.argmax(axis=1)
            best = reached.max(axis=1) + scores[:, step]
            ends = lengths == step + 1
            last[ends] = best[ends]
        return trace_back(back, last + self._end, lengths)

    def sum_paths(self, scores: Floats, lengths: Ints) -> tuple[Floats, Floats]:
        """Return the sums over all legal paths up to a label, and behind it, see :class:`Chain`."""
        rows, longest, labels = scores.shape
        ahead = np.full((rows, longest, labels), NEVER)
        ahead[:, 0, self.free] = scores[:, 0, self.free]
        for step in range(1, longest):
            reached = ahead[:, step - 1, :, None] + self._weights
            ahead[:, step] = log_sum(reached, axis=1) + scores[:, step]
        behind = np.zeros((rows, longest, labels))
        behind[:, -1] = self._end
        for step in range(longest - 2, -1, -1):
            after = scores[:, step + 1] + behind[:, step + 1]
            found = log_sum(self._weights + after[:, None, :])
            behind[:, step] = np.where((lengths > step + 1)[:, None], found, self._end)
        return ahead, behind
