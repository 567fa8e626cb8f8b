"""The threads of a process on the CPU: by affinity, limits of containers, and measurement."""

import logging
import os

from msra_ner.hardware.layer_sizes import DEFAULT_SIZES, LayerSizes, Work
from msra_ner.hardware.measured_speed import measure_speed

logger = logging.getLogger(__name__)


def available_cores() -> int:
    """Return how many cores this process may use, by its affinity and by a container's limit."""
    import joblib

    return int(joblib.cpu_count())


def use_cpu_threads(
    asked: int | None, *, work: Work = "tagging", sizes: LayerSizes = DEFAULT_SIZES
) -> int:
    """Set the threads of this process on the CPU and return their number, see count_threads."""
    import torch

    torch.set_num_threads(count_threads(asked, work=work, sizes=sizes))
    return torch.get_num_threads()


def count_threads(
    asked: int | None, *, work: Work = "tagging", sizes: LayerSizes = DEFAULT_SIZES
) -> int:
    """Return how many threads a process shall have on the CPU.

    The launchers set OMP_NUM_THREADS=1 unless told otherwise, which leaves all cores but one
    idle. Without a number asked for, that 1 counts as not told: the process takes its share of
    the cores. Where two of them are one physical core, it is measured whether both are faster. Any
    other OMP_NUM_THREADS is respected.

    Args:
        asked: A number that was asked for; it is taken.
        work: What the threads are for.
        sizes: Those of the model's layers.
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
        speeds = {
            count: measure_speed("fp32", count, work=work, sizes=sizes)
            for count in (physical, share)
        }
    except OSError:  # processes of a launcher that each measured might not agree
        return physical
    chosen = max(speeds, key=lambda count: speeds[count])
    logger.info(
        "%d threads (a layer %d wide takes %s word pieces a second with %d, %s with %d)",
        *(chosen, sizes.hidden, f"{speeds[physical]:,.0f}", physical),
        *(f"{speeds[share]:,.0f}", share),
    )
    return chosen
