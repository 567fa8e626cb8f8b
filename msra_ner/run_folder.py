"""The output folder of a run: refuse to mix two runs, and record what made this one."""

import logging
import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from msra_ner.errors import OutputExistsError
from msra_ner.storage import write_json

logger = logging.getLogger(__name__)

RUN_FILE = "run.json"
LOG_FILE = "train.log"
RESULTS_FILE = "all_results.json"
TIMING_FILE = "timing.json"
PREDICTIONS_FILE = "predictions.jsonl"
# What a run writes; --overwrite removes these and nothing else.
RUN_ENTRIES = (
    RUN_FILE,
    LOG_FILE,
    RESULTS_FILE,
    TIMING_FILE,
    PREDICTIONS_FILE,
    "eval_results.json",
    "test_results.json",
    "trainer_state.json",
    "training_args.bin",
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
)


def open_run_folder(folder: Path, *, overwrite: bool, resume: bool) -> None:
    """Make the folder ready for a run.

    Raises:
        OutputExistsError: A run stands in it and neither flag allows to go on.
    """
    standing = [folder / name for name in RUN_ENTRIES if (folder / name).exists()]
    standing += folder.glob("checkpoint-*")
    if standing and overwrite and not resume:
        for entry in standing:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        logger.info("%s: removed the run that stood there (--overwrite).", folder)
    elif standing and not resume:
        raise OutputExistsError(
            f"{folder}: found a run ({standing[0].name}), expected a new folder. Nothing was "
            "changed: choose another --output_dir, give --overwrite to replace the run, or "
            "--resume_from_checkpoint last to go on with it."
        )
    folder.mkdir(parents=True, exist_ok=True)


def find_checkpoint(folder: Path, asked: str | None) -> str | None:
    """Return the checkpoint to go on from, or None to start anew.

    ``last`` (or ``true``) stands for the newest checkpoint of the folder, if it has one.

    Raises:
        OutputExistsError: The checkpoint that was named is not there.
    """
    if asked is None:
        return None
    if asked.lower() in ("last", "true"):
        found = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
        if not found:
            logger.warning("%s holds no checkpoint yet: starting from the beginning.", folder)
        return str(found[-1]) if found else None
    if not Path(asked).is_dir():
        raise OutputExistsError(
            f"--resume_from_checkpoint: found no folder {asked}, expected a checkpoint. Give "
            "'last' for the newest of --output_dir."
        )
    return asked


def write_run_file(folder: Path, settings: dict[str, Any], facts: dict[str, Any]) -> None:
    """Write what made the run: command, settings, versions, machine, and facts about the data."""
    write_json(
        folder / RUN_FILE,
        {
            "command": sys.argv,
            "settings": settings,
            **facts,
            "versions": package_versions(),
            "python": platform.python_version(),
            "machine": platform.machine(),
        },
    )


def package_versions() -> dict[str, str]:
    """Return the versions of the packages that decide the result."""
    names = ("msra-ner", "torch", "transformers", "datasets", "evaluate", "seqeval", "accelerate")
    versions = {}
    for name in names:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return versions
