"""A second head for a linear chain (CRF), beside the one that every program reads.

The model's own head learns from the same encoder to label each token by itself. So a saved model is
an ordinary one for every other program, with a few weights more.
"""

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from torch import nn
from transformers import PreTrainedModel

from msra_ner.decoding import ChainLabels, TrainScheme
from msra_ner.errors import ModelError
from msra_ner.models.config_labels import list_labels
from msra_ner.models.loading import CHAIN, build_without_weights

# Among the outputs: the logits of the model's own head, where `logits` are the chain's.
PLAIN_LOGITS = "plain_logits"
# How much of its gradient the model's own head hands on to the encoder. With none the chain was 0.6
# points better and the own head 2.3 worse (docs/results.md); with 1 the chain lost.
OWN_SHARE = 0.3
# What went into the output layer, in each thread: DataParallel has one a device.
_held = threading.local()


class ChainHead(nn.Module):
    """Scores of the chain's labels for a token, and of the transitions between them.

    Attributes:
        scheme: What the chain learns in.
        labels: The labels of the chain.
        emissions: From a hidden state to the logits of the labels.
        transitions: Its weight has shape ``(chain, chain)``, from the label before to the label
            after. It is a layer, and not a parameter by itself, so that every family of models
            knows how to draw it.
    """

    def __init__(self, width: int, labels: Sequence[str], scheme: TrainScheme) -> None:
        super().__init__()
        self.scheme, self.labels = scheme, ChainLabels.of(labels, scheme)
        count = len(self.labels.names)
        self.emissions = nn.Linear(width, count)
        self.transitions = nn.Linear(count, count, bias=False)
        nn.init.zeros_(self.transitions.weight)


@lru_cache
def with_chain(kind: type[PreTrainedModel], scheme: TrainScheme) -> type[PreTrainedModel]:
    """Return the class of a token classification model with a chain that learns in a scheme.

    Its ``logits`` are those of the chain; ``plain_logits`` those of the model's own head, of whose
    gradient the encoder gets ``OWN_SHARE``. In training ``transitions`` are among the outputs too:
    DistributedDataParallel takes what no output depends on for unused.
    """

    class Chained(kind):  # type: ignore[misc, valid-type]
        def __init__(self, config: Any, *args: Any, **kwargs: Any) -> None:
            super().__init__(config, *args, **kwargs)
            layer = _find_output_layer(self)
            self.add_module(CHAIN, ChainHead(layer.in_features, list_labels(config), scheme))
            layer.register_forward_pre_hook(_hold_input)
            self.register_forward_hook(_add_chain)

    # The class that config.json names is one of transformers.
    Chained.__name__, Chained.__qualname__ = kind.__name__, kind.__qualname__
    return Chained


def can_have_chain(config: Any, name: str) -> bool:
    """Return whether the head of a model ends in a linear layer, as a chain wants it.

    Raises:
        ModelError: There is no token classification model of this config.
    """
    return find_output_layers(build_without_weights(config, name)) != []


def _hold_input(layer: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
    _held.states = args[0]
    if not layer.training:
        return None
    fixed = args[0].detach()
    return (fixed + OWN_SHARE * (args[0] - fixed), *args[1:])


def _add_chain(model: nn.Module, args: Any, outputs: Any) -> dict[str, Any]:
    chain = cast(ChainHead, getattr(model, CHAIN))
    states = _held.__dict__.pop("states")
    # Outside the autocast of the model: a chain is computed in the precision of its weights.
    logits = chain.emissions(states.to(chain.emissions.weight.dtype))
    found = {**outputs, "logits": logits, PLAIN_LOGITS: outputs["logits"]}
    if model.training:
        # A plain dict: libraries build outputs again, whose class has no such fields.
        return found | {"transitions": chain.transitions.weight * 1}
    outputs["logits"], outputs[PLAIN_LOGITS] = found["logits"], found[PLAIN_LOGITS]
    return cast("dict[str, Any]", outputs)


def find_output_layers(model: PreTrainedModel) -> list[nn.Linear]:
    """Return the layers of the head that end in labels."""
    encoder = {id(part) for part in model.base_model.modules()}
    return [
        part
        for part in model.modules()
        if isinstance(part, nn.Linear)
        and part.out_features == model.config.num_labels
        and id(part) not in encoder
    ]


def _find_output_layer(model: PreTrainedModel) -> nn.Linear:
    """Return the last layer of the head that ends in labels."""
    layers = find_output_layers(model)
    if not layers:
        raise ModelError(
            f"--decoder: found crf with {type(model).__name__}, expected a model whose head ends "
            "in a linear layer. Choose viterbi, or another model."
        )
    return layers[-1]
