"""Values that no run can have are refused before anything is loaded, in one line."""

import math

import pytest

import msra_ner
from msra_ner.errors import ArgumentsError, OutputExistsError
from msra_ner.training.parsing import arguments_from


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("learning_rate", math.nan, "0 or more"),
        ("learning_rate", math.inf, "0 or more"),
        ("head_learning_rate", -1e-5, "0 or more"),
        ("num_train_epochs", 0, "more than 0"),
        ("max_steps", 0, "at least 1, or -1 for none"),
        ("per_device_train_batch_size", 0, "at least 1"),
        ("per_device_eval_batch_size", 0, "at least 1"),
        ("per_device_train_tokens", 0, "at least 1"),
        ("gradient_accumulation_steps", 0, "at least 1"),
        ("cpu_threads", 0, "at least 1"),
        ("early_stopping_patience", 0, "at least 1"),
        ("save_total_limit", 0, "at least 1"),
        ("label_smoothing_factor", 2, "0 to 1"),
        ("max_grad_norm", -1, "0 or more"),
        ("warmup_steps", 1.5, "a share of the run below 1"),
        ("metric_for_best_model", "accuracy", "expected f1, loss"),
    ],
)
def test_it_is_refused_by_name(name, value, expected):
    with pytest.raises(ArgumentsError) as caught:
        arguments_from("train()", data_dir="sample", output_dir="runs/x", **{name: value})
    assert str(caught.value).startswith(f"{name}: found ")
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"warmup_steps": 0.1},
        {"warmup_steps": 200},
        {"max_steps": 5, "num_train_epochs": 0},
        {"metric_for_best_model": "eval_PER_f1"},
        {"metric_for_best_model": "loss"},
        {"metric_for_best_model": "seen_f1"},
        {"max_grad_norm": 0},
    ],
)
def test_what_can_be_goes_through(given):
    arguments_from("train()", data_dir="sample", output_dir="runs/x", **given)


@pytest.mark.parametrize(
    "given", [{"report_to": "wandb"}, {"deepspeed": "x.json"}, {"optim": "adamw_bnb_8bit"}]
)
def test_a_library_that_is_missing_is_one_line(given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.json").write_text("{}")
    limits = {f"max_{name}_samples": 20 for name in ("train", "eval", "test")}
    with pytest.raises(ArgumentsError, match=r"(?i)install|was not found") as caught:
        msra_ner.train("sample", tmp_path / "run", max_steps=1, use_cpu=True, **limits, **given)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_is_no_folder_for_a_run(tmp_path):
    (tmp_path / "run").touch()
    with pytest.raises(OutputExistsError, match="found a file, expected a new folder"):
        msra_ner.train("sample", tmp_path / "run", use_cpu=True)
