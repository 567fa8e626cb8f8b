"""What this machine can compute with: accelerator, precision, cores."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

from msra_ner.argument_types import check_choice
from msra_ner.measured_speed import measure_speed

logger = logging.getLogger(__name__)

Precision = Literal["auto", "fp32", "bf16", "fp16"]
PRECISIONS = get_args(Precision)
# How many are inside without_cudnn_attention(), and what the switch was before the first.
_inside, _before = 0, True
_switching = threading.Lock()


def has_accelerator() -> bool:
    """Return whether torch sees a GPU or another accelerator."""
    import torch

    return torch.accelerator.is_available()


def gpu_has_bf16() -> bool:
    """Return whether the GPU multiplies in bf16 itself."""
    import torch

    if not torch.cuda.is_available():
        return False  # of other accelerators it is not known
    return bool(torch.cuda.is_bf16_supported(including_emulation=False))


def cpu_has_bf16() -> bool:
    """Return whether the CPU multiplies in bf16 itself; elsewhere bf16 is slower than fp32."""
    import torch

    read_capabilities = getattr(torch.cpu, "get_capabilities", None)
    if read_capabilities is None:
        logger.warning("This version of torch does not tell whether the CPU computes in bf16.")
        return False
    found = read_capabilities()
    return bool(found.get("avx512_bf16") or found.get("amx_tile"))


def choose_precision(
    asked: str, *, on_gpu: bool, training: bool = False, threads: int | None = None
) -> str:
    """Return the precision to compute in: ``fp32``, ``bf16`` or ``fp16``.

    ``auto`` is bf16 on a GPU that multiplies in it, and on a CPU where that is faster, which is
    measured. A CPU replaces what it cannot do; one line says so.

    Args:
        asked: One of :data:`PRECISIONS`.
        on_gpu: Whether it is a GPU that computes.
        training: Whether to train or to tag.
        threads: Those of the process on a CPU; default: those of torch now.

    Raises:
        ArgumentsError: There is no such precision.
    """
    check_choice("precision", asked, PRECISIONS)
    best = "bf16" if (gpu_has_bf16() if on_gpu else cpu_has_bf16()) else "fp32"
    if asked == "auto":
        return best if on_gpu or best == "fp32" else _choose_faster(training, threads)
    if on_gpu or asked in ("fp32", best):
        return asked
    instead = "bf16" if best == "bf16" else "fp32: this CPU does not compute in bf16"
    logger.warning("%s needs a GPU; this CPU uses %s.", asked, instead)
    return best


def _choose_faster(training: bool, threads: int | None) -> str:
    """Return which of fp32 and bf16 this CPU computes faster in."""
    import torch

    count = threads or torch.get_num_threads()
    try:
        speeds = {x: measure_speed(x, count, training=training) for x in ("fp32", "bf16")}
    except OSError as error:
        # Processes of a launcher that each measured might not agree.
        logger.warning("bf16, which this CPU has; what is faster cannot be kept (%s)", error)
        return "bf16"
    chosen = max(speeds, key=lambda name: speeds[name])
    logger.info(
        "precision auto: %s (a layer takes %s word pieces a second in fp32, %s in bf16)",
        *(chosen, f"{speeds['fp32']:,.0f}", f"{speeds['bf16']:,.0f}"),
    )
    return chosen


@contextmanager
def without_cudnn_attention() -> Iterator[None]:
    """Leave attention on a GPU to torch's other kernels, not to cuDNN.

    cuDNN, which torch prefers in bf16 and fp16 on newer GPUs, makes a plan for each new shape of a
    batch, which takes longer than a step; batches of sentences have a new shape again and again.
    The switch is one of the whole process: the last thread inside puts it back.
    """
    global _inside, _before
    from torch.backends import cuda

    with _switching:
        if not _inside:
            _before = cuda.cudnn_sdp_enabled()
            cuda.enable_cudnn_sdp(False)
        _inside += 1
    try:
        yield
    finally:
        with _switching:
            _inside -= 1
            if not _inside:
                cuda.enable_cudnn_sdp(_before)


def available_cores() -> int:
    """Return how many cores this process may use, by its affinity and by a container's limit."""
    import joblib

    return int(joblib.cpu_count())


def use_cpu_threads(asked: int | None, *, training: bool = False) -> int:
    """Set the threads of this process on the CPU and return their number, see count_threads."""
    import torch

    torch.set_num_threads(count_threads(asked, training=training))
    return torch.get_num_threads()


def count_threads(asked: int | None, *, training: bool = False) -> int:
    """Return how many threads a process shall have on the CPU.

    The launchers set OMP_NUM_THREADS=1 unless told otherwise, which leaves all cores but one
    idle. Without a number asked for, that 1 counts as not told: the process takes its share of
    the cores. Where two of them are one physical core, it is measured whether both are faster. Any
    other OMP_NUM_THREADS is respected.
    """
    import joblib
    import torch

    if asked is not None:
        return asked
    if os.environ.get("OMP_NUM_THREADS", "1") != "1":
        return torch.get_num_threads()
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    share = max(1, available_cores() // processes)
    physical = max(1, int(joblib.cpu_count(only_physical_cores=True)) // processes)
    if physical >= share:
        return share
    try:
        speeds = {n: measure_speed("fp32", n, training=training) for n in (physical, share)}
    except OSError:  # processes of a launcher that each measured might not agree
        return physical
    return max(speeds, key=lambda n: speeds[n])
