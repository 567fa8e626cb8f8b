"""Settings that a run leaves open and that its encoder decides: layers, decoder, learning rates."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from msra_ner.decoding import DEFAULT_DECODER, DecoderName, TrainScheme
from msra_ner.errors import ArgumentsError
from msra_ner.models import (
    CONFIG_KEY,
    can_have_chain,
    count_useful_layers,
    list_labels,
    load_config,
    load_tokenizer,
    read_chain_scheme,
)
from msra_ner.training.arguments import NerTrainingArguments
from msra_ner.training.chain_limits import find_obstacle
from msra_ner.training.data import Data
from msra_ner.training.encoder import find_pretrained
from msra_ner.training.parsing import Arguments
from msra_ner.training.rates import BASE_WIDTH, round_rate, scale_rate
from msra_ner.training.recipe import RECIPES
from msra_ner.training.resume import Checkpoint

logger = logging.getLogger(__name__)

# What may be left open.
OPEN_SETTINGS = (
    *("num_hidden_layers", "decoder", "train_scheme", "mask_share"),
    *("learning_rate", "head_learning_rate"),
)
# Of a chain; what it is worth is in docs/results.md.
DEFAULT_SCHEME: TrainScheme = "bioes"
# A head starts from random numbers and has further to go than the encoder.
HEAD_FACTOR = 10


def find_open_settings(arguments: Arguments) -> list[str]:
    """Return which settings nobody has given."""
    given = arguments.to_dict()
    return [name for name in OPEN_SETTINGS if given[name] in (None, "auto")]


def take_over(arguments: Arguments, checkpoint: Checkpoint) -> None:
    """Give a resumed run what its encoder decided at its start, where nobody says otherwise.

    Raises:
        ArgumentsError: The chain of the checkpoint has learned in another scheme.
    """
    args, record = arguments.training, checkpoint.record
    for name in set(record.get("chosen", ())) & {*find_open_settings(arguments)}:
        group = arguments.model if name == "num_hidden_layers" else args
        setattr(group, name, record["settings"][name])
    if args.mask_share is None and "mask_share" not in record.get("settings", {}):
        args.mask_share = 0.0  # older runs mask nothing
    # Older runs do not say what their chain learns in.
    scheme = read_chain_scheme(getattr(load_config(checkpoint.path), CONFIG_KEY, None))
    args.train_scheme = args.train_scheme or scheme
    if scheme not in (None, args.train_scheme):
        raise ArgumentsError(
            f"--train_scheme: found {args.train_scheme}, expected {scheme}, in which the chain of "
            f"{checkpoint.path} has learned. Leave it out."
        )


def choose_layers(arguments: Arguments, data: Data) -> None:
    """Keep fewer layers of an encoder whose last ones have lost the difference between tokens."""
    model = arguments.model
    name = find_pretrained(model, data)
    if model.num_hidden_layers is not None or name is None:
        return
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


def choose_decoder(arguments: Arguments, data: Data) -> None:
    """Choose the decoder that nobody gave, and what its chain learns in.

    What is only scored has what it was trained with.

    Raises:
        ArgumentsError: There is a scheme for a chain, and no chain, or one of another scheme.
    """
    args, name = arguments.training, find_pretrained(arguments.model, data)
    config = None if name is None else load_config(name, arguments.model.model_revision)
    saved: Mapping[str, Any] = getattr(config, CONFIG_KEY, None) or {}
    scheme = read_chain_scheme(saved)
    if not args.do_train:
        if args.train_scheme not in (None, scheme):
            raise ArgumentsError(
                f"--train_scheme: found {args.train_scheme}, expected {scheme or 'none'}, which "
                f"{name} was trained with. Leave it out."
            )
        args.train_scheme = scheme
        if args.decoder == "auto":
            args.decoder = saved.get("decoder", DEFAULT_DECODER)
        return
    if args.decoder == "auto":
        args.decoder = _find_decoder(arguments, config, name)
    if args.decoder != "crf" and args.train_scheme is not None:
        raise ArgumentsError(
            f"--train_scheme: found {args.train_scheme} with --decoder {args.decoder}, expected "
            "crf: what has no transitions learns in IOB2. Give --decoder crf, or leave it out."
        )
    if args.decoder == "crf" and args.train_scheme is None:
        # Of other labels, a chain begins from the start.
        labels = () if config is None else list_labels(config)
        args.train_scheme = (scheme if labels == data.labels else None) or DEFAULT_SCHEME


def _find_decoder(arguments: Arguments, config: Any, name: str | None) -> DecoderName:
    """Return the decoder of the recipe, for the encoder of a name; None is built in place."""
    args = arguments.training
    if name is None:  # the figures of the sample are those of this decoder
        return DEFAULT_DECODER
    if not RECIPES[args.recipe].chain:
        return DEFAULT_DECODER
    if found := find_obstacle(arguments.to_dict(), args.divides_weights()):
        logger.info("Decoder viterbi: with %s there is no crf (%s).", *found)
        return DEFAULT_DECODER
    if not can_have_chain(config, name):
        logger.info("Decoder viterbi: the head of %s can have no transitions.", name)
        return DEFAULT_DECODER
    return "crf"


def choose_mask_share(arguments: Arguments, data: Data, tokenizer: PreTrainedTokenizerBase) -> None:
    """Choose how much of a training batch is masked, where nobody says so: by the recipe.

    Raises:
        ArgumentsError: Something is to be masked, and the tokenizer has no mask piece.
    """
    args = arguments.training
    can_mask = tokenizer.mask_token_id is not None
    if args.mask_share is None:
        # What is built in place has the figures of no masks.
        is_pretrained = find_pretrained(arguments.model, data) is not None
        masks = can_mask and is_pretrained
        args.mask_share = RECIPES[args.recipe].mask_share if masks else 0.0
    elif args.mask_share and not can_mask:
        raise ArgumentsError(
            f"--mask_share: found {args.mask_share}, and no mask piece in the vocabulary of "
            f"{arguments.model.model_name_or_path}, expected an encoder that has one. Leave it out."
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


def may_begin_again(args: NerTrainingArguments, left_open: Sequence[str]) -> bool:
    """Return whether a run that goes wrong may be begun again with other rates.

    The rates must be its own, all weights in each process, and nothing outside changed: neither a
    repository on the Hub, nor the model by the hooks of NEFTune.
    """
    outside = args.push_to_hub or args.neftune_noise_alpha or args.divides_weights()
    return "learning_rate" in left_open and not outside


def lower_rates(args: NerTrainingArguments, left_open: Sequence[str]) -> None:
    """Set the rates that nobody gave to a third, for a run that has learned nothing."""
    for name in ("learning_rate", "head_learning_rate"):
        if name in left_open:
            setattr(args, name, round_rate(getattr(args, name) / 3))
    rates = args.learning_rate, args.head_learning_rate
    logger.warning("Learning rate now %g, of the head %g", *rates)
