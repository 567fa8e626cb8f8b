"""What this machine can compute with: accelerator, precision, cores."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

from msra_ner.argument_types import check_choice

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


def choose_precision(asked: str, *, on_gpu: bool) -> str:
    """Return the precision to compute in: ``fp32``, ``bf16`` or ``fp16``.

    ``auto`` is bf16 where the hardware multiplies in it, else fp32. A CPU replaces what it cannot
    do by that; one line says so.

    Raises:
        ArgumentsError: There is no such precision.
    """
    check_choice("precision", asked, PRECISIONS)
    best = "bf16" if (gpu_has_bf16() if on_gpu else cpu_has_bf16()) else "fp32"
    if asked == "auto":
        return best
    if on_gpu or asked in ("fp32", best):
        return asked
    instead = "bf16" if best == "bf16" else "fp32: this CPU does not compute in bf16"
    logger.warning("%s needs a GPU; this CPU uses %s.", asked, instead)
    return best


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
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def use_cpu_threads(asked: int | None) -> int:
    """Set the threads of this process on the CPU and return their number.

    The launchers set OMP_NUM_THREADS=1 unless told otherwise, which leaves all cores but one
    idle. Without a number asked for, that 1 counts as not told: the process takes its share of
    the cores. Any other OMP_NUM_THREADS is respected.
    """
    import torch

    if asked is None and os.environ.get("OMP_NUM_THREADS", "1") == "1":
        asked = max(1, available_cores() // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))
    if asked is not None:
        torch.set_num_threads(asked)
    return torch.get_num_threads()
