"""What is given to a public function is of the type that it states, or the message says so."""

import os
from pathlib import Path

import numpy as np
import pytest

import msra_ner
from msra_ner.argument_types import check_argument_types
from msra_ner.cli import main
from msra_ner.errors import ArgumentsError, ModelError


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: msra_ner.check_corpus(None), "data_dir: found None, expected text or a path or"),
        (lambda: msra_ner.check_corpus(3), "data_dir: found 3, expected text or a path or Corpus"),
        (lambda: msra_ner.diagnose(predictions=[1]), r"predictions: found \[1\], expected text or"),
        (lambda: msra_ner.diagnose("x", split=None), "split: found None, expected one of train"),
        (lambda: msra_ner.evaluate(None), "found None as a model, expected its folder"),
        (
            lambda: msra_ner.Tagger.from_pretrained(None),
            "name: found None, expected text or a path",
        ),
        (
            lambda: msra_ner.Tagger.from_pretrained("x", batch_tokens="a"),
            "batch_tokens: found 'a', expected a whole number or None",
        ),
        (
            lambda: msra_ner.Tagger.from_pretrained("x", batch_tokens=1.5),
            "batch_tokens: found 1.5, expected a whole number or None",
        ),
        (lambda: msra_ner.load_msra(3), "data_dir: found 3, expected text or a path"),
        (lambda: msra_ner.export_model("x", to="foo"), "to: found 'foo', expected one of onnx"),
        (lambda: msra_ner.write_report(None), "run_dir: found None, expected text or a path"),
        (lambda: msra_ner.compare_runs("a", 1), "run_b: found 1, expected text or a path"),
        (lambda: msra_ner.push_model("a", None), "repo_id: found None, expected text"),
        (lambda: msra_ner.prepare_corpus("a", "b", val_size="x"), "val_size: found 'x', expected"),
        (lambda: msra_ner.convert_corpus("a", "b", to=1), "to: found 1, expected text"),
    ],
)
def test_a_wrong_type_is_an_error_that_names_the_argument(call, message):
    with pytest.raises((ArgumentsError, ModelError), match=message):
        call()


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("data_dir", lambda name: msra_ner.check_corpus(name)),
        ("run_dir", lambda name: msra_ner.write_report(Path(name))),
        ("output_dir", lambda name: msra_ner.train(output_dir=name)),
        ("msra-ner", lambda name: main(["train", "--output_dir", name, "--traceback"])),
        ("msra-ner", lambda name: main(["report", name, "--traceback"])),
    ],
)
def test_a_name_in_another_encoding_is_refused_by_name(argument, call):
    name = os.fsdecode("张".encode("gbk"))  # as Python reads it where names are in UTF-8
    with pytest.raises(ArgumentsError, match=rf"{argument}: found .*, expected text in utf-8"):
        call(name)


def test_evaluate_knows_the_names_of_splits(tiny_encoder):
    with pytest.raises(ArgumentsError, match="split: found None, expected one of train, val, test"):
        msra_ner.evaluate(tiny_encoder, split=None)


def test_numbers_of_numpy_and_paths_are_taken_and_others_left_to_the_function():
    @check_argument_types
    def show(count: int, share: float, path: Path, anything: object, *rest: int, **more: int):
        return count, share, path, anything, rest, more

    given = show(np.int64(3), 1, Path("x"), [1], "a", b="c")
    assert given == (3, 1, Path("x"), [1], ("a",), {"b": "c"})
    for wrong in ((True, 1.0, Path()), (1, True, Path()), (1, 1.0, "text")):
        with pytest.raises(ArgumentsError):
            show(*wrong, None)


def test_a_forgotten_argument_is_python_s_own_error():
    with pytest.raises(TypeError, match="missing 2 required"):
        msra_ner.export_model()
