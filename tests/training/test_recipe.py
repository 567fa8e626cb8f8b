"""What a run leaves open is chosen by its encoder, recorded, and kept when it goes on."""

import json
from pathlib import Path

import pytest
from helpers.tiny_models import name_no_rates, read_record

import msra_ner
from msra_ner.corpus import SAMPLE
from msra_ner.training import parse_arguments
from msra_ner.training.data import Data
from msra_ner.training.open_settings import choose_decoder, find_open_settings

RATES = ("learning_rate", "head_learning_rate")


@pytest.fixture
def settings(tiny_corpus, tiny_encoder, tmp_path):
    """Settings of a short run that names no learning rate."""
    return name_no_rates(tiny_corpus, tiny_encoder, tmp_path / "run", num_train_epochs=1)


def test_rates_are_chosen_by_the_width_of_the_encoder(settings):
    msra_ner.train(**settings)
    record = read_record(settings)
    assert record["settings"]["learning_rate"] == 3e-4  # 32 wide: the highest that is chosen
    assert record["settings"]["head_learning_rate"] == 3e-3
    assert record["chosen"] == ["decoder", "train_scheme", "mask_share", *RATES]


def test_a_run_that_goes_on_keeps_what_was_chosen_again_and_again(settings):
    msra_ner.train(**settings)
    path = Path(settings["output_dir"], "run.json")
    record = read_record(settings)
    del record["settings"]["mask_share"]  # by an older version, that masked nothing
    record["chosen"].remove("mask_share")
    record["settings"] |= {"learning_rate": 2e-4, "num_hidden_layers": 2}  # by another version
    path.write_text(
        json.dumps(record | {"chosen": [*record["chosen"], "num_hidden_layers"]}), encoding="utf-8"
    )
    for epochs in (2, 3):
        more = {"num_train_epochs": epochs, "resume_from_checkpoint": "last"}
        msra_ner.train(**settings | more)
        record = read_record(settings)
        assert record["settings"]["learning_rate"] == 2e-4
        assert record["settings"]["mask_share"] == 0
        chosen = {*RATES, "num_hidden_layers", "decoder", "train_scheme", "mask_share"}
        assert {*record["chosen"]} == chosen


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
    others = ["num_hidden_layers", "decoder", "train_scheme", "mask_share"]
    assert open_settings == [*others, "head_learning_rate"]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([], 3),
        (["--recipe", "balanced"], 3),
        (["--recipe", "fast"], 1),
        (["--recipe", "best"], 6),
        (["--recipe", "best", "--num_train_epochs", "2"], 2),
        (["--data_dir", "sample"], 3),
    ],
)
def test_a_recipe_says_how_long_to_train_unless_a_flag_does(flags, expected):
    args = parse_arguments(["--data_dir", "somewhere", "--model_name_or_path", "x", *flags])
    assert args.training.num_train_epochs == expected
    batch = 32 if {"fast", "best"} & {*flags} else 16
    assert args.training.per_device_train_batch_size == batch


@pytest.mark.parametrize(("recipe", "expected"), [("fast", 3), ("balanced", 10), ("best", 20)])
def test_a_recipe_on_the_sample_trains_longer(recipe, expected):
    args = parse_arguments(["--data_dir", "sample", "--recipe", recipe])
    assert args.training.num_train_epochs == expected
    assert args.training.per_device_train_batch_size == 32
    choose_decoder(args, Data(SAMPLE, {}, (), {}))
    assert args.training.decoder == "viterbi"


@pytest.mark.parametrize(
    ("given", "decoder"),
    [
        ({}, "crf"),
        ({"recipe": "best"}, "crf"),
        ({"recipe": "fast"}, "viterbi"),
        ({"recipe": "best", "decoder": "argmax"}, "argmax"),
        ({"recipe": "fast", "decoder": "crf"}, "crf"),
        ({"label_smoothing_factor": 0.1}, "viterbi"),
        ({"label_all_pieces": True}, "viterbi"),
    ],
)
def test_the_decoder_is_that_of_the_recipe_where_it_can_be(settings, given, decoder, caplog):
    caplog.set_level("INFO")
    msra_ner.train(**{**settings, "num_train_epochs": 0.1}, **given)
    record = read_record(settings)
    assert record["settings"]["decoder"] == decoder
    assert ("decoder" in record["chosen"]) is ("decoder" not in given)
    assert ("there is no crf" in caplog.text) is (len(given) == 1 and "recipe" not in given)
    tagger = msra_ner.Tagger.from_pretrained(settings["output_dir"])
    assert tagger.decoder_name == decoder
    # What is only scored is decoded as it was trained.
    saved = {"model_name_or_path": settings["output_dir"], "overwrite": True}
    folder = Path(settings["output_dir"]).with_name("scored")
    msra_ner.train(**settings | saved | {"output_dir": str(folder)}, do_predict=True)
    assert json.loads((folder / "run.json").read_text())["settings"]["decoder"] == decoder


def test_a_head_that_can_have_no_chain_has_none(settings, monkeypatch, caplog):
    caplog.set_level("INFO")
    monkeypatch.setattr("msra_ner.models.chain.find_output_layers", lambda model: [])
    msra_ner.train(**settings)
    assert read_record(settings)["settings"]["decoder"] == "viterbi"
    assert "can have no transitions" in caplog.text
