"""The loss of a linear chain (CRF): how improbable the gold labels of a row are among all paths."""

import torch
from torch import Tensor

from msra_ner.dataset import IGNORE_INDEX
from msra_ner.decoding import ChainLabels
from msra_ner.training.device_tables import DeviceTables
from msra_ner.training.open_labels import OpenLabels

NEVER = -1e4  # far below any logit, and finite, so that a gradient is never NaN
MOST_SUMMANDS = 1 << 28  # half a gigabyte in fp32 for the first pairs of a batch


class ChainLoss:
    """The negative logarithm of the probability of the gold path, summed over the rows of a batch.

    The path of a row goes over its labelled word pieces, and weighs legal transitions alone. Rows
    are windows of sentences, which may begin and end inside an entity: where the last piece is in
    one, nobody knows whether it goes on, so the paths of both readings are gold. All is computed
    in fp32.

    Source:
        For open tokens, Tsuboi et al., "Training conditional random fields using incomplete
        annotations" (2008).

    Args:
        labels: The labels of the chain.
        transitions: The parameter of the model, shape ``(chain, chain)``, from the label before
            to the label after.
    """

    def __init__(self, labels: ChainLabels, transitions: Tensor) -> None:
        self._transitions = transitions
        allowed = (torch.from_numpy(part) for part in (labels.legal, labels.first, labels.last))
        forbidden = (torch.where(part, 0.0, NEVER) for part in allowed)
        iob2 = (torch.from_numpy(part) for part in (labels.from_iob2, labels.to_iob2))
        self._tables = DeviceTables(*iob2, *forbidden)

    def __call__(
        self,
        logits: Tensor,
        labels: Tensor,
        transitions: Tensor | None = None,
        open_labels: OpenLabels | None = None,
    ) -> Tensor:
        """Return the loss of a batch, in nats.

        Args:
            logits: Shape ``(rows, pieces, chain)``.
            labels: Shape ``(rows, pieces)``, of the label list; ``IGNORE_INDEX`` is on no path.
            transitions: As the model has them among its outputs in training; under DataParallel
                one copy a device, below each other. None takes the parameter.
            open_labels: Of a corpus with open tokens: all paths that these allow are gold.
        """
        from_iob2, to_iob2, illegal, not_first, not_last = self._tables.on(logits.device)
        own = self._transitions if transitions is None else transitions[: len(illegal)]
        weights = own.float() + illegal
        labelled = labels != IGNORE_INDEX
        # The labelled pieces of each row, in order, from its start on. Padding is not cut off: to
        # learn the length of the longest row, the CPU would wait for the device.
        order = (~labelled).to(torch.int8).argsort(dim=1, stable=True)
        counts = labelled.gather(1, order)
        written = labels.gather(1, order)
        labels = written.clamp(min=0)  # what is open neither begins nor ends inside an entity
        scores = logits.float().gather(1, order[..., None].expand(-1, -1, logits.shape[-1]))

        goes_on = (not_first[labels] < 0) & counts  # the labels of the label list come first
        after = torch.nn.functional.pad(goes_on[:, 1:], (0, 1)).long()
        gold = from_iob2[labels, after]
        through = (scores.gather(2, gold[..., None])[..., 0] * counts).sum()
        between = (weights[gold[:, :-1], gold[:, 1:]] * counts[:, 1:]).sum()

        rows = torch.arange(len(labels), device=labels.device)
        last = (counts.sum(dim=1) - 1).clamp(min=0)
        before = gold[rows, (last - 1).clamp(min=0)]
        ends, open_end = gold[rows, last], from_iob2[labels[rows, last], 1]
        more = scores[rows, last, open_end] - scores[rows, last, ends]
        more = more + (weights[before, open_end] - weights[before, ends]) * (last > 0)
        cut = (ends != open_end) & counts[:, 0]
        either = (torch.nn.functional.softplus(more) * cut).sum()

        # Where the gold path begins or ends inside an entity, others may.
        start = torch.where((not_first[gold[:, 0]] < 0)[:, None], 0.0, not_first)
        end = torch.where(cut[:, None], 0.0, not_last)
        everything = _sum_paths(scores, counts, weights, start, end)
        if open_labels is None:
            return everything - through - between - either
        allowed = open_labels.allow(written)[..., to_iob2]
        kept = scores.masked_fill(~allowed & counts[..., None], NEVER)
        return everything - _sum_paths(kept, counts, weights, start, end)


def _sum_paths(
    scores: Tensor, counts: Tensor, weights: Tensor, start: Tensor, end: Tensor
) -> Tensor:
    """Return the logarithms of the sums over all legal paths of the rows, added up.

    ``start`` and ``end``, shape ``(rows, chain)``, are added to the first and last scores of a row.
    """
    sums = scores[:, 0] + start
    if scores.shape[1] > 1 and _joining_pays(scores):
        through = _join_steps(scores[:, 1:], counts[:, 1:], weights)
        sums = torch.logsumexp(sums[:, :, None] + through, dim=1)
    else:
        for step in range(1, scores.shape[1]):
            reached = torch.logsumexp(sums[:, :, None] + weights, dim=1) + scores[:, step]
            sums = torch.where(counts[:, step, None], reached, sums)
    # A row without a labelled piece has no path.
    return (torch.logsumexp(sums + end, dim=1) * counts[:, 0]).sum()


def _joining_pays(scores: Tensor) -> bool:
    """Return whether to join the steps in pairs: on a GPU that has room for it."""
    return scores.device.type != "cpu" and scores.numel() * scores.shape[-1] ** 2 <= MOST_SUMMANDS


def _join_steps(scores: Tensor, counts: Tensor, weights: Tensor) -> Tensor:
    """Return the sums over all paths between any label before the first step and after the last.

    Neighbouring steps are joined in pairs, then the pairs, and so on: a GPU, for which a step is
    little work, has the logarithm of their number to wait for. The shape is
    ``(rows, chain, chain)``.
    """
    stay = torch.where(torch.eye(len(weights), dtype=torch.bool, device=weights.device), 0, NEVER)
    steps = torch.where(counts[..., None, None], weights + scores[:, :, None], stay)
    while (size := steps.shape[1]) > 1:
        pairs = steps[:, : size // 2 * 2].unflatten(1, (-1, 2))
        between = pairs[:, :, 0, :, :, None] + pairs[:, :, 1, None]
        steps = torch.cat([torch.logsumexp(between, dim=3), steps[:, size // 2 * 2 :]], dim=1)
    return steps[:, 0]
