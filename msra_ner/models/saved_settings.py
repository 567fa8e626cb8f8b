"""The settings of training that tagging and scoring need, kept in the model's ``config.json``."""

import logging
from collections.abc import Mapping
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from msra_ner.models.loading import CONFIG_KEY, VERY_LARGE, load_config

logger = logging.getLogger(__name__)

# What decides the figures of a saved model; its config keeps them under CONFIG_KEY. How the files
# of its training were read does not: another corpus has files of its own.
SCORE_SETTINGS = (
    *("window_overlap", "label_all_pieces", "max_train_samples", "bf16", "fp16", "decoder"),
    "train_scheme",
)
# Under CONFIG_KEY, too: that of the scores of entities, fitted on val.
TEMPERATURE = "score_temperature"


def read_temperature(settings: Mapping[str, Any], decoder: str) -> float:
    """Return the temperature that a model was saved with, where it is asked by the same decoder.

    1, which changes nothing, for another decoder and where none was saved.
    """
    value = settings.get(TEMPERATURE, 1.0) if settings.get("decoder") == decoder else 1.0
    return float(value)


def remember_settings(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    settings: Mapping[str, Any],
    *,
    by_character: bool,
    max_length: int,
) -> None:
    """Keep in the model's config and tokenizer what tagging needs to work as training did.

    Of all settings of a run, those in ``SCORE_SETTINGS`` are kept, with ``max_length`` (word pieces
    a window holds), which becomes the limit of the tokenizer too: pipelines go by it. The limit
    that the tokenizer had is kept as ``tokenizer_limit``, for training that goes on from here.
    """
    # Not by truth: 0 is a value.
    kept = {
        key: value
        for key in SCORE_SETTINGS
        if (value := settings.get(key)) is not None and value is not False
    }
    if tokenizer.model_max_length < VERY_LARGE:
        kept["tokenizer_limit"] = tokenizer.model_max_length
    tokenizer.model_max_length = max_length
    token = "character" if by_character else "word"
    setattr(model.config, CONFIG_KEY, {"token": token, "max_length": max_length, **kept})


def read_saved_settings(name: str) -> dict[str, Any]:
    """Return the settings that decide the score of a saved model, to score it alike again."""
    saved: dict[str, Any] | None = getattr(load_config(name), CONFIG_KEY, None)
    if saved is None:
        logger.warning("%s was not saved by msra-ner: all settings are the defaults.", name)
        return {}
    return {key: saved[key] for key in (*SCORE_SETTINGS, "max_length") if key in saved}
