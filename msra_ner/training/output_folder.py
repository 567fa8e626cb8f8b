"""The output folder of a run: refuse to mix two runs, and record what made this one."""

import os
import platform
import re
import shutil
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from msra_ner.errors import CorpusError, OutputExistsError
from msra_ner.report import (
    LOG_FILE,
    PLOTS_FOLDER,
    PREDICTIONS_FILE,
    RESULTS_FILE,
    RUN_FILE,
    STAGED,
    TIMING_FILE,
    list_plot_files,
    read_object,
)
from msra_ner.storage import remove_files, write_json
from msra_ner.training.arguments import NerTrainingArguments
from msra_ner.training.checkpoints import (
    list_checkpoint_names,
    list_checkpoints,
    list_own_files,
    remove_checkpoint,
)
from msra_ner.training.resume import Checkpoint

# What a run writes; --overwrite removes these and nothing else, and only in the folder of a run.
RUN_FILES = (
    RUN_FILE,
    LOG_FILE,
    RESULTS_FILE,
    TIMING_FILE,
    PREDICTIONS_FILE,
    "eval_results.json",
    "test_results.json",
    "trainer_state.json",
    "report.html",
    "report.json",
    *list_plot_files(PLOTS_FOLDER),
    "training_args.bin",
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
)


def check_run_folder(
    folder: Path, args: NerTrainingArguments, checkpoint: Checkpoint | None, model: str | None
) -> None:
    """Refuse a folder that holds a run, unless the run may be replaced or goes on.

    Raises:
        OutputExistsError: It holds a run that must stay or goes on, the model to start from, or
            files that no run of this package wrote and this one would write over.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputExistsError(
            f"{folder}: found a file, expected a new folder. Nothing was changed: choose another "
            "--output_dir."
        )
    files = list_run_files(folder)
    # A run that is replaced goes with its links; elsewhere a run would write to where they point.
    written = [] if args.overwrite else files
    for path in (*written, *list_checkpoint_names(folder)):
        if path.is_symlink():
            raise OutputExistsError(
                f"{path}: found a link to another place, expected what a run wrote. Nothing was "
                "changed: remove the link, or choose another --output_dir."
            )
    if not files:
        return
    goes_on = checkpoint is not None and _is_inside(checkpoint.path, folder)
    # A run that was stopped before its first checkpoint left nothing worth keeping.
    starts_again = (
        args.resume_from_checkpoint == "last"
        and checkpoint is None
        and not (folder / RESULTS_FILE).exists()
    )
    if not (args.overwrite or goes_on or starts_again):
        raise OutputExistsError(
            f"{folder}: found a run ({files[0].name}), expected a new folder. Nothing was "
            "changed: choose another --output_dir, give --overwrite to replace the run, or "
            "--resume_from_checkpoint last to go on with it."
        )
    if args.overwrite and goes_on:
        raise OutputExistsError(
            "--overwrite: found --resume_from_checkpoint of the same folder, expected one of the "
            "two: to replace the run, or to go on with it. Nothing was changed."
        )
    if not _is_of_run(folder):
        raise OutputExistsError(
            f"{folder}: found {files[0].name} and no {RUN_FILE} of a run, expected a run that "
            "may be replaced or goes on, or a new folder. Nothing was changed: choose another "
            "--output_dir."
        )
    if not goes_on and model is not None and _is_inside(Path(model), folder):
        raise OutputExistsError(
            f"{folder}: found the model to start from in it, expected another --output_dir, "
            "because the run would replace the model. Nothing was changed."
        )


def _is_of_run(folder: Path) -> bool:
    """Return whether a folder has the record that a run writes before anything else."""
    try:
        return "settings" in read_object(folder / RUN_FILE)
    except CorpusError:  # damaged, or of another tool
        return False


def remove_run(folder: Path) -> None:
    """Remove what a run left in a folder; other files stay, in its checkpoints too."""
    remove_files(folder, list_run_files(folder))
    for staged in folder.glob(f"{STAGED}*"):
        shutil.rmtree(staged, ignore_errors=True)


def remove_checkpoints(folder: Path) -> None:
    """Remove the checkpoints of a run that begins again."""
    for checkpoint in list_checkpoints(folder):
        remove_checkpoint(checkpoint)


def _is_inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def list_run_files(folder: Path) -> list[Path]:
    """Return the files that a run left in a folder, those of its checkpoints too."""
    files = [folder / name for name in RUN_FILES if os.path.lexists(folder / name)]
    own = (file for checkpoint in list_checkpoints(folder) for file in list_own_files(checkpoint))
    return [*files, *own]


def write_run_file(
    folder: Path, command: str | Sequence[str], settings: dict[str, Any], facts: dict[str, Any]
) -> None:
    """Write what made the run: command, settings, versions, machine, and facts about the data.

    The command is the words of a command line, or a call in Python.
    """
    write_json(
        folder / RUN_FILE,
        {
            "command": command if isinstance(command, str) else without_tokens(command),
            "settings": settings,
            **facts,
            "versions": package_versions(),
            "python": platform.python_version(),
            "machine": platform.machine(),
        },
    )


def without_tokens(command: Sequence[str]) -> list[str]:
    """Return a command line with the values of ``--hub_token`` and its like masked."""
    masked = re.compile(r"(--\w*token)(=.*)?")
    shown: list[str] = []
    for previous, word in zip(["", *command], command, strict=False):
        flag, given = masked.fullmatch(previous), masked.fullmatch(word)
        if flag and not flag[2]:
            word = "***"
        elif given and given[2]:
            word = f"{given[1]}=***"
        shown.append(word)
    return shown


def format_call(function: str, given: Mapping[str, Any]) -> str:
    """Return a call in Python with these arguments, tokens masked.

    >>> format_call("msra_ner.train", {"data_dir": "sample", "hub_token": "secret"})
    "msra_ner.train(data_dir='sample', hub_token='***')"
    """
    shown = {name: "***" if name.endswith("token") else value for name, value in given.items()}
    return f"{function}({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


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
