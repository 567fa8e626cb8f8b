"""The loss of a batch: the mean over the labelled word pieces of the whole step."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel

from msra_ner.dataset import IGNORE_INDEX, read_column
from msra_ner.models import PLAIN_LOGITS, TRANSITIONS, find_chain
from msra_ner.training.chain_loss import ChainLoss
from msra_ner.training.data import Data
from msra_ner.training.open_labels import OpenLabels, is_open


def make_loss(
    model: PreTrainedModel, data: Data, label_smoothing: float = 0.0
) -> Callable[..., Tensor]:
    """Return the loss of a model on a corpus, as the Trainer takes it; see token_mean_loss."""
    head = find_chain(model)
    chain = None if head is None else ChainLoss(head.labels, head.transitions.weight)
    has_open = any(
        (read_column(rows, "labels").flatten().to_numpy() < IGNORE_INDEX).any()
        for rows in (data.encoded or {}).values()
    )
    open_labels = OpenLabels(data.labels) if has_open else None
    return partial(
        token_mean_loss, label_smoothing=label_smoothing, chain=chain, open_labels=open_labels
    )


def token_mean_loss(
    outputs: Any,
    labels: Tensor,
    num_items_in_batch: Tensor | int | None = None,
    *,
    label_smoothing: float = 0.0,
    chain: ChainLoss | None = None,
    open_labels: OpenLabels | None = None,
) -> Tensor:
    """Return the loss of a batch, summed and divided by the tokens of the global batch.

    It is the cross entropy of each token; with a linear chain the sum of both losses.

    The models' own loss is the mean of what one process sees in one pass, which gives a token more
    weight the fewer share its pass.

    Args:
        outputs: What the model returns; ``logits`` of shape ``(rows, pieces, labels)``. For a chain
            they have its labels, and there are ``plain_logits`` of the label list, and in training
            ``transitions``.
        labels: Shape ``(rows, pieces)``; ``IGNORE_INDEX`` does not count.
        num_items_in_batch: Labelled pieces of all processes and all passes of this step, as the
            Trainer counts them; None counts those of ``labels``. Under DataParallel it comes as
            one copy a device, of shape ``(devices, 1)``.
        label_smoothing: Share of the probability that is spread over all labels.
        chain: The loss of the chain, if there is one.
        open_labels: Of a corpus with tokens for which nobody looked for all types.
    """
    logits = outputs["logits"] if isinstance(outputs, dict) else outputs[0]
    loss: Tensor | int = 0
    if chain is not None:
        # The model's own head learns beside it.
        transitions = outputs.get(TRANSITIONS)
        loss, logits = chain(logits, labels, transitions, open_labels), outputs[PLAIN_LOGITS]
    flat, targets = logits.flatten(0, 1).float(), labels.flatten()
    if open_labels is not None:
        loss = loss + open_labels.sum_loss(flat, targets)
        targets = targets.masked_fill(is_open(targets), IGNORE_INDEX)
    loss = loss + torch.nn.functional.cross_entropy(
        flat,
        targets,
        ignore_index=IGNORE_INDEX,
        reduction="sum",
        label_smoothing=label_smoothing,
    )
    if num_items_in_batch is None:
        return loss / (labels != IGNORE_INDEX).sum()
    if isinstance(num_items_in_batch, Tensor) and num_items_in_batch.dim():
        # The Trainer multiplies by the number of devices, for losses that are one a device.
        return loss / num_items_in_batch.flatten()[0] / len(num_items_in_batch)
    return loss / num_items_in_batch
