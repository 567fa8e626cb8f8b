"""What a run leaves open is chosen by its encoder, recorded, and kept when it goes on."""

import json
from pathlib import Path

import pytest
from helpers.tiny_models import TINY_RUN

import msra_ner
from msra_ner.training import parse_arguments
from msra_ner.training.recipe import find_open_settings


@pytest.fixture
def settings(tiny_corpus, tiny_encoder, tmp_path):
    """Settings of a short run that names no learning rate."""
    given = {key: value for key, value in TINY_RUN.items() if key != "learning_rate"}
    return {
        **given,
        "data_dir": str(tiny_corpus),
        "model_name_or_path": str(tiny_encoder),
        "output_dir": str(tmp_path / "run"),
        "num_train_epochs": 1,
    }


def read_record(settings):
    return json.loads(Path(settings["output_dir"], "run.json").read_text(encoding="utf-8"))


def test_rates_are_chosen_by_the_width_of_the_encoder(settings):
    msra_ner.train(**settings)
    record = read_record(settings)
    assert record["settings"]["learning_rate"] == 3e-4  # 32 wide: the highest that is chosen
    assert record["settings"]["head_learning_rate"] == 3e-3
    assert record["chosen"] == ["learning_rate", "head_learning_rate"]


def test_a_run_that_goes_on_keeps_what_was_chosen_again_and_again(settings):
    msra_ner.train(**settings)
    path = Path(settings["output_dir"], "run.json")
    record = read_record(settings)
    record["settings"] |= {"learning_rate": 2e-4, "num_hidden_layers": 2}  # by another version
    path.write_text(json.dumps(record | {"chosen": [*record["chosen"], "num_hidden_layers"]}))
    for epochs in (2, 3):
        more = {"num_train_epochs": epochs, "resume_from_checkpoint": "last"}
        msra_ner.train(**settings | more)
        record = read_record(settings)
        assert record["settings"]["learning_rate"] == 2e-4
        assert {*record["chosen"]} == {"learning_rate", "head_learning_rate", "num_hidden_layers"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"learning_rate": 1e-5}, (1e-5, None)),
        ({"head_learning_rate": 1e-3}, (3e-4, 1e-3)),
        ({"learning_rate": 1e-5, "head_learning_rate": 1e-3}, (1e-5, 1e-3)),
    ],
)
def test_what_is_given_stays(settings, given, expected):
    msra_ner.train(**settings, **given)
    saved = read_record(settings)["settings"]
    assert (saved["learning_rate"], saved["head_learning_rate"]) == expected


def test_the_sample_has_rates_of_its_own():
    open_settings = find_open_settings(parse_arguments(["--data_dir", "sample"]))
    assert open_settings == ["num_hidden_layers", "head_learning_rate"]
