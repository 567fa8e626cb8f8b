"""`msra_ner.diagnose`, for a notebook: a diagnosis prints its report."""

import json

import pytest
from helpers.builders import EXAMPLE_SENTENCES

import msra_ner
from msra_ner.errors import ArgumentsError, CorpusNotFoundError
from msra_ner.report.predictions import write_predictions


def test_a_file_of_predictions(tmp_path):
    predictions = tmp_path / "predictions.jsonl"
    late = [["O", *row.tags[:-1]] for row in EXAMPLE_SENTENCES]
    write_predictions(predictions, EXAMPLE_SENTENCES, late)
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
        ({"model_dir": "run"}, CorpusNotFoundError, "expected data_dir"),
        ({"model_dir": "run", "predictions": "x"}, ArgumentsError, "expected one of them"),
        ({"predictions": "x", "split": "dev"}, ArgumentsError, "split: found 'dev', expected one"),
    ],
)
def test_what_cannot_be_is_refused(settings, error, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        msra_ner.diagnose(**settings)
