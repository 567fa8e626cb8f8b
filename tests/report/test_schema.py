"""The types say what the files hold."""

import json
import types
from typing import Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from helpers.builders import EXAMPLE_SENTENCES
from helpers.run_folders import worse, write_run

from msra_ner.labels import decode_entities
from msra_ner.metrics.surface_forms import count_names
from msra_ner.report.compare import compare_runs
from msra_ner.report.page import write_report
from msra_ner.report.schema import Comparison, Curves, Report


def fits(value: Any, kind: Any) -> bool:
    """Return whether a value of JSON is of a type; a tuple is a list there."""
    if get_origin(kind) is NotRequired:
        (kind,) = get_args(kind)
    if is_typeddict(kind) and value is not None:
        parts = get_type_hints(kind, include_extras=True)
        return kind.__required_keys__ <= set(value) <= set(parts) and all(
            fits(part, parts[key]) for key, part in value.items()
        )
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return any(fits(value, option) for option in arguments)
    if origin is dict:
        return isinstance(value, dict) and all(fits(x, arguments[1]) for x in value.values())
    if origin is list or arguments[1:] == (Ellipsis,):
        return isinstance(value, list) and all(fits(x, arguments[0]) for x in value)
    if origin is tuple:
        return len(value) == len(arguments) and all(map(fits, value, arguments))
    return (
        kind is Any
        or (not is_typeddict(kind) and isinstance(value, int if kind is float else kind))
        or (kind is float and isinstance(value, float))
    )


@pytest.mark.parametrize("names", [None, count_names(EXAMPLE_SENTENCES[:6])])
def test_the_files_are_of_their_types(tmp_path, names):
    scores = [[0.5] * len(decode_entities(tags)) for tags in worse(EXAMPLE_SENTENCES)]
    scores = None if names is None else scores
    first = write_run(tmp_path / "first", train_names=names, scores=scores)
    gold = [sentence.tags for sentence in EXAMPLE_SENTENCES]
    second = write_run(tmp_path / "second", predicted=gold, train_names=names, run=None)
    report = write_report(first).with_suffix(".json")
    comparison = compare_runs(first, second, tmp_path).with_suffix(".json")
    assert fits(json.loads(report.read_text(encoding="utf-8")), Report)
    assert fits(json.loads(comparison.read_text(encoding="utf-8")), Comparison)


@pytest.mark.parametrize(
    "curves",
    [
        {"loss": [], "val_loss": [], "val_f1": []},
        {"loss": [[1, "a"]], "val_loss": [], "val_f1": [], "best_step": 1},
        {"loss": [[1]], "val_loss": [], "val_f1": [], "best_step": 1},
        {"loss": [], "val_loss": [], "val_f1": [], "best_step": "1"},
        {"loss": [], "val_loss": [], "val_f1": [], "best_step": 1, "more": 1},
    ],
    ids=["a key is missing", "a text", "too short", "no number", "a key too many"],
)
def test_what_is_not_of_a_type_does_not_fit(curves):
    assert not fits(curves, Curves)
