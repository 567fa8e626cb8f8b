"""What this machine can compute with, and all of its cores put to use."""

import os


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

    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


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
