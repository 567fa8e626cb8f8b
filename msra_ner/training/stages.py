"""Stages of one settings file: runs one after the other, each from the model of the one before."""

import gc
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from accelerate import PartialState

from msra_ner.errors import ArgumentsError, OutputExistsError
from msra_ner.report import BEFORE_KEY, RESULTS_FILE, RUN_FILE, identify_run, read_object
from msra_ner.training.data import Data, load_data
from msra_ner.training.data_checks import check_training_data
from msra_ner.training.leaks import StageData, leave_out_scored
from msra_ner.training.output_folder import check_run_folder, list_run_files
from msra_ner.training.parsing import Arguments
from msra_ner.training.results import TrainResult
from msra_ner.training.resume import FREE_SETTINGS, list_changes
from msra_ner.training.run import run_arguments
from msra_ner.training.stage_settings import Stage, check_together, name_stage

logger = logging.getLogger(__name__)

# What a stage that has ended may be asked with and stay as it is.
_FREE_OF_ENDED = FREE_SETTINGS - {"num_train_epochs", "max_steps", "data_dir"}


def run_stages(stages: Sequence[Stage], command: str | Sequence[str]) -> TrainResult:
    """Train the stages one after the other and return what the last one reached.

    Nothing is trained before all settings, corpora and folders are looked at.

    Args:
        stages: The stages, in their order.
        command: What repeats them, for ``run.json``.

    Raises:
        MsraNerError: A stage cannot be run, or the folder of one holds what must stay.
    """
    arguments = [stage.parse() for stage in stages]
    check_together(stages, arguments)
    data = _load(stages, arguments)
    start, old = _find_start(stages, arguments, data)
    for stage in stages[:start]:
        logger.info("Stage %s has ended: %s stays as it is", stage.name, stage.folder)
    for number, stage in enumerate(stages[start:], start):
        words = number + 1, len(stages), stage.name
        logger.info("Stage %d of %d: %s", *words, extra={"begins_anew": True})
        # Parsed again: accelerate's state, which all runs of a process share, is set by the last.
        more = ["--resume_from_checkpoint", "false"] if number > start or stage in old else []
        more += ["--overwrite", "true"] if stage in old else []
        result = run_arguments(stage.parse(*more), command, data[number])
        PartialState().wait_for_everyone()  # until the main process has written all of it
        gc.collect()  # a Trainer refers to itself: its model would stay in the device's memory
    if start == len(stages):
        figures = read_object(stages[-1].folder / RESULTS_FILE)
        result = TrainResult(stages[-1].folder, figures)
    return result


def _load(stages: Sequence[Stage], arguments: Sequence[Arguments]) -> list[Data]:
    """Return the corpora of all stages, each without what a later stage is scored on."""
    read: list[StageData] = []
    for stage, given in zip(stages, arguments, strict=True):
        with name_stage(stage.where):
            data = load_data(given.data)
        read.append(StageData(stage.name, given.data, data))
    found = []
    for number, stage in enumerate(stages):
        with name_stage(stage.where):
            data = leave_out_scored(read[number], read[number + 1 :])
            check_training_data(arguments[number].training, data)
        found.append(data)
    return found


def _find_start(
    stages: Sequence[Stage], arguments: Sequence[Arguments], data: Sequence[Data]
) -> tuple[int, list[Stage]]:
    """Return which stage is the first to train, and those whose old runs are replaced.

    All stages before the first have ended. A run is old where it did not start from what the stage
    before has now.

    Raises:
        OutputExistsError: The folder of a stage holds a run that must stay.
        ArgumentsError: A stage has ended with other settings, or on another corpus.
    """
    if arguments[0].training.resume_from_checkpoint is None:
        model = arguments[0].model.model_name_or_path
        for stage, given in zip(stages, arguments, strict=True):
            check_run_folder(stage.folder, given.training, None, model)
        return 0, []
    records = [read_object(stage.folder / RUN_FILE) for stage in stages]
    fits = [True, *map(_starts_from, records[1:], stages[:-1])]
    ended = [fit and stage.has_ended for fit, stage in zip(fits, stages, strict=True)]
    start = ended.index(False) if False in ended else len(stages)
    for number in range(start):
        _check_ended(stages[number], records[number], arguments[number], data[number])
    old = [
        stage
        for number, stage in enumerate(stages[start:], start)
        if list_run_files(stage.folder) and (number > start or not fits[number])
    ]
    # Killed while it replaced all stages, the command still means to.
    current = [record for record, fit in zip(records[: start + 1], fits, strict=False) if fit]
    if old and not any(record.get("settings", {}).get("overwrite") for record in current):
        before = stages[stages.index(old[0]) - 1]
        raise OutputExistsError(
            f"{old[0].folder}: found a run that did not start from {before.folder} as it is now, "
            "expected one that did, or none. Nothing was changed: remove the folder to train the "
            "stage again, or give --overwrite to replace all stages."
        )
    return start, old


def _starts_from(record: Mapping[str, Any], before: Stage) -> bool:
    """Return whether a run started from the model that a stage has now."""
    known = record.get(BEFORE_KEY) or [{}]
    identity = identify_run(before.folder)
    return identity is not None and known[-1].get("identity") == identity


def _check_ended(stage: Stage, record: Mapping[str, Any], arguments: Arguments, data: Data) -> None:
    """Refuse a stage that has ended, and not as it is asked for now."""
    chosen = record.get("chosen", ())
    for name, now, before in list_changes(record, arguments.to_dict(), _FREE_OF_ENDED):
        if not (name in chosen and now in (None, "auto")):
            raise ArgumentsError(
                f"{stage.where}: found {name} {now}, expected {before}, with which it has ended "
                f"({stage.folder}). Give what it had, or --overwrite to replace all stages."
            )
    if record.get("corpus") != data.hash_sentences():
        raise ArgumentsError(
            f"{stage.where}: found other sentences in train or val of {data.folder}, or others "
            f"that later stages are scored on, expected those with which it has ended "
            f"({stage.folder}). Give what it had, or --overwrite to replace all stages."
        )
