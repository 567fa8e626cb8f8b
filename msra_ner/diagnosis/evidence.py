"""Gather what is known of a model, a run or a file of predictions, for a diagnosis."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msra_ner.corpus import SAMPLE_LIMITS, SPLIT_NAMES, Corpus, Sentence
from msra_ner.diagnosis.diagnosis import Evidence
from msra_ner.diagnosis.text import TextFacts
from msra_ner.diagnosis.training import TrainingFacts
from msra_ner.errors import CorpusNotFoundError, ModelError
from msra_ner.report import (
    PREDICTIONS_FILE,
    RESULTS_FILE,
    RUN_FILE,
    STATE_FILE,
    Prediction,
    read_object,
    read_predictions,
)

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from msra_ner.inference import Tagger

logger = logging.getLogger(__name__)

# Sentences of train that are tagged, to see whether it was learned by heart: some 800 entities in
# MSRA, enough to tell a gap of 0.15 from chance.
TRAIN_LOOKED_AT = 500


def read_file_evidence(path: Path, corpus: Corpus | None, split: str) -> Evidence:
    """Return the evidence of a file of gold and predicted tags, of whatever tool.

    Args:
        path: JSON lines or columns, as :func:`msra_ner.report.read_predictions` takes them.
        corpus: The corpus the sentences are from, where it is known.
        split: Its split, under datasets' name.
    """
    predictions = read_predictions(path)
    sentences, train = _read_sentences(corpus, split) if corpus else (None, [])
    return Evidence(predictions, sentences, train, text=TextFacts(train))


def gather_model_evidence(folder: str, corpus: Corpus, split: str) -> Evidence:
    """Return the evidence of a run or model: its predictions, curves, settings and tokenizer.

    The split is tagged again with the model, so that what is diagnosed is what the model says; for
    test the predictions that the run left are used instead, where there are any.

    Raises:
        ModelError: There is no token classification model.
        CorpusNotFoundError: The corpus lacks the split.
    """
    from msra_ner.inference import Tagger

    sentences, train = _read_sentences(corpus, split)
    settings = read_object(Path(folder) / RUN_FILE).get("settings", {})
    # What the run was told to leave out is not lost.
    train = train[: settings.get("max_train_samples")]
    sentences = sentences[: settings.get(SAMPLE_LIMITS[split])]
    tagger = Tagger.from_pretrained(folder)
    if tagger.model is None:
        raise ModelError(
            f"{folder}: found an exported model, expected the run it was exported from: diagnosis "
            "looks at weights and training. Give that folder."
        )
    left = Path(folder) / PREDICTIONS_FILE
    # Of a run without a score of test, they are those of val.
    scored = "test_f1" in read_object(Path(folder) / RESULTS_FILE)
    if split == "test" and scored and left.exists():
        logger.info("%s: using the predictions that the run left", left)
        predictions = read_predictions(left)
    else:
        predictions = _tag(tagger, sentences)
    on_train = _tag(tagger, train[:TRAIN_LOOKED_AT])
    embeddings = tagger.model.get_input_embeddings()
    text = TextFacts(
        train,
        tagger.aligner.tokenizer,
        None if embeddings is None else int(embeddings.weight.shape[0]),
        tagger.tag_tokens,
    )
    training = TrainingFacts(
        read_object(Path(folder) / STATE_FILE).get("log_history", []),
        settings,
        _read_head(tagger.model),
    )
    return Evidence(predictions, sentences, train, on_train, text, training)


def read_data_dir(folder: Path) -> str:
    """Return the corpus that a run was trained on.

    Raises:
        CorpusNotFoundError: The folder does not say.
    """
    data = read_object(folder / RUN_FILE).get("data")
    if not isinstance(data, str):
        raise CorpusNotFoundError(
            f"{folder}: found no {RUN_FILE} that names a corpus, expected --data_dir. Give it."
        )
    return data


def _read_head(model: "PreTrainedModel") -> dict[str, list[float]]:
    """Return the weights of a model outside its encoder, by name, each as a flat list."""
    encoder = f"{model.base_model_prefix}."
    return {
        name: parameter.detach().flatten().tolist()
        for name, parameter in model.named_parameters()
        if not name.startswith(encoder)
    }


def _tag(tagger: "Tagger", sentences: Sequence[Sentence]) -> list[Prediction]:
    tags = tagger.tag_tokens(sentence.tokens for sentence in sentences)
    return [
        Prediction(sentence.tokens, sentence.tags, row, sentence.location)
        for sentence, row in zip(sentences, tags, strict=True)
    ]


def _read_sentences(corpus: Corpus, split: str) -> tuple[list[Sentence], list[Sentence]]:
    """Return the sentences of a split, and those of train where there are any."""
    if split not in corpus.splits:
        raise CorpusNotFoundError(
            f"{corpus.folder}: found no split {SPLIT_NAMES.get(split, split)!r}, expected one of "
            f"{', '.join(SPLIT_NAMES[name] for name in corpus.splits)}. Give another --split."
        )
    wanted = list(corpus.splits[split].sentences(corpus.labels))
    train = corpus.splits.get("train")
    known = train is not None and split != "train"
    return wanted, list(train.sentences(corpus.labels)) if known and train else []
