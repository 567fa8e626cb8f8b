"""A job tagged on a Ray cluster: actors that hold the model, fed with parts by Ray Data.

An actor writes its part itself, as any process does, and gives back only its number. So the output
is that of one process, and when an actor dies Ray may run a part twice without doubling a row.
"""

import logging
import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from msra_ner import errors
from msra_ner.errors import JobError, MsraNerError
from msra_ner.extras import require_module
from msra_ner.hardware import available_cores, use_cpu_threads
from msra_ner.inference.exported import is_exported
from msra_ner.inference.jobs.input import Part
from msra_ner.inference.jobs.job import PlannedJob, TagJob
from msra_ner.inference.jobs.places import locate
from msra_ner.inference.jobs.plan import plan_job
from msra_ner.inference.jobs.processes import show_progress, update_bar
from msra_ner.logs import hide_weight_bars
from msra_ner.models import load_labels, load_tokenizer


class PartTagger:
    """An actor: holds the model and tags one part after another."""

    def __init__(self, planned: PlannedJob, threads: int) -> None:
        """Load the model of a job whose names mean the same on every machine."""
        hide_weight_bars()
        use_cpu_threads(threads)
        self._planned = planned
        self._tagger = planned.job.load_tagger()

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Tag a part; return its number, and what is wrong with it as class and message."""
        part = self._planned.parts[row["part"]]
        found = {"part": part.number, "kind": "", "error": ""}
        try:
            self._planned.write(part, self._tagger)
        except MsraNerError as error:
            # As a value: Ray would try again, and wrap it with pages of its own.
            found |= {"kind": type(error).__name__, "error": error.command_line_text}
        return found


def tag_with_ray(
    job: TagJob, address: str | None = None, actors: int | None = None, *, overwrite: bool = False
) -> int:
    """Tag a job with Ray and return its rows.

    Args:
        job: The job; on a cluster, its files must be in an object store, or on a file system that
            all machines share.
        address: Of a cluster; None takes ``RAY_ADDRESS``, or else starts Ray on this machine and
            stops it at the end, even if a cluster that somebody else started runs there.
        actors: Copies of the model; None takes one a GPU of the cluster, or two cores each.
        overwrite: As in ``PlannedJob.open``.

    Raises:
        ModelError: Ray is not installed.
        JobError: Ray ended before all parts were there.
        MsraNerError: Of the input, the output or the model.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray reports nothing unless asked to
    for module in ("ray", "ray.data"):
        require_module(module, "ray")
    folder = Path(job.model)
    job = replace(
        job,
        model=str(folder.resolve()) if folder.is_dir() else job.model,
        files=[locate(name) for name in job.files],
        output=job.output if isinstance(job.output, str) else job.output.resolve(),
    )
    planned = plan_job(job)
    with planned.hold():
        planned.open(overwrite=overwrite)
        if missing := planned.find_missing():
            # What is wrong with the model shows here, in one line, before any actor starts.
            load_labels(job.model)
            load_tokenizer(job.model)
            _tag_missing(planned, missing, address, actors)
        if left := planned.find_missing():
            raise JobError(
                f"{planned.place}: found {len(left)} parts missing after Ray had ended, the first "
                f"is {left[0].number}; expected all of {len(planned.parts)}. Repeat the command."
            )
        return planned.finish(overwrite=overwrite)


def _tag_missing(
    planned: PlannedJob, missing: list[Part], address: str | None, actors: int | None
) -> None:
    """Tag parts with Ray; it ends when they are done, or with the first error."""
    import ray

    with show_progress(planned, missing, shown=True) as bar:
        try:
            _start(ray, address)
            for row in _start_actors(ray, planned, [part.number for part in missing], actors):
                if row["kind"]:
                    raise getattr(errors, row["kind"])(row["error"])
                update_bar(bar, planned)
        except MsraNerError:
            raise
        except Exception as error:
            said = str(error).strip().split("\n")[0]
            raise JobError(
                f"--engine ray: found {type(error).__name__} ({said}). The parts that are "
                "done stay: repeat the command, with --traceback to see more."
            ) from error
        finally:
            ray.shutdown()


def _start(ray: Any, address: str | None) -> None:
    address = address or os.environ.get("RAY_ADDRESS") or "local"
    alone: dict[str, Any] = {"include_dashboard": False} if address == "local" else {}
    # Logs of actors would come between what people and programs read.
    ray.init(address, **alone, log_to_driver=False, logging_level=logging.ERROR)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)


def _start_actors(ray: Any, planned: PlannedJob, parts: list[int], actors: int | None) -> Any:
    """Return an iterator with a row for each part that is done."""
    job = planned.job
    on_cpu = job.device == "cpu" or is_exported(job.model)
    gpus = 0 if on_cpu else int(ray.cluster_resources().get("GPU", 0))
    cores = int(ray.cluster_resources().get("CPU", 1))
    count = min(actors or gpus or max(1, cores // 2), len(parts))
    threads = max(1, min(cores, available_cores()) // count)
    # Actors that are more than the GPUs share them: asked for whole, they would wait for ever.
    resources = (
        {"num_gpus": 1 / math.ceil(count / gpus)}
        if gpus
        else {"num_cpus": min(threads, max(1, cores // count))}
    )
    dataset = ray.data.from_items(
        [{"part": number} for number in parts], override_num_blocks=len(parts)
    ).map(
        PartTagger,
        fn_constructor_args=(planned, threads),
        compute=ray.data.ActorPoolStrategy(size=count),
        **resources,
    )
    return dataset.iter_rows()
