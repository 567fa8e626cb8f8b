import json
import logging
import os
import re
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import get_type_hints

import pytest
from transformers import TrainingArguments

from msra_ner.cli.train_help import TRAINERS
from msra_ner.errors import ArgumentsError
from msra_ner.hardware import LayerSizes
from msra_ner.training.arguments import SAMPLE_DEFAULTS, NerTrainingArguments
from msra_ner.training.flag_names import RENAMED, check_flags, read_trainer_flags
from msra_ner.training.parsing import FIELDS, arguments_from, build_parser, parse_arguments
from msra_ner.training.task_settings import DataArguments, ModelArguments, TaskSettings


@pytest.fixture(autouse=True)
def plain_machine(monkeypatch, tmp_path):
    """No corpus in the working directory, no launcher, no accelerator."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "no")
    monkeypatch.setattr("msra_ner.training.arguments.has_accelerator", lambda: False)


def test_defaults_do_the_whole_job():
    training = parse_arguments([]).training
    assert training.do_train
    assert training.do_eval
    assert training.do_predict
    assert training.metric_for_best_model == "f1"
    assert training.greater_is_better
    assert training.load_best_model_at_end


def test_a_flag_for_one_part_leaves_out_the_others():
    training = parse_arguments(["--do_predict"]).training
    assert (training.do_train, training.do_eval, training.do_predict) == (False, False, True)


def test_the_subclass_changes_nothing_but_defaults():
    own, base = get_type_hints(NerTrainingArguments), get_type_hints(TrainingArguments)
    metadata = {item.name: item.metadata for item in fields(NerTrainingArguments)}
    assert own["learning_rate"] == float | None, "the encoder decides it"
    for item in fields(TrainingArguments):
        if item.name == "learning_rate":
            continue
        assert own[item.name] == base[item.name], item.name
        assert metadata[item.name] == item.metadata, item.name


def test_the_sample_has_defaults_of_its_own_and_flags_win():
    training = parse_arguments(["--data_dir", "sample"]).training
    assert training.learning_rate == SAMPLE_DEFAULTS["learning_rate"]
    training = parse_arguments(["--data_dir", "sample", "--learning_rate", "0.5"]).training
    assert training.learning_rate == 0.5
    training = parse_arguments(["--data_dir", "sample", "--model_name_or_path", "x"]).training
    assert training.learning_rate is None


def test_without_a_data_dir_the_folder_data_msra_counts(tmp_path):
    assert parse_arguments([]).training.learning_rate == SAMPLE_DEFAULTS["learning_rate"]
    (tmp_path / "data" / "msra").mkdir(parents=True)
    assert parse_arguments([]).training.learning_rate is None


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_a_file_of_settings_and_flags_that_win(tmp_path, suffix):
    settings = {"data_dir": "sample", "learning_rate": 0.01, "seed": 3, "freeze_encoder": True}
    text = json.dumps(settings)
    if suffix == "yaml":
        # YAML reads 2e-5 as text; it must arrive as a number all the same.
        text = "data_dir: sample\nlearning_rate: 1e-2\nseed: 3\nfreeze_encoder: true\n"
    (tmp_path / f"run.{suffix}").write_text(text)
    arguments = parse_arguments([f"run.{suffix}", "--seed", "5"])
    assert arguments.training.learning_rate == 0.01
    assert arguments.training.seed == 5
    assert arguments.model.freeze_encoder is True


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--learning_rte", "1"], "Did you mean learning_rate"),
        (["--evaluation_strategy", "epoch"], "Did you mean eval_strategy"),
        pytest.param(
            *(["--warmup_ratio", "0.1"], "a value below 1 is a ratio"),
            marks=pytest.mark.skipif(
                "warmup_ratio" in {field.name for field in fields(TrainingArguments)},
                reason="this version of transformers has the flag",
            ),
        ),
        (["--zzzz"], "msra-ner train --help"),
        (["stray"], "found 'stray', expected a flag"),
        (["--seed", "many"], "^seed: found 'many', expected a whole number"),
        (["--num_hidden_layers", "0"], "expected at least 1"),
        (["--max_train_samples", "0"], "^max_train_samples: found 0"),
        (["--scheme", "iob3"], "^scheme: found 'iob3', expected one of auto, iob2"),
        (["scheme.json"], "found 'iob3'"),
        (["--early_stopping_patience", "1", "--eval_strategy", "no"], "found eval_strategy no"),
        (["--fp16", "--bf16"], "found bf16 too"),
        (["--bf16", "--precision", "fp32"], "precision: found fp32 and bf16"),
        (["--precision", "half"], "^precision: found 'half', expected one of auto"),
        (["--per_device_train_tokens", "0"], "^per_device_train_tokens: found 0"),
        (["--seed", "4294967296"], "^seed: found 4294967296, expected 0 to 4294967295"),
        (["--report_to", "nope"], "^report_to: nope is not supported, only .*tensorboard"),
        (["--report_to", "neptune"], "^report_to: found neptune, whose package is not installed"),
        (["--lr_scheduler_kwargs", "{x"], "^lr_scheduler_kwargs: found '{x' .*expected JSON"),
        (["--fsdp_config", "3"], "^fsdp_config: found '3', expected JSON .* or its file"),
        (["--neftune_noise_alpha", "nan"], "^neftune_noise_alpha: found nan, expected a number"),
        (["optim.yaml"], "^optim: found 'bogus', expected one of adamw_torch"),
        (["twice.yaml"], "twice.yaml: .*'seed' is there twice"),
        (["twice.json"], "twice.json: .*'seed' is there twice"),
        (["spellings.yaml"], "^learning_rate: found it twice in the settings file"),
        (["missing.json"], "no such file of settings"),
        (["broken.json"], "found no valid json"),
        (["broken.yaml"], "found no valid yaml"),
        (["list.json"], "found list, expected"),
        (["typo.json"], "^sed: found no such flag. Did you mean seed"),
    ],
)
def test_mistakes_are_named(tmp_path, argv, message):
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "broken.yaml").write_text("a: [1\n")
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "optim.yaml").write_text("optim: bogus")
    (tmp_path / "twice.yaml").write_text("seed: 1\nseed: 2")
    (tmp_path / "twice.json").write_text('{"seed": 1, "seed": 2}')
    (tmp_path / "spellings.yaml").write_text("learning-rate: 1\nlearning_rate: 2")
    (tmp_path / "scheme.json").write_text('{"scheme": "iob3"}')
    (tmp_path / "typo.json").write_text('{"sed": 1}')
    with pytest.raises(ArgumentsError, match=message.replace("(", r"\(")):
        parse_arguments(argv)


@pytest.mark.parametrize(
    ("given", "kept"), [(True, "last"), (False, None), ("false", None), ("last", "last")]
)
def test_resume_may_be_yes_or_no(given, kept):
    training = arguments_from(resume_from_checkpoint=given).training
    assert training.resume_from_checkpoint == kept


def test_a_run_may_have_a_name_of_digits():
    training = arguments_from(run_name=2026, resume_from_checkpoint=3).training
    assert (training.run_name, training.resume_from_checkpoint) == ("2026", "3")


def test_help_holds_every_group_and_every_flag():
    text = build_parser("msra-ner train").format_help()
    for part in ("Model:", "Data:", "Training (", "--head_learning_rate", "--fsdp", "--data_dir"):
        assert part in text


@pytest.mark.parametrize(
    ("native", "used"), [(True, "bf16"), (False, "fp32")], ids=["with bf16", "without"]
)
@pytest.mark.parametrize("asked", ["fp16", "bf16"])
def test_precision_a_cpu_cannot_do_is_replaced_and_named(monkeypatch, caplog, asked, native, used):
    monkeypatch.setattr("msra_ner.hardware.precision.cpu_has_bf16", lambda: native)
    training = arguments_from(**{asked: True}).training
    assert not training.fp16
    assert training.bf16 is (used == "bf16")
    assert training.use_cpu
    lines = [line for line in caplog.messages if "needs a GPU" in line]
    assert len(lines) == (asked != used)
    assert all(used in line for line in lines)


@pytest.mark.parametrize(
    ("native", "used"), [(True, "bf16"), (False, "fp32")], ids=["with bf16", "without"]
)
def test_precision_is_chosen_by_what_the_cpu_can_do(monkeypatch, caplog, native, used):
    monkeypatch.setattr("msra_ner.hardware.precision.cpu_has_bf16", lambda: native)
    speeds = {"fp32": 1.0, "bf16": 2.0}
    monkeypatch.setattr(
        "msra_ner.hardware.precision.measure_speed", lambda name, *_, **__: speeds[name]
    )
    name = {"model_name_or_path": "some/encoder", "use_cpu": True}
    training = arguments_from(**name).training
    # Open until the model is known.
    assert (training.precision, training.bf16, training.mixed_precision) == ("auto", False, "no")
    training.settle_precision(None)
    assert (training.precision, training.bf16, training.fp16) == (used, used == "bf16", False)
    assert training.mixed_precision == ("bf16" if native else "no")
    speeds["fp32"] = 3.0
    training.settle_precision(None)
    assert training.precision == used
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert arguments_from(**name, precision="fp32").training.bf16 is False
    # The sample gives the same figure on every machine, unless it is told otherwise.
    assert arguments_from(data_dir="sample", use_cpu=True).training.precision == "fp32"
    assert arguments_from(data_dir="sample", bf16=True, use_cpu=True).training.precision == used


def test_settings_are_read_without_measuring(monkeypatch):
    monkeypatch.setattr("msra_ner.hardware.precision.cpu_has_bf16", lambda: True)
    monkeypatch.setattr("msra_ner.hardware.precision.measure_speed", None)  # would fail
    monkeypatch.setattr("msra_ner.hardware.threads.measure_speed", None)
    assert arguments_from(model_name_or_path="some/encoder", use_cpu=True).training.use_cpu


@pytest.mark.parametrize(("asked", "work"), [({}, "training"), ({"do_eval": True}, "evaluation")])
def test_precision_is_measured_in_what_the_run_does(monkeypatch, asked, work):
    measured = []

    def tell(precision, threads, *, work, sizes):
        measured.append((precision, work, sizes))
        return 1.0

    monkeypatch.setattr("msra_ner.hardware.precision.cpu_has_bf16", lambda: True)
    monkeypatch.setattr("msra_ner.hardware.precision.measure_speed", tell)
    training = NerTrainingArguments(use_cpu=True, **asked)
    training.settle_precision(SimpleNamespace(hidden_size=96, num_attention_heads=3))
    sizes = LayerSizes(96, 384, 3)
    assert measured == [("fp32", work, sizes), ("bf16", work, sizes)]


def test_weights_that_are_divided_leave_no_precision_open(monkeypatch):
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    monkeypatch.setattr("msra_ner.hardware.precision.cpu_has_bf16", lambda: True)
    monkeypatch.setattr("msra_ner.hardware.precision.measure_speed", lambda *_, **__: 1.0)
    assert NerTrainingArguments(use_cpu=True).precision == "fp32"


def test_precision_asked_of_the_launcher_is_replaced_too(monkeypatch):
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "fp16")
    monkeypatch.setattr("msra_ner.hardware.precision.cpu_has_bf16", lambda: False)
    training = arguments_from().training
    assert training.mixed_precision == "no"


@pytest.mark.parametrize("launched", [None, "fp16"])
@pytest.mark.parametrize("asked", [{}, {"fp16": True}, {"precision": "fp32"}])
def test_settings_leave_the_environment_as_it_is(monkeypatch, launched, asked):
    monkeypatch.delenv("ACCELERATE_MIXED_PRECISION")
    if launched:
        monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", launched)
    before = dict(os.environ)
    NerTrainingArguments(use_cpu=True, **asked)
    assert dict(os.environ) == before


def test_the_names_of_flags_are_those_of_the_parser():
    groups = (ModelArguments, DataArguments, TaskSettings)
    own = {item.name for group in groups for item in fields(group)}
    assert set(FIELDS) - own <= read_trainer_flags()
    spelled = [f"--{name.replace('_', '-')}" for name in FIELDS]
    check_flags([*(f"--{name}=1" for name in FIELDS), *spelled, "--no_dataloader_pin_memory", "-3"])
    for wrong in ("--lerning_rate", "--evaluation_strategy"):
        with pytest.raises(ArgumentsError, match="Did you mean "):
            check_flags([wrong])


def test_where_transformers_does_not_say_its_flags_none_is_refused(monkeypatch):
    monkeypatch.setattr("msra_ner.training.flag_names.find_spec", lambda name: None)
    check_flags(["--lerning_rate"])


def test_what_other_tools_call_a_setting_leads_to_ours():
    for meant in RENAMED.values():
        assert re.match(r"\w+", meant)[0] in FIELDS
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "moving.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.*?) \| (.*?) \|", page, flags=re.M)
    named = {name for _, ours in rows for name in re.findall(r"--(\w+)", ours)}
    assert len(named) >= 10
    assert named <= set(FIELDS)
    for name in ("train_file", "max_seq_length", "label_all_tokens", "dataset_name"):
        assert any(f"--{name}" in theirs for theirs, _ in rows)
        assert name in RENAMED


def test_the_defaults_that_the_short_help_names_are_those_of_a_run():
    defaults = {item.name: item.default for item in fields(NerTrainingArguments)}
    named = {
        name: found[1]
        for name, (_, text) in TRAINERS.items()
        if (found := re.search(r"\(default: ([\w./-]+)\)", text))
    }
    assert len(named) > 6
    for name, shown in named.items():
        assert shown == str(getattr(defaults[name], "value", defaults[name])), name
