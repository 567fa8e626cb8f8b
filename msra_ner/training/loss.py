"""The loss of a batch: the mean over the labelled word pieces of the whole step."""

from typing import Any

import torch
from torch import Tensor

from msra_ner.dataset import IGNORE_INDEX
from msra_ner.models import PLAIN_LOGITS, TRANSITIONS
from msra_ner.training.chain_loss import ChainLoss


def token_mean_loss(
    outputs: Any,
    labels: Tensor,
    num_items_in_batch: Tensor | int | None = None,
    *,
    label_smoothing: float = 0.0,
    chain: ChainLoss | None = None,
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
    """
    logits = outputs["logits"] if isinstance(outputs, dict) else outputs[0]
    loss: Tensor | int = 0
    if chain is not None:
        # The model's own head learns beside it.
        loss, logits = chain(logits, labels, outputs.get(TRANSITIONS)), outputs[PLAIN_LOGITS]
    loss = loss + torch.nn.functional.cross_entropy(
        logits.flatten(0, 1).float(),
        labels.flatten(),
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
