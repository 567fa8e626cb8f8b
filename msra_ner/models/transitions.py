"""The weights of a linear chain (CRF): a parameter while a model is trained, kept in its config.

Saved models stay what they are for every other program: an encoder with a head, whose transitions
stand in ``config.json``.
"""

from typing import Any, cast

import torch
from torch import nn
from transformers import PreTrainedModel

from msra_ner.models.loading import CONFIG_KEY, TRANSITIONS

# Digits that are kept of each weight: as many as fp32 has.
DIGITS = 7


def add_transitions(model: PreTrainedModel, saved: Any = None) -> None:
    """Give a model the parameter, shape ``(labels, labels)``: what was saved, else zeros.

    In training its outputs have them beside the logits: DistributedDataParallel takes what no
    output depends on for unused.
    """
    labels = cast(int, model.config.num_labels)
    start = torch.zeros(labels, labels) if saved is None else torch.tensor(saved)
    model.register_parameter(TRANSITIONS, nn.Parameter(start.float()))
    model.register_forward_hook(_add_to_outputs)


def _add_to_outputs(model: nn.Module, inputs: Any, outputs: Any) -> Any:
    if not model.training:
        return outputs
    # A plain dict: libraries build outputs again, of whose class it is no field.
    return {**outputs, TRANSITIONS: cast(torch.Tensor, find_transitions(model)) * 1}


def find_transitions(model: nn.Module) -> nn.Parameter | None:
    """Return the parameter of a model, from the label before to the label after."""
    return getattr(model, TRANSITIONS, None)


def keep_transitions(model: PreTrainedModel) -> None:
    """Write the weights, as they are now, into the model's config."""
    transitions = find_transitions(model)
    if transitions is not None:
        rows = [[float(f"{x:.{DIGITS}g}") for x in row] for row in transitions.tolist()]
        setattr(
            model.config, CONFIG_KEY, getattr(model.config, CONFIG_KEY, {}) | {TRANSITIONS: rows}
        )
