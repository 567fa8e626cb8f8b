import json
from pathlib import Path

from msra_ner.metrics import Scores
from msra_ner.training.results import TrainResult, split_clock, write_results

MEASURED = {
    "train_runtime": 3.5,
    "train_samples_per_second": 8.0,
    "total_flos": 12.0,
    "train_loss": 0.25,
    "epoch": 2.0,
    "test_loss": 0.5,
    **{"test_f1": 0.5, "test_precision": 0.4, "test_recall": 0.6, "test_support": 3},
    **{"test_PER_f1": 1.0, "test_PER_precision": 1.0, "test_PER_recall": 1.0},
    **{"test_PER_support": 2, "test_runtime": 1.0, "test_model_preparation_time": 0.1},
}


def test_what_the_clock_said_is_kept_apart():
    result, clock = split_clock(Path("run"), MEASURED)
    assert set(clock) == {
        "train_runtime",
        "train_samples_per_second",
        "test_runtime",
        "test_model_preparation_time",
    }
    assert set(result) == set(MEASURED) - set(clock) - {"total_flos"}


def test_a_result_has_scores_and_every_figure_by_its_name():
    result, _ = split_clock(Path("runs/a"), MEASURED)
    assert isinstance(result.test, Scores)
    assert result.test.f1 == result["test_f1"] == 0.5
    assert result.test["PER"].f1 == 1.0
    assert result.test.loss == 0.5
    assert result.val is None
    assert result.train_loss == result["train_loss"] == 0.25
    assert result.output_dir == Path("runs/a")
    assert result.to_dict() == dict(result)


def test_a_result_prints_well():
    result, _ = split_clock(Path("runs/a"), MEASURED)
    assert repr(result).startswith("TrainResult('runs/a', test=Scores(")
    assert repr(result).endswith("val=None)")
    text = str(result)
    assert text.startswith("test ")
    assert "PER" in text
    assert text.endswith("The run is in runs/a")
    assert str(TrainResult(Path("x"), {})) == "The run is in x"


def test_the_files_hold_what_the_result_has(tmp_path):
    result, clock = split_clock(tmp_path, MEASURED)
    write_results(result, clock)
    written = {path.name: json.loads(path.read_text()) for path in tmp_path.iterdir()}
    assert written["all_results.json"] == result.to_dict()
    assert written["timing.json"] == clock
    assert written["test_results.json"].keys() == {x for x in result if x.startswith("test_")}
    assert "eval_results.json" not in written
