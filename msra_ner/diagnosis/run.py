"""Diagnose a run, a model or a file of predictions: gather what is known of it, and look at it."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msra_ner.argument_types import check_argument_types
from msra_ner.corpus import (
    SAMPLE_LIMITS,
    SPLIT_KEYS,
    SPLIT_NAMES,
    Corpus,
    Sentence,
    make_read_options,
    open_corpus,
)
from msra_ner.diagnosis.coverage import are_of
from msra_ner.diagnosis.diagnosis import Diagnosis, Evidence, diagnose_evidence
from msra_ner.diagnosis.text import TextFacts
from msra_ner.diagnosis.training import TrainingFacts
from msra_ner.errors import ArgumentsError, CorpusNotFoundError, ModelError
from msra_ner.logs import hide_weight_bars
from msra_ner.models import check_model_name
from msra_ner.report import (
    PREDICTIONS_FILE,
    RESULTS_FILE,
    RUN_FILE,
    STATE_FILE,
    Prediction,
    find_own_corpus,
    read_corpus_options,
    read_object,
    read_predictions,
)

if TYPE_CHECKING:
    from msra_ner.inference import Tagger

logger = logging.getLogger(__name__)

# Sentences of train that are tagged, to see whether it was learned by heart: some 800 entities in
# MSRA, enough to tell a gap of 0.15 from chance.
TRAIN_LOOKED_AT = 500


@check_argument_types
def diagnose(
    model_dir: str | Path | None = None,
    *,
    predictions: str | Path | None = None,
    data_dir: str | Path | None = None,
    split: Literal["train", "val", "test"] = "test",
    **options: Any,
) -> Diagnosis:
    """Find out why F1 is low, and what to do.

    Give a run or model, which then tags the split, or a file of predictions of any tool::

        found = msra_ner.diagnose("runs/bert")
        print(found)  # the whole report
        [(finding.check, finding.remedy) for finding in found.findings]

        msra_ner.diagnose(predictions="predictions.jsonl", data_dir="data/msra", split="val")

    Args:
        model_dir: Folder that train wrote, or a model on the Hub.
        predictions: File of gold and predicted tags, JSON lines or columns.
        data_dir: The corpus; None takes the one that the run was trained on. With ``predictions``
            it may be left out, then nobody can say what is missing.
        split: The split to look at.
        **options: How to read the corpus: the fields of :class:`msra_ner.corpus.ReadOptions`.

    Raises:
        ArgumentsError: Neither or both of a model and predictions are given, or no split has this
            name.
        CorpusNotFoundError: A file, the corpus or its split is missing.
        CorpusError: A file breaks its format.
        ModelError: There is no token classification model.
    """
    if (model_dir is None) == (predictions is None):
        raise ArgumentsError(
            "diagnose: found neither or both of a model and --predictions, expected one of them."
        )
    name = SPLIT_KEYS[split]
    if model_dir is not None:
        check_model_name(model_dir)
    if model_dir is not None and data_dir is None:
        data_dir = find_own_corpus(model_dir)
        if data_dir is None:
            raise CorpusNotFoundError(
                f"{model_dir}: found no {RUN_FILE} that names a corpus, expected --data_dir. "
                "Give it."
            )
    corpus = None
    if data_dir is not None:
        own = read_corpus_options(model_dir, data_dir) if model_dir is not None else {}
        corpus = open_corpus(data_dir, make_read_options("diagnose", {**own, **options}))
    if predictions is not None:
        rows = read_predictions(Path(predictions))
        sentences, train = _read_sentences(corpus, name) if corpus else (None, [])
        return diagnose_evidence(Evidence(rows, sentences, train, text=TextFacts(train)))
    assert model_dir is not None and corpus is not None  # noqa: PT018
    return diagnose_evidence(_gather_evidence(str(model_dir), corpus, name))


def _gather_evidence(name: str, corpus: Corpus, split: str) -> Evidence:
    """Return the evidence of a run or model: its predictions, curves, settings and tokenizer.

    The split is tagged again with the model, so that what is diagnosed is what the model says; for
    test the predictions that the run left are used instead, where there are any.
    """
    from msra_ner.inference import Tagger

    folder = Path(name)
    sentences, train = _read_sentences(corpus, split)
    settings = read_object(folder / RUN_FILE).get("settings", {})
    # What the run was told to leave out is not lost.
    train = train[: settings.get("max_train_samples")]
    sentences = sentences[: settings.get(SAMPLE_LIMITS[split])]
    logger.info("Loading the model %s", name)
    with hide_weight_bars():
        tagger = Tagger.from_pretrained(name)
    model = tagger.model
    if model is None:
        raise ModelError(
            f"{folder}: found an exported model, expected the run it was exported from: diagnosis "
            "looks at weights and training. Give that folder."
        )
    left = folder / PREDICTIONS_FILE
    # Of a run without a score of test, they are those of val.
    scored = "test_f1" in read_object(folder / RESULTS_FILE)
    predictions = read_predictions(left) if split == "test" and scored and left.exists() else []
    if predictions and are_of(predictions, sentences):
        logger.info("%s: using the predictions that the run left", left)
    else:
        if predictions:
            logger.info("%s: not of this corpus, which is tagged now", left)
        logger.info("Tagging the %d sentences of %s", len(sentences), SPLIT_NAMES[split])
        predictions = _tag(tagger, sentences)
    logger.info("Tagging sentences of train, to see whether it was learned by heart")
    on_train = _tag(tagger, train[:TRAIN_LOOKED_AT])
    embeddings = model.get_input_embeddings()
    rows = None if embeddings is None else int(embeddings.weight.shape[0])
    text = TextFacts(train, tagger.aligner.tokenizer, rows, tagger.tag_tokens)
    head = {
        name: parameter.detach().flatten().tolist()
        for name, parameter in model.named_parameters()
        if not name.startswith(f"{model.base_model_prefix}.")
    }
    logger.info("Looking for what is wrong")
    history = read_object(folder / STATE_FILE).get("log_history", [])
    width = getattr(model.config, "hidden_size", None)
    training = TrainingFacts(history, settings, head, width)
    return Evidence(predictions, sentences, train, on_train, text, training, tagger.types)


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
    names = {split, "train"} & corpus.splits.keys()
    sentences = {name: list(corpus.splits[name].sentences(corpus.labels)) for name in names}
    return sentences.pop(split), sentences.get("train", [])
