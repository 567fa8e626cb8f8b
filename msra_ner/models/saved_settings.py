"""The settings of training that tagging and scoring need, kept in the model's ``config.json``."""

import logging
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from msra_ner.corpus import ReadOptions
from msra_ner.models.loading import CONFIG_KEY, load_config

logger = logging.getLogger(__name__)

# What decides the figures of a saved model; its config keeps them under CONFIG_KEY.
SCORE_SETTINGS = (
    *(item.name for item in fields(ReadOptions)),
    *("window_overlap", "label_all_pieces", "max_train_samples", "bf16", "fp16"),
)


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
    a window holds), which becomes the limit of the tokenizer too.
    """
    tokenizer.model_max_length = max_length
    # Not by truth: 0 is a value.
    kept = {
        key: value
        for key in SCORE_SETTINGS
        if (value := settings.get(key)) is not None and value is not False
    }
    token = "character" if by_character else "word"
    setattr(model.config, CONFIG_KEY, {"token": token, "max_length": max_length, **kept})


def read_saved_settings(name: str) -> dict[str, Any]:
    """Return the settings that decide the score of a saved model, to score it alike again."""
    saved: dict[str, Any] | None = getattr(load_config(name), CONFIG_KEY, None)
    if saved is None:
        logger.warning("%s was not saved by msra-ner: all settings are the defaults.", name)
        return {}
    return {key: value for key, value in saved.items() if key != "token"}
