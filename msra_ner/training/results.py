"""The files of results: scores in one place, what the clock said in another."""

from pathlib import Path
from typing import Any

from msra_ner.report import RESULTS_FILE, TIMING_FILE
from msra_ner.storage import write_json

# Measured on the clock: these go to timing.json, so that two equal runs write equal results.
CLOCK_KEYS = ("runtime", "per_second", "model_preparation_time")


def write_results(folder: Path, results: dict[str, Any]) -> None:
    """Write scores to all_results.json and per split, and what the clock said to timing.json."""
    results.pop("total_flos", None)
    clock = {key: value for key, value in results.items() if is_clock(key)}
    for key in clock:
        del results[key]
    write_json(folder / RESULTS_FILE, results)
    write_json(folder / TIMING_FILE, clock)
    for prefix in ("eval", "test"):
        part = {key: value for key, value in results.items() if key.startswith(f"{prefix}_")}
        if part:
            write_json(folder / f"{prefix}_results.json", part)


def is_clock(key: str) -> bool:
    """Return whether a figure was measured on the clock."""
    return any(word in key for word in CLOCK_KEYS)
