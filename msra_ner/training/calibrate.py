"""The temperature of entities' scores, fitted on val and saved with the model."""

import logging
from collections.abc import Sequence
from itertools import compress
from typing import TYPE_CHECKING, cast

from transformers import PreTrainedModel

from msra_ner.decoding import apply_temperature, fit_temperature
from msra_ner.labels import decode_entities
from msra_ner.metrics import close_row
from msra_ner.models import CONFIG_KEY, TEMPERATURE

if TYPE_CHECKING:
    from msra_ner.training.trainer import NerTrainer

logger = logging.getLogger(__name__)

# Fewer entities say little about how often a score is right.
ENOUGH = 200


def calibrate(
    trainer: "NerTrainer",
    gold: Sequence[Sequence[str]],
    predicted: Sequence[Sequence[str]],
    scores: Sequence[Sequence[float]],
) -> list[list[float]]:
    """Fit the temperature to what was predicted for val, save it, and return scores under it.

    It is left at 1, and nothing is saved, where val has fewer than 200 predicted entities, or
    either none that is right or none that is wrong.

    Args:
        trainer: Of a run that has trained, and saved its model.
        gold: The tags of each sentence of val.
        predicted: Those that were predicted.
        scores: The probability of each predicted entity of each sentence.
    """
    correct: list[bool] = []
    scored: list[float] = []
    for tags, found, row in zip(gold, predicted, scores, strict=True):
        closed = close_row(tags, found)
        wanted = set(decode_entities(closed.gold))
        correct += [entity in wanted for entity in closed.pred_entities]
        scored += compress(row, closed.kept)
    if len(correct) < ENOUGH or all(correct) or not any(correct):
        return list(map(list, scores))
    temperature = fit_temperature(scored, correct)
    config = cast(PreTrainedModel, trainer.model).config
    setattr(config, CONFIG_KEY, {**getattr(config, CONFIG_KEY), TEMPERATURE: temperature})
    if trainer.is_world_process_zero():
        config.save_pretrained(trainer.args.output_dir or ".")
    logger.info("Scores of entities: temperature %g, fitted on val", temperature)
    return [apply_temperature(row, temperature) for row in scores]
