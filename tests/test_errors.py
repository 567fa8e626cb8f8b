"""Messages name arguments to a caller from Python and flags on the command line."""

import pytest
from helpers import tiny_models

import msra_ner
from msra_ner.cli import main
from msra_ner.errors import ArgumentsError, MsraNerError
from msra_ner.labels import label_list


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("--seed: found 'x'.", "seed: found 'x'."),
        ("found --bf16 and --precision fp32.", "found bf16 and precision fp32."),
        ("in words (--nested outermost)", "in words (nested outermost)"),
        ("found the tag '--x', expected O", "found the tag '--x', expected O"),
        ("give --x. See 'msra-ner train --help'.", "give x. See 'msra-ner train --help'."),
        ("repeat: msra-ner push 'a b' --public", "repeat: msra-ner push 'a b' --public"),
        ("a -- b, a--b and ---", "a -- b, a--b and ---"),
    ],
)
def test_flags_become_names_but_commands_and_quotations_stay(text, expected):
    assert str(MsraNerError(text)) == expected
    assert MsraNerError(text).command_line_text == text


CALLS = {
    "train": (lambda _: msra_ner.train(data_dir="sample", max_length=0), "max_length"),
    "evaluate": (lambda model: msra_ner.evaluate(model, "sample", scheme="iob3"), "scheme"),
    "load_msra": (lambda _: msra_ner.load_msra("sample", scheme="iob3"), "scheme"),
    "Tagger": (
        lambda model: msra_ner.Tagger.from_pretrained(model, batch_tokens=0),
        "batch_tokens",
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_python_is_told_of_arguments(name, tmp_path):
    call, argument = CALLS[name]
    model = tiny_models.save_tagger(tmp_path, label_list(["PER"]))
    with pytest.raises(ArgumentsError, match=f"^{argument}: found"):
        call(model)


def test_the_command_line_is_told_of_flags(capsys):
    assert main(["train", "--data_dir", "sample", "--max_length", "0"]) == 2
    assert "error: --max_length: found 0" in capsys.readouterr().err
