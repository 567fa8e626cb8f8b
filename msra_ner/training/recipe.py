"""Settings that a run leaves open and that its encoder decides: layers to keep, learning rates."""

import logging
from collections.abc import Mapping
from typing import Any

from transformers import PreTrainedModel

from msra_ner.corpus import SAMPLE
from msra_ner.models import DEFAULT_MODEL, count_useful_layers, load_tokenizer
from msra_ner.training.data import Data
from msra_ner.training.parsing import Arguments
from msra_ner.training.rates import BASE_WIDTH, round_rate, scale_rate

logger = logging.getLogger(__name__)

# What may be left open.
OPEN_SETTINGS = ("num_hidden_layers", "learning_rate", "head_learning_rate")
# A head starts from random numbers and has further to go than the encoder.
HEAD_FACTOR = 10


def find_open_settings(arguments: Arguments) -> list[str]:
    """Return which settings nobody has given."""
    given = arguments.to_dict()
    return [name for name in OPEN_SETTINGS if given[name] is None]


def take_over(arguments: Arguments, record: Mapping[str, Any]) -> None:
    """Give a resumed run what its encoder decided at its start, where nobody says otherwise.

    ``record`` is its ``run.json``.
    """
    for name in set(record.get("chosen", ())) & {*find_open_settings(arguments)}:
        group = arguments.model if name == "num_hidden_layers" else arguments.training
        setattr(group, name, record["settings"][name])


def choose_layers(arguments: Arguments, data: Data) -> None:
    """Keep fewer layers of an encoder whose last ones have lost the difference between tokens."""
    model = arguments.model
    name = model.model_name_or_path
    if model.num_hidden_layers is not None or (name is None and data.folder == SAMPLE):
        return
    name = name or DEFAULT_MODEL
    tokens = [row.tokens for row in data.sentences["train"]]
    tokenizer = load_tokenizer(name, model.model_revision)
    kept = count_useful_layers(name, tokenizer, tokens, model.model_revision)
    if kept is not None:
        model.num_hidden_layers = kept
        logger.info(
            "The layers above %d have lost the difference between tokens, as in encoders made for "
            "sentences: they are left out (--num_hidden_layers says otherwise).",
            kept,
        )


def choose_rates(arguments: Arguments, model: PreTrainedModel) -> None:
    """Choose the learning rates that nobody gave by the width of the encoder."""
    args = arguments.training
    if args.learning_rate is not None:
        return
    width = getattr(model.config, "hidden_size", BASE_WIDTH)
    args.learning_rate = scale_rate(width)
    if args.head_learning_rate is None:
        args.head_learning_rate = round_rate(HEAD_FACTOR * args.learning_rate)
    logger.info(
        "Learning rate %g, of the head %g, for an encoder that is %d wide",
        *(args.learning_rate, args.head_learning_rate, width),
    )
