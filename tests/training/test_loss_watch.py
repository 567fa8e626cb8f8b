"""A run that learns nothing is noticed while it runs, and begins again once."""

import json
import logging
import math
from itertools import count
from math import log
from pathlib import Path

import pytest
import torch
from helpers.builders import marked
from helpers.tiny_models import TINY_RUN

import msra_ner
from msra_ner.errors import TrainingError
from msra_ner.training import loss_watch, trainer

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
    assert loss_watch.find_blind_loss(SENTENCES, chain=False) == pytest.approx(expected)
    # Behind a start: B-PER or O. B-PER: I-PER. I-PER: O. O: B-LOC or O. The others are certain.
    pairs = 4 * log(2) / 7
    assert loss_watch.find_blind_loss(SENTENCES, chain=True) == pytest.approx(expected + pairs)


def test_a_run_that_learns_is_left_alone(settings, monkeypatch, caplog):
    monkeypatch.setattr(loss_watch, "PATIENCE", 15)
    rates = {"learning_rate": 3e-3, "head_learning_rate": 3e-2}
    msra_ner.train(**settings, **rates)
    assert "which a model has that reads nothing" not in caplog.text
    assert "restarted" not in read_record(settings)


@pytest.mark.parametrize("decoder", ["viterbi", "crf"])
def test_a_stuck_run_begins_again_with_lower_rates(settings, decoder, monkeypatch, caplog):
    monkeypatch.setattr(loss_watch, "PATIENCE", 5)
    monkeypatch.setattr(loss_watch, "NEAR", 0.0)  # every run is
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
    monkeypatch.setattr(loss_watch, "NEAR", 1.0)
    alone = settings | {"output_dir": settings["output_dir"] + "-alone"}
    rates = {"learning_rate": 1e-4, "head_learning_rate": 1e-3}
    same = msra_ner.train(**alone, **often, **rates, decoder=decoder, save_total_limit=None)
    assert same.to_dict()["eval_loss"] == result.to_dict()["eval_loss"], "as if begun so"


def test_a_rate_that_was_given_stays(settings, monkeypatch, caplog):
    monkeypatch.setattr(loss_watch, "PATIENCE", 5)
    monkeypatch.setattr(loss_watch, "NEAR", 0.0)
    msra_ner.train(**settings, learning_rate=3e-4)
    record = read_record(settings)
    assert record["settings"]["learning_rate"] == 3e-4
    assert "restarted" not in record
    assert caplog.text.count("Stop, and train with a third of the learning rate") == 1


@pytest.fixture
def break_loss(monkeypatch):
    """Return what makes the loss of some steps no number; the first step is 0."""

    def choose(broken):
        plain, steps = trainer.token_mean_loss, count()

        def loss(*args, **settings):
            found = plain(*args, **settings)
            if torch.is_grad_enabled() and broken(next(steps)):
                return found + math.nan  # its gradient is as it was
            return found

        monkeypatch.setattr(trainer, "token_mean_loss", loss)

    return choose


def test_a_run_that_diverges_ends_with_one_line_and_keeps_what_it_saved(
    settings, break_loss, caplog
):
    break_loss(lambda step: step >= 12)
    often = {"eval_strategy": "steps", "save_strategy": "steps", "eval_steps": 5, "save_steps": 5}
    with pytest.raises(TrainingError, match=r"step 14: found a loss of nan again.*third.*0\.0003"):
        msra_ner.train(**settings, **often, learning_rate=3e-4)
    assert "step 13: the loss is nan" in caplog.text
    found = {path.name for path in Path(settings["output_dir"]).glob("checkpoint-*")}
    assert found == {"checkpoint-5", "checkpoint-10"}


def test_a_run_that_diverges_begins_again_where_its_rates_are_its_own(settings, break_loss, caplog):
    break_loss(lambda step: step in (12, 13))
    result = msra_ner.train(**settings)
    assert read_record(settings)["settings"]["learning_rate"] == 1e-4
    assert "The run begins again" in caplog.text
    assert math.isfinite(result.to_dict()["eval_loss"])


def test_one_loss_that_is_no_number_ends_nothing(settings, break_loss, caplog):
    break_loss(lambda step: step == 12)  # as in fp16, which then leaves the weights as they are
    msra_ner.train(**settings, learning_rate=3e-4)
    assert caplog.text.count("the loss is nan") == 1
