"""The signatures of train and evaluate, and what they say of names that are unknown."""

import inspect
from dataclasses import fields
from typing import get_type_hints

import pytest
from transformers import TrainingArguments

import msra_ner
from msra_ner.errors import ArgumentsError
from msra_ner.training.arguments import NerTrainingArguments
from msra_ner.training.parsing import FIELDS, arguments_from
from msra_ner.training.settings import TrainSettings
from msra_ner.training.task_settings import DataArguments, ModelArguments

OWN = {item.name for group in (ModelArguments, DataArguments) for item in fields(group)} | {
    item.name for item in fields(NerTrainingArguments)
} - {item.name for item in fields(TrainingArguments)}


def parameters(function):
    return {
        name: item
        for name, item in inspect.signature(function).parameters.items()
        if item.kind is not item.VAR_KEYWORD
    }


def test_every_setting_of_ours_is_in_the_signature_of_train_once():
    named, others = set(parameters(msra_ner.train)), set(get_type_hints(TrainSettings))
    assert named | others >= OWN
    assert not named & others
    assert named | others <= set(FIELDS)


def test_every_parameter_is_documented():
    for function in (msra_ner.train, msra_ner.evaluate):
        for name, item in parameters(function).items():
            assert f"    {name}: " in function.__doc__, name
            assert item.default in (None, "test") or name == "model_dir", name


def test_arguments_that_are_given_reach_the_settings(monkeypatch):
    monkeypatch.setattr("msra_ner.training.run.run_arguments", lambda arguments, _: arguments)
    arguments = msra_ner.train("sample", "runs/x", seed=7, report_to=None, adam_beta1=0.5)
    assert arguments.data.data_dir == "sample"
    assert str(arguments.training.output_dir) == "runs/x"
    assert (arguments.training.seed, arguments.training.adam_beta1) == (7, 0.5)
    assert (
        arguments.to_dict()
        == arguments_from(
            data_dir="sample", output_dir="runs/x", seed=7, report_to=None, adam_beta1=0.5
        ).to_dict()
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: msra_ner.train(learning_rat=1),
            r"^train\(\) has no argument 'learning_rat'. Did you mean learning_rate\?$",
        ),
        (
            lambda: msra_ner.train("sample", evaluation_strategy="no"),
            r"^train\(\) has no argument 'evaluation_strategy'. Did you mean eval_strategy\?$",
        ),
        (lambda: msra_ner.train(zzzz=1), r"^train\(\) has no argument 'zzzz'. help"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest(call, message):
    with pytest.raises(ArgumentsError, match=message):
        call()


def test_evaluate_refuses_unknown_names_too(tiny_encoder):
    with pytest.raises(ArgumentsError, match=r"^evaluate\(\) has no argument 'sead'.*mean seed"):
        msra_ner.evaluate(tiny_encoder, "sample", sead=1)
