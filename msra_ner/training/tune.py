"""Search for better settings: runs one after the other, each chosen by those before it, on val."""

import logging
import math
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from msra_ner.argument_types import check_argument_types
from msra_ner.errors import (
    ArgumentsError,
    CorpusNotFoundError,
    MsraNerError,
    OutputExistsError,
    TrainingError,
)
from msra_ner.extras import require_module
from msra_ner.storage import read_json_object, write_json, write_text
from msra_ner.tables import format_percent, format_table
from msra_ner.training.run import train
from msra_ner.training.run_lock import LOCK_FILE, RunLock
from msra_ner.training.search_space import SEARCHED, find_defaults, propose_settings
from msra_ner.wording import translate

if TYPE_CHECKING:
    import optuna

logger = logging.getLogger(__name__)

STUDY_FILE, GIVEN_FILE, BEST_FILE = "study.log", "tune.json", "best.yaml"
# What a trial's run has of its own.
OWN: dict[str, Any] = {
    **{"do_train": True, "do_eval": True, "do_predict": False},
    **{"eval_strategy": "no", "save_strategy": "no", "load_best_model_at_end": False},
}


@dataclass(frozen=True)
class Trial:
    """One run of a search.

    Attributes:
        number: Counts from 0; the run is in the folder ``trial-NUMBER``.
        settings: What was chosen for it.
        f1: On val, between 0 and 1.
    """

    number: int
    settings: dict[str, Any]
    f1: float


@dataclass(frozen=True)
class TuneResult:
    """What a search found.

    Attributes:
        output_dir: Its folder.
        trials: Those that ended, in their order.
        best: The one of the highest F1 on val, the first of equals.
        settings_file: A file for ``msra-ner train``: what was given, and what was found best.
    """

    output_dir: Path
    trials: list[Trial]
    best: Trial
    settings_file: Path

    def __str__(self) -> str:
        """Return the trials as a table, the best first."""
        names = list(self.best.settings)
        rows = [[translate("trial"), *names, translate("val F1")]]
        for trial in sorted(self.trials, key=lambda trial: -trial.f1):
            values = [f"{trial.settings[name]:g}" for name in names]
            rows.append([str(trial.number), *values, format_percent(trial.f1)])
        return format_table(rows)


@check_argument_types
def tune(
    output_dir: str | Path,
    *,
    trials: int = 10,
    minutes: float | None = None,
    seed: int = 42,
    **settings: Any,
) -> TuneResult:
    """Search for the settings of the highest F1 on val; test is never looked at.

    The first trial is a run as it would be without a search; the others are proposed by Optuna
    (TPE). Each is an ordinary run, in a folder of its own, whose last epoch counts. Only the best
    keeps its model. Called again with the same folder, the search goes on.

    Args:
        output_dir: Folder of the search.
        trials: How many trials there are to be, those of earlier calls included.
        minutes: Start no further trial after so many.
        seed: Of the runs, and of what is proposed.
        **settings: Those of :func:`msra_ner.train` that all trials share. A rate, batch size or
            weight decay that is given is not searched.

    Raises:
        ArgumentsError: A setting is wrong, nothing is left to search, or the folder is that of a
            search with other settings.
        OutputExistsError: The folder holds something else, or another search writes there.
        MsraNerError: The first trial fails. Later ones that fail are left out, with a warning.

    >>> found = tune("runs/tuned", trials=20, data_dir="data/msra")  # doctest: +SKIP
    >>> found.best.f1, found.settings_file  # doctest: +SKIP
    (0.93, PosixPath('runs/tuned/best.yaml'))
    """
    # No number is more than NaN.
    if trials < 1 or (minutes is not None and not 0 < minutes < math.inf):
        raise ArgumentsError(
            f"--trials: found {trials} within {minutes} minutes, expected 1 or more."
        )
    if set(SEARCHED) <= settings.keys():
        raise ArgumentsError(
            f"found a value for each of {', '.join(SEARCHED)}, expected one to be left open. "
            "Leave one out."
        )
    if own := sorted(settings.keys() & {*OWN, "overwrite", "resume_from_checkpoint"}):
        raise ArgumentsError(f"--{own[0]}: found it, which is the search's own. Leave it out.")
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise ArgumentsError("found several processes, expected one. Start it without a launcher.")
    require_module("optuna", "tune")
    folder = Path(output_dir)
    given = {**settings, "seed": seed}
    if tokens := [name for name in given if name.endswith("token")]:
        raise ArgumentsError(
            f"--{tokens[0]}: found it, which the files of the search would hold. Log in instead: "
            "hf auth login"
        )
    defaults = find_defaults(settings)  # refuses wrong settings before anything is written
    with RunLock(folder) as lock:
        lock.take()
        _check_given(folder, given)
        study = _open_study(folder, seed)
        if not study.trials:
            study.enqueue_trial(defaults)
        end = time.monotonic() + 60 * minutes if minutes else None
        while len(study.trials) - _count(study, "WAITING") < trials:
            if end is not None and time.monotonic() > end:
                logger.info("%g minutes are over: no further trial is started.", minutes)
                break
            _carry_out(study, folder, given, defaults["learning_rate"])
        return _conclude(study, folder, given)


def _check_given(folder: Path, given: Mapping[str, Any]) -> None:
    """Write down what all trials share, or refuse a folder of a search that shares something else.

    Raises:
        ArgumentsError: It has another value.
    """
    path = folder / GIVEN_FILE
    wanted = {name: str(value) for name, value in given.items()}
    if not path.exists():
        if any(entry.name != LOCK_FILE for entry in folder.iterdir()):
            raise OutputExistsError(
                f"{folder}: found files that no search wrote, expected an empty folder. Nothing "
                "was changed: choose another --output_dir."
            )
        write_json(path, wanted)
        return
    before = read_json_object(path, error=ArgumentsError, remedy="Choose another folder.")
    for name in sorted(before.keys() | wanted.keys()):
        if before.get(name) != wanted.get(name):
            raise ArgumentsError(
                f"--{name}: found {wanted.get(name)}, expected {before.get(name)}, which the "
                f"search in {folder} has. Choose another --output_dir for a new one."
            )


def _open_study(folder: Path, seed: int) -> "optuna.Study":
    """Open the journal of a search; what was cut off in it counts as failed."""
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        study = optuna.create_study(
            study_name="tune",
            storage=JournalStorage(JournalFileBackend(str(folder / STUDY_FILE))),
            direction="maximize",
            load_if_exists=True,
        )
    finally:
        optuna.logging.set_verbosity(level)
    # Else a search that goes on would propose again what it began with.
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.trials), n_startup_trials=5)
    for trial in study.trials:
        if trial.state == optuna.trial.TrialState.RUNNING:
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    return study


def _carry_out(study: "optuna.Study", folder: Path, given: Mapping[str, Any], rate: float) -> None:
    """Run one trial and tell the study its F1 on val; learning rates lie around ``rate``."""
    import optuna

    trial = study.ask()
    chosen = propose_settings(trial, given, rate)
    trial.set_user_attr("settings", chosen)
    logger.info("Trial %d: %s", trial.number, ", ".join(f"{k} {v:g}" for k, v in chosen.items()))
    try:
        result = train(output_dir=_find_folder(folder, trial.number), **given, **chosen, **OWN)
    except TrainingError as error:
        logger.warning("Trial %d counts as 0: %s", trial.number, error)
        study.tell(trial, 0.0)
        return
    except MsraNerError as error:
        study.tell(trial, state=optuna.trial.TrialState.FAIL)
        if not any(_list_trials(study)):
            raise
        logger.warning("Trial %d failed and is left out: %s", trial.number, error)
        return
    if result.val is None:
        raise CorpusNotFoundError(
            "found no val to choose by, expected one. --val_size N takes it out of train."
        )
    f1 = result.val.f1 or 0.0  # None where nothing was found, and nothing was to be
    study.tell(trial, f1)
    logger.info("Trial %d: val F1 %s", trial.number, format_percent(f1))
    # A model is large: only the best keeps its weights.
    for other in _list_trials(study):
        if other.number != study.best_trial.number:
            (_find_folder(folder, other.number) / "model.safetensors").unlink(missing_ok=True)


def _conclude(study: "optuna.Study", folder: Path, given: Mapping[str, Any]) -> TuneResult:
    """Write the settings file of the best trial, and return what was found."""
    trials = list(_list_trials(study))
    if not trials:
        raise ArgumentsError(f"{folder}: found no trial that ended, expected one. Start it again.")
    best = next(trial for trial in trials if trial.number == study.best_trial.number)
    path = folder / BEST_FILE
    plain = {name: value if _is_plain(value) else str(value) for name, value in given.items()}
    write_text(path, yaml.safe_dump(plain | best.settings, allow_unicode=True))
    return TuneResult(folder, trials, best, path)


def _is_plain(value: Any) -> bool:
    return isinstance(value, bool | int | float | str | list | dict)


def _list_trials(study: "optuna.Study") -> Iterator[Trial]:
    """Yield the trials that ended."""
    for trial in study.trials:
        if trial.state.name == "COMPLETE":
            yield Trial(trial.number, dict(trial.user_attrs["settings"]), float(trial.value or 0.0))


def _count(study: "optuna.Study", state: str) -> int:
    return sum(trial.state.name == state for trial in study.trials)


def _find_folder(folder: Path, number: int) -> Path:
    return folder / f"trial-{number}"
