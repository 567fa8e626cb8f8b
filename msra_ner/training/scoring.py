"""The score of a split from what the Trainer predicts for its windows."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from transformers import EvalPrediction, Trainer

from msra_ner.corpus import SPLIT_NAMES
from msra_ner.dataset import is_encoded, project_rows
from msra_ner.errors import ScoreError
from msra_ner.metrics import Scores, format_coverage, format_scores, score_tags
from msra_ner.training.data import Data

logger = logging.getLogger(__name__)


def score_split(
    trainer: Trainer, data: Data, split: str, prefix: str
) -> tuple[dict[str, Any], list[list[str]]]:
    """Return the prefixed scores of a split and one predicted tag a token; log the table."""
    if not data.encoded or split not in data.encoded:
        logger.warning("%s has no %s split: nothing to score.", data.folder, split)
        return {}, []
    scored: list[Scores] = []
    own = trainer.compute_metrics
    trainer.compute_metrics = make_scorer(data, split, scored.append)
    try:
        output = trainer.predict(data.encoded[split], metric_key_prefix=prefix)
    finally:
        trainer.compute_metrics = own
    figures: dict[str, Any] = dict(output.metrics or {})
    scores = replace(scored[0], loss=figures.get(f"{prefix}_loss"))
    # The Trainer's figures are numbers: a ratio of nothing is not among them.
    figures |= {f"{prefix}_{key}": value for key, value in scores.to_dict().items()}
    logger.info("\n%s", format_scores(scores, SPLIT_NAMES[split]))
    logger.info("%s", format_coverage(scores, data.sentences[split]))
    return figures, _to_tags(data, split)(output.predictions)


def make_scorer(
    data: Data,
    split: str,
    keep: Callable[[Scores], None] = lambda scores: None,
    metric: str | None = None,
) -> Callable[[EvalPrediction], dict[str, Any]]:
    """Return the compute_metrics hook of a split, which first checks that the rows are its rows.

    Args:
        data: The corpus.
        split: The split.
        keep: Is given the scores as they are.
        metric: The figure that the best epoch is chosen by. The Trainer needs a number: a
            precision of nothing counts as 0. Other ratios of nothing are left out.
    """
    assert data.encoded is not None
    to_tags, rows = _to_tags(data, split), data.encoded[split]
    chosen = (metric or "").removeprefix("eval_")

    def score(prediction: EvalPrediction) -> dict[str, Any]:
        inputs = cast(Sequence[Any], prediction.inputs)
        if not is_encoded(rows, inputs):
            raise ScoreError(
                f"{split}: found {len(inputs)} predicted rows that are not the {len(rows)} of the "
                "split in their order. Evaluate in order and on the whole split."
            )
        tags = to_tags(prediction.predictions)
        scores = score_tags(data.sentences[split], tags, data.train_names)
        keep(scores)
        figures = {key: value for key, value in scores.to_dict().items() if value is not None}
        return {chosen: 0.0, **figures} if chosen in scores.to_dict() else figures

    return score


def _to_tags(data: Data, split: str) -> Callable[[Any], list[list[str]]]:
    lengths = [len(sentence.tokens) for sentence in data.sentences[split]]
    names = np.array(data.labels, dtype=object)

    def to_tags(predictions: Sequence[Any]) -> list[list[str]]:
        assert data.encoded is not None
        rows = project_rows(data.encoded[split], predictions, lengths)
        return [names[row].tolist() for row in rows]

    return to_tags
