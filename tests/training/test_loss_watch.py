"""A run that learns nothing is noticed while it runs, and begins again once."""

import json
import logging
import math
from itertools import count
from math import log
from pathlib import Path

import pytest
import torch
from datasets import Dataset, DatasetDict
from helpers.builders import marked
from helpers.tiny_models import name_no_rates, read_record

import msra_ner
from msra_ner.decoding import ChainLabels
from msra_ner.errors import TrainingError
from msra_ner.labels import MSRA_TYPES, label_list
from msra_ner.training import (
    NerTrainer,
    NerTrainingArguments,
    loss as loss_module,
    loss_watch,
    open_settings,
)
from msra_ner.training.data import Data
from msra_ner.training.open_settings import may_begin_again

# Two sentences as windows, whose special pieces have no label.
DATA = Data(
    folder="",
    sentences={"train": [marked("[PER 李娜]到[LOC 巴黎]"), marked("下雨")]},
    labels=label_list(MSRA_TYPES),
    counts={},
    encoded=DatasetDict(
        {"train": Dataset.from_dict({"labels": [[-100, 1, 2, 0, 5, 6, -100], [-100, 0, 0, -100]]})}
    ),
)


@pytest.fixture
def settings(tiny_corpus, tiny_encoder, tmp_path):
    """Settings of a run of 30 steps that names no rates."""
    return name_no_rates(tiny_corpus, tiny_encoder, tmp_path / "run", max_steps=30, logging_steps=1)


def test_the_loss_of_a_model_that_does_not_read_is_the_entropy_of_the_labels():
    # O 3 of 7; B-PER, I-PER, B-LOC, I-LOC 1 each.
    expected = -(3 / 7 * log(3 / 7) + 4 / 7 * log(1 / 7))
    assert loss_watch.find_blind_loss(DATA) == pytest.approx(expected)
    # Behind a start: B-PER or O. B-PER: I-PER. I-PER: O. O: B-LOC or O. The others are certain.
    # In BIOES the same pairs are certain, by other names.
    pairs = 4 * log(2) / 7
    for scheme in ("iob2", "bioes"):
        chain = ChainLabels.of(DATA.labels, scheme)
        assert loss_watch.find_blind_loss(DATA, chain) == pytest.approx(expected + pairs)


def test_a_run_that_learns_is_left_alone(settings, monkeypatch, caplog):
    monkeypatch.setattr(loss_watch, "PATIENCE", 15)
    monkeypatch.setattr(open_settings, "scale_rate", lambda width: 3e-3)
    msra_ner.train(**settings)
    assert read_record(settings)["settings"]["learning_rate"] == 3e-3
    assert "reads nothing" not in caplog.text
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
    assert caplog.text.count("Stop, and train with") == 1, "the second time it goes on"
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
    assert caplog.text.count("Stop, and train with") == 1


@pytest.fixture
def break_loss(monkeypatch):
    """Return what makes the loss of some steps no number; the first step is 0."""

    def choose(broken):
        plain, steps = loss_module.token_mean_loss, count()

        def loss(*args, **settings):
            found = plain(*args, **settings)
            if torch.is_grad_enabled() and broken(next(steps)):
                return found + math.nan  # its gradient is as it was
            return found

        monkeypatch.setattr(loss_module, "token_mean_loss", loss)

    return choose


OFTEN = {"eval_strategy": "steps", "save_strategy": "steps", "eval_steps": 5, "save_steps": 5}


@pytest.mark.parametrize("logging", [{"logging_steps": 1}, {"logging_steps": 3}])
def test_a_run_that_diverges_ends_with_one_line_and_keeps_what_it_saved(
    settings, break_loss, logging
):
    break_loss(lambda step: step >= 12)
    message = r"found a loss that is no number.*diverged.*a third.*0\.0003"
    with pytest.raises(TrainingError, match=message):
        msra_ner.train(**settings | OFTEN | logging, learning_rate=3e-4, precision="fp32")
    found = {path.name for path in Path(settings["output_dir"]).glob("checkpoint-*")}
    assert found == {"checkpoint-5", "checkpoint-10"}


@pytest.mark.parametrize("logging", [{"logging_steps": 20}, {"logging_strategy": "no"}])
def test_a_run_that_diverges_behind_its_last_log_entry_ends_so_too(settings, break_loss, logging):
    break_loss(lambda step: step >= 25)
    with pytest.raises(TrainingError, match="step 30: found a loss that is no number"):
        msra_ner.train(**settings | logging, learning_rate=3e-4)


@pytest.mark.parametrize("evaluated", ["no", "steps"])
def test_a_run_that_has_diverged_is_not_saved_any_more(settings, break_loss, evaluated):
    """The weights may be no numbers, and a run goes on from its newest checkpoint."""
    break_loss(lambda step: step >= 12)
    rare = {"logging_steps": 20, "eval_strategy": evaluated, "load_best_model_at_end": False}
    with pytest.raises(TrainingError, match="step 15: found a loss that is no number"):
        msra_ner.train(**settings | OFTEN | rare, learning_rate=3e-4, precision="fp32")
    found = {path.name for path in Path(settings["output_dir"]).glob("checkpoint-*")}
    assert found == {"checkpoint-5", "checkpoint-10"}


def test_a_run_that_diverges_begins_again_where_its_rates_are_its_own(settings, break_loss, caplog):
    break_loss(lambda step: step == 12)
    result = msra_ner.train(**settings | OFTEN)
    record = read_record(settings)
    assert record["settings"]["learning_rate"] == 1e-4
    assert "expected one: the run has diverged. The run begins again." in caplog.text
    assert math.isfinite(result.to_dict()["eval_loss"])
    # A run that goes on still says that it has begun again.
    again = settings | OFTEN | {"max_steps": 35, "resume_from_checkpoint": "last"}
    msra_ner.train(**again)
    assert read_record(settings)["restarted"] is True


def test_single_passes_that_fp16_leaves_out_end_nothing(settings, break_loss, monkeypatch):
    """Their loss is no number, and their weights stay; the log shows them, later losses too."""
    logged = []
    monkeypatch.setattr(NerTrainer, "_check_numbers", check_as_in_fp16)
    break_loss(lambda step: step in (12, 14))
    plain = NerTrainer.log
    monkeypatch.setattr(
        NerTrainer, "log", lambda self, logs, *args: (logged.append(logs), plain(self, logs, *args))
    )
    result = msra_ner.train(**settings, learning_rate=3e-4)
    losses = [entry["loss"] for entry in logged if "loss" in entry]
    assert [step for step, loss in enumerate(losses) if math.isnan(loss)] == [12, 14]
    assert len(losses) == 30
    assert math.isfinite(result.to_dict()["train_loss"])
    text = Path(settings["output_dir"], "trainer_state.json").read_text(encoding="utf-8")
    history = json.loads(text, parse_constant=pytest.fail)["log_history"]  # JSON has no NaN
    assert [entry["step"] for entry in history if entry.get("loss") == "nan"] == [13, 15]
    report = json.loads(Path(settings["output_dir"], "report.json").read_text(encoding="utf-8"))
    assert len(report["curves"]["loss"]) == 28


check_numbers = NerTrainer._check_numbers


def check_as_in_fp16(self):
    plain, self.args.fp16 = self.args.fp16, True
    try:
        check_numbers(self)
    finally:
        self.args.fp16 = plain


def test_in_fp16_too_many_in_a_row_end_it(settings, break_loss, monkeypatch):
    monkeypatch.setattr(NerTrainer, "_check_numbers", check_as_in_fp16)
    break_loss(lambda step: step >= 12)
    with pytest.raises(TrainingError, match=r"step 22: .*with precision fp32"):
        msra_ner.train(**settings, learning_rate=3e-4)


@pytest.mark.parametrize(
    ("given", "may"),
    [
        ({}, True),
        ({"neftune_noise_alpha": 5.0}, False),
        ({"push_to_hub": True}, False),
        ({"fsdp": "full_shard"}, False),
    ],
)
def test_a_run_begins_again_only_where_nothing_else_knows_of_it(tmp_path, given, may):
    args = NerTrainingArguments(output_dir=str(tmp_path), use_cpu=True)
    for name, value in given.items():
        setattr(args, name, value)
    assert may_begin_again(args, ["learning_rate"]) is may
    assert may_begin_again(args, ["decoder"]) is False


@pytest.mark.parametrize("variable", ["ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED"])
def test_a_launcher_that_divides_weights_is_known(tmp_path, monkeypatch, variable):
    args = NerTrainingArguments(output_dir=str(tmp_path), use_cpu=True)
    assert not args.divides_weights()
    monkeypatch.setenv(variable, "true")
    assert args.divides_weights()
