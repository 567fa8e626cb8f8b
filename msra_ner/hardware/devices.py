"""Accelerators and processors: whether they are there, and what they do themselves."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

logger = logging.getLogger(__name__)

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
