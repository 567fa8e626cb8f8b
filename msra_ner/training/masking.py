"""Word pieces of training batches that the mask piece stands for.

A name that comes back in each epoch is learnt by heart. Masked, each time in another part, it has
to be known by what is left of it and by the words around.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from msra_ner.dataset import IGNORE_INDEX


def mask_pieces(inputs: Mapping[str, Tensor], mask: int, share: float) -> dict[str, Tensor]:
    """Return a batch in which some of the labelled word pieces are the mask piece.

    The labels stay. The pieces are drawn on the device of the batch, whose random state is part of
    a checkpoint: a run that goes on masks what it would have masked.

    Args:
        inputs: ``input_ids`` and ``labels``, shape ``(rows, pieces)``, and whatever else there is.
        mask: The id of the mask piece.
        share: The probability that a piece is masked, each by itself.

    Source:
        Word dropout (Iyyer et al., "Deep unordered composition rivals syntactic methods for text
        classification", 2015), with the piece that encoders were trained to look around.
    """
    pieces, labels = inputs["input_ids"], inputs["labels"]
    drawn = torch.rand(pieces.shape, device=pieces.device) < share
    return {**inputs, "input_ids": pieces.masked_fill(drawn & (labels != IGNORE_INDEX), mask)}
