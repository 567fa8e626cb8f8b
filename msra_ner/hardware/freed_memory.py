"""Memory that a process has freed: kept for its next steps, or given back to the system."""

import ctypes
import os
import sys

# Of glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_MAX = -1, -4
_OWN_SETTINGS = ("GLIBC_TUNABLES", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_MAX_")


def keep_freed_memory() -> bool:
    """Let this process keep what it frees, and return whether it does.

    glibc gives large blocks back to the system as they are freed. A step of training on a CPU
    frees and takes gigabytes of them, and each page that it takes again has to be filled with
    zeros first: with long rows in fp32 that was a quarter of a step. The setting is one of the
    whole process, until it ends; one in the environment is respected.
    """
    if not sys.platform.startswith("linux") or any(name in os.environ for name in _OWN_SETTINGS):
        return False
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is None:  # another C library
        return False
    return bool(set_option(_TRIM_THRESHOLD, -1)) and bool(set_option(_MMAP_MAX, 0))
