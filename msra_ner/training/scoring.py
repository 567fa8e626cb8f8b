"""The score of a split from what the Trainer predicts for its windows."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import datasets
from transformers import EvalPrediction

from msra_ner.corpus import SPLIT_NAMES
from msra_ner.dataset import is_encoded, project_rows, read_column
from msra_ner.decoding import ArgmaxDecoder, Decoder, check_logits
from msra_ner.errors import ScoreError
from msra_ner.labels import decode_entities
from msra_ner.metrics import Scores, format_coverage, format_scores, score_tags
from msra_ner.training.calibrate import calibrate
from msra_ner.training.data import Data

if TYPE_CHECKING:
    from msra_ner.training.trainer import NerTrainer

logger = logging.getLogger(__name__)

# Sentences of train that are looked at after training: some 800 entities in MSRA.
KNOWN_LOOKED_AT = 500


class Decoded(NamedTuple):
    """What was predicted for the sentences of a split.

    Attributes:
        tags: One tag a token, of each sentence.
        scores: The probability of each entity, of each sentence; None where only labels are known.
    """

    tags: list[list[str]]
    scores: list[list[float]] | None


def score_split(
    trainer: "NerTrainer", data: Data, split: str, prefix: str
) -> tuple[dict[str, Any], Decoded | None]:
    """Return the prefixed scores of a split and what was predicted; log the table."""
    if not data.encoded or split not in data.encoded:
        logger.warning("%s has no %s split: nothing to score.", data.folder, split)
        return {}, None
    logger.info("Scoring %s", SPLIT_NAMES[split])
    figures, scores, decoded = _predict(trainer, data, split, prefix)
    # The Trainer's figures are numbers: a ratio of nothing is not among them.
    figures |= {f"{prefix}_{key}": value for key, value in scores.to_dict().items()}
    logger.info("\n%s", format_scores(scores, SPLIT_NAMES[split]))
    logger.info("%s", format_coverage(scores, data.sentences[split]))
    if trainer.args.do_train and split == "validation" and decoded.scores is not None:
        gold = [sentence.tags for sentence in data.sentences[split]]
        calibrated = calibrate(trainer, gold, decoded.tags, decoded.scores)
        decoded = decoded._replace(scores=calibrated)
    return figures, decoded


def score_known(trainer: "NerTrainer", data: Data) -> Scores:
    """Return the scores of a trained model on the first sentences of its train."""
    assert data.encoded is not None
    rows = data.encoded["train"]
    count = int((read_column(rows, "sentence").to_numpy() < KNOWN_LOOKED_AT).sum())
    logger.info("Scoring sentences of train, to see whether there is more to learn")
    part = replace(
        data,
        sentences={"train": data.sentences["train"][:KNOWN_LOOKED_AT]},
        encoded=datasets.DatasetDict({"train": rows.select(range(count))}),
    )
    return _predict(trainer, part, "train", "train")[1]


def _predict(
    trainer: "NerTrainer", data: Data, split: str, prefix: str
) -> tuple[dict[str, Any], Scores, Decoded]:
    """Return the Trainer's figures of a split, its scores, and what was predicted."""
    assert data.encoded is not None
    scored: list[tuple[Scores, Decoded]] = []
    own = trainer.compute_metrics
    trainer.compute_metrics = make_scorer(
        data, split, trainer.find_decoder, keep=lambda *found: scored.append(found)
    )
    try:
        output = trainer.predict(data.encoded[split], metric_key_prefix=prefix)
    finally:
        trainer.compute_metrics = own
    figures: dict[str, Any] = dict(output.metrics or {})
    found, decoded = scored[0]
    return figures, replace(found, loss=figures.get(f"{prefix}_loss")), decoded


def make_scorer(
    data: Data,
    split: str,
    find_decoder: Callable[[], Decoder],
    *,
    keep: Callable[[Scores, Decoded], None] | None = None,
    metric: str | None = None,
) -> Callable[[EvalPrediction], dict[str, Any]]:
    """Return the compute_metrics hook of a split, which first checks that the rows are its rows.

    Args:
        data: The corpus.
        split: The split.
        find_decoder: Returns the decoder, as the model is then.
        keep: Is given the scores as they are, and what was predicted.
        metric: The figure that the best epoch is chosen by. The Trainer needs a number: a
            precision of nothing counts as 0. Other ratios of nothing are left out.
    """
    assert data.encoded is not None
    rows = data.encoded[split]
    lengths = [len(sentence.tokens) for sentence in data.sentences[split]]
    chosen = (metric or "").removeprefix("eval_")

    def score(prediction: EvalPrediction) -> dict[str, Any]:
        # Each is a list of batches, padded to the longest row of a batch.
        inputs, predicted = (
            list(chain.from_iterable(cast(Sequence[Any], batches)))
            for batches in (prediction.inputs, prediction.predictions)
        )
        if not is_encoded(rows, inputs):
            raise ScoreError(
                f"{split}: found {len(inputs)} predicted rows that are not the {len(rows)} of the "
                "split in their order. Evaluate in order and on the whole split."
            )
        found = project_rows(rows, predicted, lengths)
        decoder = find_decoder()
        # Of argmax the device gives the label ids: with very many labels, logits would fill memory.
        only_labels = isinstance(decoder, ArgmaxDecoder)
        if not only_labels:
            check_logits(found)
        paths = found if only_labels else decoder.find_labels(found)
        tags = [[data.labels[label] for label in path.tolist()] for path in paths]
        scores = score_tags(data.sentences[split], tags, data.train_names)
        if keep is not None:
            probabilities = None
            if not only_labels:
                probabilities = decoder.find_probabilities(found, list(map(decode_entities, tags)))
            keep(scores, Decoded(tags, probabilities))
        figures = {key: value for key, value in scores.to_dict().items() if value is not None}
        return {chosen: 0.0, **figures} if chosen in scores.to_dict() else figures

    return score
