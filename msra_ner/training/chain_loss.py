"""The loss of a linear chain (CRF): how improbable the gold labels of a row are among all paths."""

from collections.abc import Sequence

import torch
from torch import Tensor

from msra_ner.dataset import IGNORE_INDEX
from msra_ner.decoding import Chain

NEVER = -1e4  # far below any logit, and finite, so that a gradient is never NaN


class ChainLoss:
    """The negative logarithm of the probability of the gold path, summed over the rows of a batch.

    The path of a row goes over its labelled word pieces, and weighs legal transitions alone. A row
    may begin inside an entity, as windows of long sentences do. All is computed in fp32.

    Args:
        labels: The label list.
        transitions: The parameter of the model, shape ``(labels, labels)``, from the label before
            to the label after.
    """

    def __init__(self, labels: Sequence[str], transitions: Tensor) -> None:
        self._transitions = transitions
        chain = Chain.of(labels)
        self._forbidden = torch.where(torch.from_numpy(chain.find_legal()), 0.0, NEVER)
        self._forbidden_first = torch.zeros(len(labels))
        self._forbidden_first[chain.inside] = NEVER

    def __call__(self, logits: Tensor, labels: Tensor, transitions: Tensor | None = None) -> Tensor:
        """Return the loss of a batch, in nats.

        Args:
            logits: Shape ``(rows, pieces, labels)``.
            labels: Shape ``(rows, pieces)``; ``IGNORE_INDEX`` is on no path.
            transitions: As the model has them among its outputs in training; under DataParallel
                one copy a device, below each other. None takes the parameter.
        """
        own = self._transitions if transitions is None else transitions[: len(self._forbidden)]
        own = own.float()
        weights = own + self._forbidden.to(own.device)
        labelled = labels != IGNORE_INDEX
        # The labelled pieces of each row, in order, from its start on. Padding is not cut off: to
        # learn the length of the longest row, the CPU would wait for the device.
        order = (~labelled).to(torch.int8).argsort(dim=1, stable=True)
        counts = labelled.gather(1, order)
        gold = labels.gather(1, order).clamp(min=0)
        scores = logits.float().gather(1, order[..., None].expand(-1, -1, logits.shape[-1]))
        through = (scores.gather(2, gold[..., None])[..., 0] * counts).sum()
        between = (weights[gold[:, :-1], gold[:, 1:]] * counts[:, 1:]).sum()
        return self._sum_paths(scores, counts, weights, gold[:, 0]) - through - between

    def _sum_paths(self, scores: Tensor, counts: Tensor, weights: Tensor, first: Tensor) -> Tensor:
        """Return the logarithms of the sums over all legal paths of the rows, added up."""
        forbidden = self._forbidden_first.to(scores.device)
        # Where the gold path begins inside an entity, others may.
        begins_inside = forbidden[first] < 0
        sums = scores[:, 0] + torch.where(begins_inside[:, None], 0.0, forbidden)
        for step in range(1, scores.shape[1]):
            reached = torch.logsumexp(sums[:, :, None] + weights, dim=1) + scores[:, step]
            sums = torch.where(counts[:, step, None], reached, sums)
        # A row without a labelled piece has no path.
        return (torch.logsumexp(sums, dim=1) * counts[:, 0]).sum()
