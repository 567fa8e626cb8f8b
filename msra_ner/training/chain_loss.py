"""The loss of a linear chain (CRF): how improbable the gold labels of a row are among all paths."""

import torch
from torch import Tensor

from msra_ner.dataset import IGNORE_INDEX
from msra_ner.decoding import ChainLabels

NEVER = -1e4  # far below any logit, and finite, so that a gradient is never NaN


class ChainLoss:
    """The negative logarithm of the probability of the gold path, summed over the rows of a batch.

    The path of a row goes over its labelled word pieces, and weighs legal transitions alone. A row
    may begin inside an entity, as windows of long sentences do; one that a window cuts off counts
    as ended there. All is computed in fp32.

    Args:
        labels: The labels of the chain.
        transitions: The parameter of the model, shape ``(chain, chain)``, from the label before
            to the label after.
    """

    def __init__(self, labels: ChainLabels, transitions: Tensor) -> None:
        self._transitions = transitions
        self._own = torch.from_numpy(labels.from_iob2)
        self._inside = torch.from_numpy(~labels.first)
        self._forbidden, self._first, self._last = (
            torch.where(torch.from_numpy(allowed), 0.0, NEVER)
            for allowed in (labels.legal, labels.first, labels.last)
        )

    def __call__(self, logits: Tensor, labels: Tensor, transitions: Tensor | None = None) -> Tensor:
        """Return the loss of a batch, in nats.

        Args:
            logits: Shape ``(rows, pieces, chain)``.
            labels: Shape ``(rows, pieces)``, of the label list; ``IGNORE_INDEX`` is on no path.
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
        gold = self._encode(labels.gather(1, order).clamp(min=0), counts)
        scores = logits.float().gather(1, order[..., None].expand(-1, -1, logits.shape[-1]))
        through = (scores.gather(2, gold[..., None])[..., 0] * counts).sum()
        between = (weights[gold[:, :-1], gold[:, 1:]] * counts[:, 1:]).sum()
        return self._sum_paths(scores, counts, weights, gold[:, 0]) - through - between

    def _encode(self, labels: Tensor, counts: Tensor) -> Tensor:
        """Return label ids as ids of the chain's labels; what does not count is anything."""
        goes_on = self._inside.to(labels.device)[labels] & counts
        after = torch.nn.functional.pad(goes_on[:, 1:], (0, 1))
        return self._own.to(labels.device)[labels, after.long()]

    def _sum_paths(self, scores: Tensor, counts: Tensor, weights: Tensor, first: Tensor) -> Tensor:
        """Return the logarithms of the sums over all legal paths of the rows, added up."""
        forbidden = self._first.to(scores.device)
        # Where the gold path begins inside an entity, others may.
        begins_inside = forbidden[first] < 0
        sums = scores[:, 0] + torch.where(begins_inside[:, None], 0.0, forbidden)
        for step in range(1, scores.shape[1]):
            reached = torch.logsumexp(sums[:, :, None] + weights, dim=1) + scores[:, step]
            sums = torch.where(counts[:, step, None], reached, sums)
        # A row without a labelled piece has no path.
        return (torch.logsumexp(sums + self._last.to(scores.device), dim=1) * counts[:, 0]).sum()
