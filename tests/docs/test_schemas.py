"""The schemas of the reference describe what is written."""

import json
from pathlib import Path

import pytest

from msra_ner.cli import main

SCHEMAS = Path(__file__).parents[2] / "docs/reference/schemas"


@pytest.fixture(scope="module")
def validate():
    validators = pytest.importorskip("jsonschema", reason="jsonschema is not installed; [all]")

    def validate(name, value):
        schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
        validators.Draft202012Validator.check_schema(schema)
        validators.Draft202012Validator(schema).validate(value)

    return validate


@pytest.mark.parametrize("name", ["run", "all_results", "report"])
def test_a_file_of_a_run_is_as_its_schema_says(name, workplace, validate):
    path = workplace / "runs/bert" / f"{name}.json"
    validate(name, json.loads(path.read_text(encoding="utf-8")))


def test_each_prediction_is_as_its_schema_says(workplace, validate):
    lines = (workplace / "runs/bert/predictions.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines
    for line in lines:
        validate("predictions", json.loads(line))


def test_what_predict_writes_is_as_its_schema_says(workplace, validate, capsys):
    assert main(["predict", str(workplace / "runs/bert"), "--text", "王小明在北京"]) == 0
    (line,) = capsys.readouterr().out.strip().splitlines()
    validate("tagged", json.loads(line))


def test_a_schema_refuses_what_is_not_so(workplace, validate):
    import jsonschema

    with pytest.raises(jsonschema.ValidationError):
        validate("tagged", {"text": "王小明", "entities": [{"type": "PER", "start": -1}]})
