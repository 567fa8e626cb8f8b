"""What a run reached, as an object and as files: scores, what the clock said, the report."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from msra_ner.errors import MsraNerError
from msra_ner.metrics import Scores, format_scores
from msra_ner.report import RESULTS_FILE, TIMING_FILE, show_in_tensorboard, write_report
from msra_ner.storage import write_json

logger = logging.getLogger(__name__)

# Measured on the clock: these go to timing.json, so that two equal runs write equal results.
CLOCK_KEYS = ("runtime", "per_second", "model_preparation_time")


@dataclass(frozen=True, repr=False)
class TrainResult(Mapping[str, float]):
    """What :func:`msra_ner.train` returns: the scores of a run and the folder that holds it.

    It is also a mapping of all figures by their names in ``all_results.json``:

    >>> result = TrainResult(Path("runs/a"), {"train_loss": 0.1, "test_f1": 0.5})
    >>> result.train_loss, result.test.f1, result["test_f1"]
    (0.1, 0.5, 0.5)

    Attributes:
        output_dir: The folder of the run.
        figures: All figures by name; those of val begin with ``eval_``.
    """

    output_dir: Path
    figures: dict[str, float]

    @cached_property
    def test(self) -> Scores | None:
        """The scores on test; None where it was not scored."""
        return self._read_scores("test_")

    @cached_property
    def val(self) -> Scores | None:
        """The scores of the saved model on val; None where it was not scored."""
        return self._read_scores("eval_")

    @property
    def train_loss(self) -> float | None:
        """The mean loss of training; None where nothing was trained."""
        return self.figures.get("train_loss")

    def to_dict(self) -> dict[str, float]:
        """Return what ``all_results.json`` holds."""
        return dict(self.figures)

    def __getitem__(self, name: str) -> float:
        return self.figures[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.figures)

    def __len__(self) -> int:
        return len(self.figures)

    def __repr__(self) -> str:
        return f"TrainResult({str(self.output_dir)!r}, test={self.test!r}, val={self.val!r})"

    def __str__(self) -> str:
        """Return the tables of test and val."""
        splits = (("test", self.test), ("val", self.val))
        tables = [format_scores(scores, name) for name, scores in splits if scores]
        return "\n\n".join([*tables, f"The run is in {self.output_dir}"])

    def _read_scores(self, prefix: str) -> Scores | None:
        figures = {
            key.removeprefix(prefix): value
            for key, value in self.figures.items()
            if key.startswith(prefix)
        }
        return Scores.from_dict(figures) if "f1" in figures else None


def write_results(result: TrainResult, clock: Mapping[str, float]) -> None:
    """Write scores to all_results.json and per split, and what the clock said to timing.json."""
    folder, figures = result.output_dir, result.to_dict()
    write_json(folder / RESULTS_FILE, figures)
    write_json(folder / TIMING_FILE, dict(clock))
    for prefix in ("eval", "test"):
        part = {key: value for key, value in figures.items() if key.startswith(f"{prefix}_")}
        if part:
            write_json(folder / f"{prefix}_results.json", part)


def split_clock(
    folder: Path, measured: Mapping[str, float]
) -> tuple[TrainResult, dict[str, float]]:
    """Return what a run measured in two parts: its results, and what the clock said."""
    clock = {
        key: value for key, value in measured.items() if any(word in key for word in CLOCK_KEYS)
    }
    kept = measured.keys() - clock.keys() - {"total_flos"}
    return TrainResult(folder, {key: measured[key] for key in measured if key in kept}), clock


def report_run(folder: Path, to_tensorboard: bool) -> None:
    """Write the report; a run that is finished and saved does not fail for its sake."""
    try:
        logger.info("Report: %s", write_report(folder))
        if to_tensorboard:
            show_in_tensorboard(folder)
    except (MsraNerError, OSError) as error:
        logger.warning("%s The report is not written; repeat: msra-ner report %s", error, folder)
