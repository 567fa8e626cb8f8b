"""What a linear chain (``--decoder crf``) cannot be trained with."""

from collections.abc import Mapping
from typing import Any

_REASONS = {
    "label_all_pieces": "the chain goes from token to token",
    "label_smoothing_factor": "a path is not smoothed",
}


def find_obstacle(settings: Mapping[str, Any], divides_weights: bool) -> tuple[str, str] | None:
    """Return what no chain goes with in the settings of a run, and why; None if all is well.

    Args:
        settings: The settings by name.
        divides_weights: Whether FSDP or DeepSpeed spreads the weights over the devices.
    """
    for name, reason in _REASONS.items():
        if settings[name]:
            return f"--{name}", reason
    if divides_weights:
        return "FSDP or DeepSpeed", "the transitions are not divided among devices"
    return None
