"""The loss of tokens for which nobody looked for all types: of the labels that they may have."""

from collections.abc import Sequence

import torch
from torch import Tensor

from msra_ner.dataset import IGNORE_INDEX
from msra_ner.labels import FIRST_CODE, OUTSIDE, entity_types, parse_tag
from msra_ner.training.device_tables import DeviceTables


class OpenLabels:
    """Which labels the word pieces of a batch may have.

    A closed one has its label. An open one, whose label is less than ``IGNORE_INDEX``
    (:func:`msra_ner.dataset.align_block`), is ``O`` or of a type that nobody looked for there.

    Args:
        labels: The label list.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        types = entity_types(labels)
        outside = torch.tensor([label == OUTSIDE for label in labels])
        # Of each label the bit of its type in a code; O is allowed without.
        bits = [0 if label == OUTSIDE else types.index(parse_tag(label).type) for label in labels]
        self._tables = DeviceTables(outside, torch.tensor(bits), torch.arange(len(labels)))

    def allow(self, labels: Tensor) -> Tensor:
        """Return for each piece, shape ``(..., labels)``, whether it may have each label."""
        outside, bits, ids = self._tables.on(labels.device)
        sought = (IGNORE_INDEX + FIRST_CODE - labels).clamp(min=0)[..., None]
        is_allowed = (sought >> bits & 1).bool() | outside
        return torch.where(is_open(labels)[..., None], is_allowed, labels[..., None] == ids)

    def sum_loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return how improbable it is that open pieces have one of their labels, in nats, summed.

        Args:
            logits: Shape ``(pieces, labels)``, in fp32.
            labels: Shape ``(pieces,)``.

        Source:
            The loss of Jin and Ghahramani, "Learning with multiple labels" (2002): the
            probability of a set of labels is the sum of theirs.
        """
        opened = is_open(labels)
        forbidden = ~self.allow(labels) & opened[..., None]
        allowed = torch.logsumexp(logits.masked_fill(forbidden, float("-inf")), dim=-1)
        return ((torch.logsumexp(logits, dim=-1) - allowed) * opened).sum()


def is_open(labels: Tensor) -> Tensor:
    """Return which word pieces are open."""
    return labels < IGNORE_INDEX
