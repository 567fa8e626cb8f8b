"""Weights that stay as they are in training: all of the encoder, or its lower layers."""

from itertools import takewhile
from typing import TYPE_CHECKING

from msra_ner.errors import ModelError

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel


def freeze_encoder(model: "PreTrainedModel") -> None:
    """Leave only the head to be trained."""
    for parameter in model.base_model.parameters():
        parameter.requires_grad = False


def freeze_layers(model: "PreTrainedModel", count: int) -> None:
    """Leave the embeddings and the lower layers of the encoder as they are.

    No gradient is computed for them, which saves two thirds of their share of a step.

    Args:
        model: The model.
        count: How many of the layers, from the lowest; 0 freezes the embeddings alone.

    Raises:
        ModelError: The encoder has no more layers than that, or its layers share their weights.
    """
    layers = _find_layers(model)
    if layers is None or count >= len(layers):
        found = "layers that share their weights" if layers is None else f"{len(layers)} layers"
        raise ModelError(
            f"--freeze_layers: found {count}, and an encoder with {found}; expected fewer than "
            "it has, each with weights of its own. --freeze_encoder freezes all of it."
        )
    first = next(layers[0].parameters())
    # The embeddings come before the layers, a last norm or pooler behind them.
    embeddings = takewhile(lambda weight: weight is not first, model.base_model.parameters())
    for parameter in (*embeddings, *layers[:count].parameters()):
        parameter.requires_grad = False


def _find_layers(model: "PreTrainedModel") -> "nn.ModuleList | None":
    """Return the layers of the encoder, the lowest first; None where they are not a list."""
    from torch import nn

    count = getattr(model.config, "num_hidden_layers", None)
    lists = (part for part in model.base_model.modules() if isinstance(part, nn.ModuleList))
    return next((part for part in lists if len(part) == count and _has_weights(part)), None)


def _has_weights(layers: "nn.ModuleList") -> bool:
    return all(any(True for _ in layer.parameters()) for layer in layers)
