"""A run that learns nothing is noticed while it runs, and begins again once."""

import json
import logging
from math import log

import pytest
from helpers.builders import marked
from helpers.tiny_models import TINY_RUN

import msra_ner
from msra_ner.training import stuck

SENTENCES = [marked("[PER 李娜]到[LOC 巴黎]"), marked("下雨")]


@pytest.fixture
def settings(tiny_corpus, tiny_encoder, tmp_path):
    """Settings of a run of 30 steps that names no rates."""
    given = {key: value for key, value in TINY_RUN.items() if key != "learning_rate"}
    return {
        **given,
        "data_dir": str(tiny_corpus),
        "model_name_or_path": str(tiny_encoder),
        "output_dir": str(tmp_path / "run"),
        "max_steps": 30,
        "logging_steps": 1,
    }


def read_record(settings):
    with open(f"{settings['output_dir']}/run.json", encoding="utf-8") as file:
        return json.load(file)


def test_the_loss_of_a_model_that_does_not_read_is_the_entropy_of_the_labels():
    # O 3 of 7; B-PER, I-PER, B-LOC, I-LOC 1 each.
    expected = -(3 / 7 * log(3 / 7) + 4 / 7 * log(1 / 7))
    assert stuck.find_blind_loss(SENTENCES, chain=False) == pytest.approx(expected)
    # Behind a start: B-PER or O. B-PER: I-PER. I-PER: O. O: B-LOC or O. The others are certain.
    pairs = 4 * log(2) / 7
    assert stuck.find_blind_loss(SENTENCES, chain=True) == pytest.approx(expected + pairs)


def test_a_run_that_learns_is_left_alone(settings, monkeypatch, caplog):
    monkeypatch.setattr(stuck, "PATIENCE", 15)
    rates = {"learning_rate": 3e-3, "head_learning_rate": 3e-2}
    msra_ner.train(**settings, **rates)
    assert "does not read at all" not in caplog.text
    assert "restarted" not in read_record(settings)


@pytest.mark.parametrize("decoder", ["viterbi", "crf"])
def test_a_stuck_run_begins_again_with_lower_rates(settings, decoder, monkeypatch, caplog):
    monkeypatch.setattr(stuck, "PATIENCE", 5)
    monkeypatch.setattr(stuck, "NEAR", 0.0)  # every run is
    # Checkpoints of the first try are not those of the second.
    often = {"eval_strategy": "steps", "save_strategy": "steps", "eval_steps": 2, "save_steps": 2}
    with caplog.at_level(logging.WARNING):
        result = msra_ner.train(**settings, **often, decoder=decoder, save_total_limit=None)
    record = read_record(settings)
    assert record["settings"]["learning_rate"] == 1e-4
    assert record["settings"]["head_learning_rate"] == 1e-3
    assert record["restarted"] is True
    assert caplog.text.count("The run begins again") == 1
    assert caplog.text.count("Stop, and train with a third") == 1, "the second time it goes on"
    assert result.test is not None
    monkeypatch.setattr(stuck, "NEAR", 1.0)
    alone = settings | {"output_dir": settings["output_dir"] + "-alone"}
    rates = {"learning_rate": 1e-4, "head_learning_rate": 1e-3}
    same = msra_ner.train(**alone, **often, **rates, decoder=decoder, save_total_limit=None)
    assert same.to_dict()["eval_loss"] == result.to_dict()["eval_loss"], "as if begun so"


def test_a_rate_that_was_given_stays(settings, monkeypatch, caplog):
    monkeypatch.setattr(stuck, "PATIENCE", 5)
    monkeypatch.setattr(stuck, "NEAR", 0.0)
    msra_ner.train(**settings, learning_rate=3e-4)
    record = read_record(settings)
    assert record["settings"]["learning_rate"] == 3e-4
    assert "restarted" not in record
    assert caplog.text.count("Stop, and train with a third of the learning rate") == 1
