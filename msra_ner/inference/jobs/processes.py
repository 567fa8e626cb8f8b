"""A job tagged by one process, or by all that a launcher started.

The processes meet in the folder of parts and nowhere else, so they may run on several machines
with a common file system, and a process that ends leaves nothing but parts that are done.
"""

import logging
import os
import time
from collections.abc import Sequence
from typing import Any

from msra_ner.errors import OutputExistsError
from msra_ner.hardware import has_accelerator, use_cpu_threads
from msra_ner.inference.exported import is_exported
from msra_ner.inference.jobs.input import Part
from msra_ner.inference.jobs.job import PlannedJob, TagJob
from msra_ner.inference.jobs.plan import plan_job
from msra_ner.models import find_layer_sizes, load_config
from msra_ner.progress import show_bar

logger = logging.getLogger(__name__)


POLL = 0.5  # seconds
# Rank 0 opens the job before it loads the model, so the others wait for moments.
PATIENCE = 300.0


def tag_with_processes(job: TagJob, *, overwrite: bool = False) -> int | None:
    """Tag the share of this process; the one of rank 0 then puts the output in place.

    Rank and number of processes are those of the launcher: ``RANK``, ``WORLD_SIZE``.

    Returns:
        The rows of the output; None for another process than that of rank 0.

    Raises:
        OutputExistsError: The output is there already, or parts of another job are.
        MsraNerError: Of the input, the model or a part.
    """
    rank, processes = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    before = job.read_change_time() if overwrite else None
    planned = plan_job(job)
    if rank == 0:
        with planned.hold():
            planned.open(overwrite=overwrite)
            _tag_share(planned, rank, processes, before)
            return planned.finish(overwrite=overwrite)
    if _wait_until_open(planned, before):
        _tag_share(planned, rank, processes, before)
    return None


def _tag_share(planned: PlannedJob, rank: int, processes: int, before: int | None) -> None:
    """Tag the parts of a process; that of rank 0 then waits for the others."""
    job = planned.job
    try:
        left = planned.find_missing()
    except FileNotFoundError:
        if rank and job.read_change_time() != before:
            return  # Rank 0 found all parts done, and joined them meanwhile.
        raise
    with show_progress(planned, left, shown=rank == 0) as bar:
        mine = [part for part in left if part.number % processes == rank]
        if processes > 1:
            logger.info("process %d of %d: %d parts", rank, processes, len(mine))
        if mine:
            use_cpu_threads(None, sizes=find_layer_sizes(load_config(job.model)))
            tagger = job.load_tagger(_choose_own_device(job, processes))
            for part in mine:
                planned.write(part, tagger)
                update_bar(bar, planned)
        if rank == 0:
            _wait_for_others(planned, bar)


def show_progress(planned: PlannedJob, missing: Sequence[Part], *, shown: bool) -> Any:
    """Return a bar over the parts of a job; those that are not missing count as done."""
    done = len(planned.parts) - len(missing)
    return show_bar(
        total=len(planned.parts), initial=done, desc="tagging", unit="parts", disable=not shown
    )


def update_bar(bar: Any, planned: PlannedJob) -> None:
    """Show how many parts are done, by any process."""
    if not bar.disable:
        bar.update(len(planned.parts) - len(planned.find_missing()) - bar.n)


def _wait_for_others(planned: PlannedJob, bar: Any) -> None:
    """Wait until all parts are there; now and then say which are not, if none comes."""
    left, since = planned.find_missing(), time.monotonic()
    while left:
        time.sleep(POLL)
        update_bar(bar, planned)
        before, left = left, planned.find_missing()
        if len(left) < len(before):
            since = time.monotonic()
        elif time.monotonic() > since + PATIENCE:
            logger.warning(
                "For %.0f seconds no part was finished; %d are missing, the first is %d. If a "
                "process has died, stop the others and repeat the command.",
                *(PATIENCE, len(left), left[0].number),
            )
            since = time.monotonic()


def _wait_until_open(planned: PlannedJob, before: int | None) -> bool:
    """Wait for the process of rank 0; return False if it has nothing left to do for this one.

    ``before`` is when an output that is to be replaced was changed.
    """
    deadline = time.monotonic() + PATIENCE
    while planned.find_differences():
        # Rank 0 may find all parts done, and join them, before this process looks.
        if planned.job.read_change_time() != before:
            return False
        if time.monotonic() > deadline:
            raise OutputExistsError(
                f"{planned.place}: found no parts of this job after {PATIENCE:.0f} seconds, "
                "expected the process of rank 0 to open it. All processes need the same command, "
                "and a file system that they share."
            )
        time.sleep(POLL)
    return True


def _choose_own_device(job: TagJob, processes: int) -> str | None:
    """Return the GPU of this process, where there are several processes and nobody chose one."""
    exported = is_exported(job.model)  # computes on the CPU
    if job.device is not None or processes == 1 or exported or not has_accelerator():
        return job.device
    import torch

    local = int(os.environ.get("LOCAL_RANK", "0"))
    return f"{torch.accelerator.current_accelerator()}:{local % torch.accelerator.device_count()}"
