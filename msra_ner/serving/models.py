"""The models of a server, by the names that they are shown under."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from msra_ner.inference import MinScore, Tagger, Term
from msra_ner.report import ModelAbout, describe_run

logger = logging.getLogger(__name__)


def name_models(models: Sequence[str]) -> list[str]:
    """Return the names that models are shown under: of a folder only its own, and each once."""
    names: list[str] = []
    for model in models:
        name = Path(model).resolve().name if Path(model).is_dir() else model
        unique, number = name, 1
        while unique in names:
            number += 1
            unique = f"{name}-{number}"
        names.append(unique)
    return names


def load_taggers(
    models: Sequence[str],
    device: str | None = None,
    precision: str | None = None,
    batch_tokens: int | None = None,
    min_score: MinScore | None = None,
    dictionary: Iterable[Term] | None = None,
) -> dict[str, Tagger]:
    """Return a tagger for each folder or Hub name, by the name it is shown under.

    The arguments, and the errors raised, are those of ``Tagger.from_pretrained``.
    """
    taggers = {}
    for name, model in zip(name_models(models), models, strict=True):
        logger.info("Loading the model %s", model)
        taggers[name] = Tagger.from_pretrained(
            *(model, device, precision, batch_tokens),
            min_score=min_score,
            dictionary=dictionary,
        )
    return taggers


def describe_models(models: Sequence[str]) -> dict[str, ModelAbout | None]:
    """Return what the folder of each model says of it, by the name it is shown under."""
    return dict(zip(name_models(models), map(describe_run, models), strict=True))
