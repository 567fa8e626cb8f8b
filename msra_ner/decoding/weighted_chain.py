"""The chain of IOB2 labels with learned weights of its transitions: a linear-chain CRF.

Source:
    Lafferty, McCallum and Pereira, "Conditional random fields" (2001).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from msra_ner.decoding.chain import NEVER, Chain, Floats, Ints, log_sum, trace_back


@dataclass(frozen=True)
class WeightedChain(Chain):
    """Which label may follow which, and how much that is worth.

    Attributes:
        weights: Shape ``(labels, labels)``, from the label before to the label after;
            ``NEVER`` where that is not legal.
    """

    weights: Floats

    @classmethod
    def with_weights(cls, labels: Sequence[str], weights: Floats) -> "WeightedChain":
        """Return the chain of a label list; weights of illegal transitions do not count.

        Raises:
            ValueError: A label is not IOB2, or the weights have another shape.
        """
        size = len(labels)
        if weights.shape != (size, size) or not np.isfinite(weights).all():
            raise ValueError(
                f"found transitions of shape {weights.shape}, expected finite numbers of shape "
                f"{(size, size)}, from each label to each."
            )
        plain = Chain.of(labels)
        legal = np.where(plain.find_legal(), weights.astype(np.float64), NEVER)
        return cls(plain.inside, plain.begin, plain.free, legal)

    def weigh(self, before: Ints, after: Ints) -> Floats:
        """Return the weight of transitions from labels to labels."""
        found: Floats = self.weights[before, after]
        return found

    def find_best(self, scores: Floats, lengths: Ints) -> list[Ints]:
        """Return the path of the highest sum of scores and weights, see :class:`Chain`."""
        rows, longest, labels = scores.shape
        back = np.zeros((longest, rows, labels), dtype=np.int32)
        best = np.full((rows, labels), NEVER)
        best[:, self.free] = scores[:, 0, self.free]
        last = best.copy()
        for step in range(1, longest):
            reached = best[:, :, None] + self.weights
            back[step] = reached.argmax(axis=1)
            best = reached.max(axis=1) + scores[:, step]
            ends = lengths == step + 1
            last[ends] = best[ends]
        return trace_back(back, last, lengths)

    def sum_paths(self, scores: Floats, lengths: Ints) -> tuple[Floats, Floats]:
        """Return the sums over all legal paths up to a label, and behind it, see :class:`Chain`."""
        rows, longest, labels = scores.shape
        ahead = np.full((rows, longest, labels), NEVER)
        ahead[:, 0, self.free] = scores[:, 0, self.free]
        for step in range(1, longest):
            reached = ahead[:, step - 1, :, None] + self.weights
            ahead[:, step] = log_sum(reached, axis=1) + scores[:, step]
        behind = np.zeros((rows, longest, labels))
        for step in range(longest - 2, -1, -1):
            after = scores[:, step + 1] + behind[:, step + 1]
            found = log_sum(self.weights + after[:, None, :])
            # Behind the last token of a row there is nothing.
            behind[:, step] = np.where((lengths > step + 1)[:, None], found, 0.0)
        return ahead, behind
