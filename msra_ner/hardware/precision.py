"""The precision to compute in, measured where the hardware's word is not enough."""

import logging
from typing import Literal, get_args

from msra_ner.argument_types import check_choice
from msra_ner.hardware.devices import cpu_has_bf16, gpu_has_bf16
from msra_ner.hardware.layer_sizes import DEFAULT_SIZES, LayerSizes, Work
from msra_ner.hardware.measured_speed import measure_speed

logger = logging.getLogger(__name__)

Precision = Literal["auto", "fp32", "bf16", "fp16"]
PRECISIONS = get_args(Precision)


def choose_precision(
    asked: str, *, on_gpu: bool, work: Work = "tagging", sizes: LayerSizes = DEFAULT_SIZES
) -> str:
    """Return the precision to compute in: ``fp32``, ``bf16`` or ``fp16``.

    ``auto`` is bf16 on a GPU that multiplies in it, and on a CPU where that is faster, which is
    measured with the threads that torch has now. A CPU replaces what it cannot do; one line says
    so.

    Args:
        asked: One of :data:`PRECISIONS`.
        on_gpu: Whether it is a GPU that computes.
        work: Whether to train, to score as in training, or to tag.
        sizes: Those of the model's layers.

    Raises:
        ArgumentsError: There is no such precision.
    """
    check_choice("precision", asked, PRECISIONS)
    best = "bf16" if (gpu_has_bf16() if on_gpu else cpu_has_bf16()) else "fp32"
    if asked == "auto":
        return best if on_gpu or best == "fp32" else _choose_faster(work, sizes)
    if on_gpu or asked in ("fp32", best):
        return asked
    instead = "bf16" if best == "bf16" else "fp32: this CPU does not compute in bf16"
    logger.warning("%s needs a GPU; this CPU uses %s.", asked, instead)
    return best


def _choose_faster(work: Work, sizes: LayerSizes) -> str:
    """Return which of fp32 and bf16 this CPU computes layers of such sizes faster in."""
    import torch

    threads = torch.get_num_threads()
    try:
        speeds = {x: measure_speed(x, threads, work=work, sizes=sizes) for x in ("fp32", "bf16")}
    except OSError as error:
        # Processes of a launcher that each measured might not agree.
        logger.warning("bf16, which this CPU has; what is faster cannot be kept (%s)", error)
        return "bf16"
    chosen = max(speeds, key=lambda name: speeds[name])
    logger.info(
        "precision auto: %s (a layer %d wide takes %s word pieces a second in fp32, %s in bf16)",
        *(chosen, sizes.hidden, f"{speeds['fp32']:,.0f}", f"{speeds['bf16']:,.0f}"),
    )
    return chosen
