"""Diagnose a run, a model or a file of predictions: the entry for Python and the command line."""

from pathlib import Path
from typing import Any, Literal

from msra_ner.corpus import SPLIT_KEYS, make_read_options, open_corpus
from msra_ner.diagnosis.diagnosis import Diagnosis, diagnose_evidence
from msra_ner.diagnosis.evidence import gather_model_evidence, read_data_dir, read_file_evidence
from msra_ner.errors import ArgumentsError


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
    if split not in SPLIT_KEYS:
        raise ArgumentsError(f"--split: found {split!r}, expected one of {', '.join(SPLIT_KEYS)}.")
    name = SPLIT_KEYS[split]
    if model_dir is not None and data_dir is None:
        data_dir = read_data_dir(Path(model_dir))
    corpus = (
        None if data_dir is None else open_corpus(data_dir, make_read_options("diagnose", options))
    )
    if predictions is not None:
        return diagnose_evidence(read_file_evidence(Path(predictions), corpus, name))
    assert model_dir is not None and corpus is not None  # noqa: PT018
    return diagnose_evidence(gather_model_evidence(str(model_dir), corpus, name))
