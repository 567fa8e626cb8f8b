"""`msra_ner.diagnose`, for a notebook: a diagnosis prints its report."""

import json

import pytest
from helpers.builders import EXAMPLE_SENTENCES

import msra_ner
from msra_ner.corpus import Sentence
from msra_ner.errors import ArgumentsError, CorpusNotFoundError, ModelError
from msra_ner.report.predictions import write_predictions


def test_a_file_of_predictions(tmp_path):
    predictions = tmp_path / "predictions.jsonl"
    sentences = EXAMPLE_SENTENCES * 5
    write_predictions(predictions, sentences, [["O", *row.tags[:-1]] for row in sentences])
    found = msra_ner.diagnose(predictions=str(predictions))
    assert found.findings[0].check == "shifted_labels"
    assert found.findings[0].f1_after > found.score.f1
    assert "1. shifted_labels: all labels are 1 place(s) too late" in str(found)
    f1 = f"{100 * found.score.f1:.2f}"
    assert repr(found) == f"<Diagnosis: F1 {f1}, {', '.join(x.check for x in found.findings)}>"
    data = json.loads(json.dumps(found.to_json()))
    assert data["wrong"] is True
    assert data["causes"][0]["check"] == "shifted_labels"
    assert data["score"]["accuracy"] == found.token_accuracy
    assert data["score"]["f1"] == found.score.f1
    assert data["example"].keys() == {"tokens", "gold", "predicted", "place"}


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({}, ArgumentsError, "and predictions, expected one of them"),
        ({"model_dir": "."}, CorpusNotFoundError, "expected data_dir"),
        ({"model_dir": "./run", "data_dir": "sample"}, ModelError, "found no such folder"),
        ({"model_dir": "run", "predictions": "x"}, ArgumentsError, "expected one of them"),
        ({"predictions": "x", "split": "dev"}, ArgumentsError, "split: found 'dev', expected one"),
    ],
)
def test_what_cannot_be_is_refused(settings, error, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        msra_ner.diagnose(**settings)


def test_two_entities_prove_nothing(tmp_path):
    """All labels one place late, in two entities: chance does that too."""
    predictions = tmp_path / "predictions.jsonl"
    sentences = [Sentence(list("周敏去苏州了"), ["B-PER", "I-PER", "O", "B-LOC", "I-LOC", "O"])]
    write_predictions(predictions, sentences, [["O", *row.tags[:-1]] for row in sentences])
    assert msra_ner.diagnose(predictions=predictions).findings == []


def test_predictions_of_another_corpus_are_not_called_lost(tmp_path):
    """R5: -1,264 of 60 gold entities were never scored, F1 191.33 at best."""
    corpus = tmp_path / "corpus" / "test"
    corpus.mkdir(parents=True)
    (corpus / "sentences.txt").write_text("今 天 下 雨\n", encoding="utf-8")
    (corpus / "tags.txt").write_text("O O O O\n", encoding="utf-8")
    predictions = tmp_path / "predictions.jsonl"
    write_predictions(predictions, EXAMPLE_SENTENCES, [row.tags for row in EXAMPLE_SENTENCES])
    found = msra_ner.diagnose(predictions=predictions, data_dir=tmp_path / "corpus")
    assert [finding.check for finding in found.findings] == ["other_corpus"]
    assert "0 of 16 predictions begin as one of its sentences does" in found.findings[0].evidence
    # Without tokens, too: there cannot be more gold entities than in the corpus.
    lines = [json.dumps({"gold": row.tags, "predicted": row.tags}) for row in EXAMPLE_SENTENCES]
    predictions.write_text("\n".join(lines))
    found = msra_ner.diagnose(predictions=predictions, data_dir=tmp_path / "corpus")
    assert [finding.check for finding in found.findings] == ["other_corpus"]
