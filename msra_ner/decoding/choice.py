"""The decoder of a name, for a model's labels and weights."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from msra_ner.argument_types import check_choice
from msra_ner.decoding.chain_labels import TrainScheme
from msra_ner.decoding.decoders import (
    ArgmaxDecoder,
    CrfDecoder,
    Decoder,
    DecoderName,
    ViterbiDecoder,
)
from msra_ner.errors import ArgumentsError

DECODERS: tuple[DecoderName, ...] = ("viterbi", "argmax", "crf")


def make_decoder(
    name: str,
    labels: Sequence[str],
    transitions: Any = None,
    scheme: TrainScheme = "iob2",
    temperature: float = 1.0,
) -> Decoder:
    """Return a decoder of ``DECODERS`` for a label list.

    Args:
        name: Its name.
        labels: The label list.
        transitions: Those of the model if it has some, shape ``(chain, chain)``: rows of numbers,
            or an array.
        scheme: What the chain learned in.
        temperature: Of the probabilities of entities.

    Raises:
        ArgumentsError: There is none of this name, or it does not go with the model: without
            transitions there is no ``crf``, and with them the logits alone say little.
    """
    check_choice("decoder", name, DECODERS)
    if name != "crf" and transitions is not None:
        raise ArgumentsError(
            f"decoder: found {name} for a model that was trained with transitions, expected crf: "
            "without them its logits are not those of labels. Leave the decoder out."
        )
    if name == "crf" and transitions is None:
        raise ArgumentsError(
            "decoder: found crf for a model without transitions, expected one that was trained "
            "with --decoder crf. Train it so, or choose viterbi, which needs no training."
        )
    decoder: ArgmaxDecoder | ViterbiDecoder | CrfDecoder
    if name == "crf":
        decoder = CrfDecoder(labels, np.asarray(transitions, dtype=np.float64), scheme)
    else:
        decoder = ArgmaxDecoder(labels) if name == "argmax" else ViterbiDecoder(labels)
    decoder.temperature = temperature
    return decoder
