"""Go on with a run: from which checkpoint, and with settings that are those of the run."""

import json
import logging
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from msra_ner.errors import ArgumentsError, OutputExistsError
from msra_ner.logs import filter_log
from msra_ner.report import RESULTS_FILE, RUN_FILE, STATE_FILE, read_object
from msra_ner.storage import spell_numbers
from msra_ner.training.checkpoints import MANIFEST_FILE, find_fault, has_manifest, list_checkpoints

logger = logging.getLogger(__name__)

# What a resumed run takes over at once: how long to train, what to say, keep, score and push, and
# what changes the speed alone. Every other setting is in the optimizer's state, or in the order of
# the batches, or has made the model what it is: it must be that of the run.
_FREE = """
    num_train_epochs max_steps early_stopping_patience resume_from_checkpoint overwrite output_dir
    data_dir cache_dir max_test_samples do_train do_eval do_predict run_name disable_tqdm project
    report_to log_level log_level_replica log_on_each_node logging_strategy logging_steps
    logging_first_step logging_nan_inf_filter include_num_input_tokens_seen eval_strategy
    eval_steps eval_delay eval_on_start per_device_eval_batch_size eval_accumulation_steps
    include_for_metrics save_strategy save_steps save_total_limit save_on_each_node
    save_only_model enable_jit_checkpoint load_best_model_at_end push_to_hub hub_token
    hub_private_repo hub_model_id hub_strategy hub_always_push hub_revision precision bf16 fp16
    bf16_full_eval fp16_full_eval tf32 use_cpu cpu_threads activation_checkpointing
    activation_checkpointing_kwargs gradient_checkpointing gradient_checkpointing_kwargs
    torch_compile torch_compile_backend torch_compile_mode use_liger_kernel liger_kernel_config
    torch_empty_cache_steps dataloader_num_workers dataloader_pin_memory
    dataloader_persistent_workers dataloader_prefetch_factor ddp_find_unused_parameters
    ddp_bucket_cap_mb ddp_broadcast_buffers ddp_static_graph ddp_backend ddp_timeout debug
    skip_memory_metrics local_rank restore_callback_states_from_checkpoint trackio_space_id
    trackio_bucket_id trackio_static_space_id
"""
FREE_SETTINGS = frozenset(_FREE.split())
# Of the facts in run.json: what the figures of both parts of the run must share.
FIXED_FACTS = {
    "corpus": "sentences of train or val",
    "labels": "labels",
    "processes": "processes",
}


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint of a run.

    Attributes:
        path: Its folder; that of the run is the one above.
        step: The step it was saved at.
        epoch: Epochs seen until then.
        best: Where the best checkpoint of the run until then is: beside this one, whatever its
            folder was called when it was saved; None where there was none yet.
    """

    path: Path
    step: int
    epoch: float
    best: Path | None = None

    @property
    def run_folder(self) -> Path:
        """The folder of the run."""
        return self.path.parent

    @cached_property
    def record(self) -> dict[str, Any]:
        """What ``run.json`` of the run holds; empty where there is none."""
        return read_object(self.run_folder / RUN_FILE)


def find_checkpoint(folder: Path, asked: str | None) -> Checkpoint | None:
    """Return the checkpoint to go on from, or None to start from the beginning.

    ``last`` (or ``true``) means the newest whole checkpoint of the folder, if it has one.

    Raises:
        OutputExistsError: The checkpoint that was named is not there, or not whole; or the newest
            is not the one at which training ended.
    """
    if asked is None:
        return None
    if asked.lower() not in ("last", "true"):
        if fault := find_fault(Path(asked)):
            raise OutputExistsError(
                f"--resume_from_checkpoint {asked}: {fault}; expected a whole checkpoint. Give "
                "another, or 'last' for the newest whole one of --output_dir."
            )
        if not has_manifest(Path(asked)):
            logger.warning("%s: found no %s to say whether it is whole", asked, MANIFEST_FILE)
        return _read_checkpoint(Path(asked))
    last = _find_newest(folder)
    if last is None:
        logger.warning("%s holds no whole checkpoint: starting from the beginning.", folder)
        return None
    ended = _read_checkpoint(folder)  # its own state is that of the end of training
    if ended and ended.step > last.step:
        raise OutputExistsError(
            f"{folder}: found {last.path.name} as the newest whole checkpoint, expected that of "
            f"step {ended.step}, at which training ended; it is damaged, or was not kept "
            f"(--save_total_limit 1). To train from step {last.step} again, name it: "
            f"--resume_from_checkpoint {last.path}"
        )
    return last


def _find_newest(folder: Path) -> Checkpoint | None:
    """Return the newest whole checkpoint of a folder, and say what is wrong with newer ones.

    One without a manifest is that of an older version, if there is none with one; else its save was
    interrupted.
    """
    newest_first = sorted(list_checkpoints(folder), key=lambda path: -int(path.name.split("-")[-1]))
    any_manifest = any(map(has_manifest, newest_first))
    for path in newest_first:
        fault = find_fault(path)  # reads all of it: older ones are left unread
        if fault is None and (has_manifest(path) or not any_manifest):
            return _read_checkpoint(path)
        logger.warning("%s is not whole: %s", path, fault or f"found no {MANIFEST_FILE}")
    return None


def check_resumed_settings(checkpoint: Checkpoint, settings: Mapping[str, Any]) -> None:
    """Refuse to go on with other settings than the run has had.

    Raises:
        ArgumentsError: A setting that cannot change differs; or there is nothing left to train.
        OutputExistsError: The best checkpoint until then, which is to be kept, is not there.
    """
    if not (checkpoint.run_folder / RUN_FILE).exists():
        logger.warning(
            "%s: no %s beside it, so its settings are unknown", checkpoint.path, RUN_FILE
        )
    for name, now, before in list_changes(checkpoint.record, settings, FREE_SETTINGS):
        raise ArgumentsError(
            f"--{name}: found {now}, expected {before}, which the run has had "
            f"until step {checkpoint.step} ({checkpoint.path}) and keeps. Give it again; or "
            f"start a new run from the model: --model_name_or_path {checkpoint.run_folder}"
        )
    _check_goal(checkpoint, settings)
    # The one that goes on was looked at when it was found.
    best = None if checkpoint.best == checkpoint.path else checkpoint.best
    if settings["load_best_model_at_end"] and best and (fault := find_fault(best)):
        found = f"{best}: {fault}" if best.exists() else f"found no {best.name} beside it"
        raise OutputExistsError(
            f"{checkpoint.path}: {found}, expected the best checkpoint until then, which may stay "
            "the best. Put it back, or keep the last instead: --load_best_model_at_end false"
        )


def list_changes(
    record: Mapping[str, Any], settings: Mapping[str, Any], free: Collection[str]
) -> list[tuple[str, Any, Any]]:
    """Return the settings that are not those of a ``run.json``: name, value now, value there.

    Those that are ``free`` to change are left out.
    """
    before = record.get("settings", {})
    now = json.loads(json.dumps(spell_numbers(settings), default=str))
    names = sorted((before.keys() & now.keys()) - set(free))
    return [(name, now[name], before[name]) for name in names if before[name] != now[name]]


def check_resumed_facts(checkpoint: Checkpoint, facts: Mapping[str, Any]) -> None:
    """Refuse to go on with another corpus, or another number of processes, than the run has had.

    Raises:
        ArgumentsError: One differs.
    """
    record = checkpoint.record
    for name, what in FIXED_FACTS.items():
        fact = json.loads(json.dumps(facts[name]))
        if name in record and record[name] != fact:
            raise ArgumentsError(
                f"--resume_from_checkpoint: found other {what} than those of {checkpoint.path}, "
                "expected the same. Give the corpus and the launcher of the run; or start a new "
                f"run from the model: --model_name_or_path {checkpoint.run_folder}"
            )


def describe_resumption(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return what ``run.json`` says of where a run goes on."""
    return {
        "checkpoint": str(checkpoint.path),
        "step": checkpoint.step,
        "epoch": checkpoint.epoch,
    }


def _check_goal(checkpoint: Checkpoint, settings: Mapping[str, Any]) -> None:
    """Refuse a finished run that is to train no further."""
    steps, epochs = settings["max_steps"], settings["num_train_epochs"]
    reached = checkpoint.step >= steps if steps > 0 else checkpoint.epoch >= epochs
    if reached and (checkpoint.run_folder / RESULTS_FILE).exists():
        goal = f"--max_steps {steps}" if steps > 0 else f"--num_train_epochs {epochs:g}"
        raise ArgumentsError(
            f"{goal}: found a finished run of epoch {checkpoint.epoch:g}, step {checkpoint.step}, "
            "expected more than that. Give a larger number to train on."
        )


def _read_checkpoint(path: Path) -> Checkpoint | None:
    """Return the checkpoint of a folder; None where it has no trainer_state.json.

    The Trainer writes that last: without it a save was interrupted.
    """
    if not (path / STATE_FILE).exists():
        return None
    state = read_object(path / STATE_FILE)
    step, epoch = int(state.get("global_step", 0)), float(state.get("epoch") or 0)
    best = state.get("best_model_checkpoint")
    return Checkpoint(path, step, epoch, path.parent / Path(best).name if best else None)


def hide_lost_best() -> AbstractContextManager[None]:
    """Hide the Trainer's warning that the best checkpoint is not where it was when it was saved.

    :class:`ResumedRun` says where it is.
    """
    return filter_log(
        "transformers.trainer",
        lambda record: "recorded in the resumed state" not in record.getMessage(),
    )


class ResumedRun(TrainerCallback):
    """Puts right, before the first resumed step, what a checkpoint cannot know.

    Args:
        checkpoint: The one that training goes on from.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._best = checkpoint.best

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Find the best checkpoint where it is now, and set the learning rate of the whole run.

        The state has the path that the best had when it was saved: another run may lie there now.
        The optimizer's state brings the rate that the schedule of fewer epochs had there.
        """
        there = self._best is not None and self._best.is_dir()
        state.best_model_checkpoint = str(self._best) if there else None
        scheduler: Any = kwargs["lr_scheduler"]
        # reduce_lr_on_plateau and the like do not know how long the run is.
        if hasattr(scheduler, "lr_lambdas"):
            scheduler.last_epoch -= 1
            scheduler.step()  # the same step again, with the length of today
