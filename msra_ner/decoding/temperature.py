"""A temperature for the probabilities of entities, which makes them say how often they are right.

Source:
    Guo et al., "On calibration of modern neural networks" (2017), here for the odds of an entity.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# What is certain has no odds.
_NEAREST = 1e-6
# Temperatures that are tried: probabilities are made so much sharper, or flatter, at most.
LOWEST, HIGHEST = 0.2, 5.0


def apply_temperature(probabilities: Sequence[float], temperature: float) -> list[float]:
    """Return probabilities whose log odds are divided by a temperature; above 1 they are humbler.

    >>> apply_temperature([0.9, 0.5], 2.0)
    [0.75, 0.5]
    """
    if temperature == 1 or len(probabilities) == 0:
        return list(probabilities)
    odds = _find_log_odds(probabilities) / temperature
    found: list[float] = (1 / (1 + np.exp(-odds))).tolist()
    return found


def fit_temperature(probabilities: Sequence[float], correct: Sequence[bool]) -> float:
    """Return the temperature under which it is most probable that these, and no others, are right.

    Args:
        probabilities: Of predicted entities, 0 to 1.
        correct: Whether each is right.
    """
    from scipy.optimize import minimize_scalar

    odds, signs = _find_log_odds(probabilities), np.where(correct, 1.0, -1.0)

    def measure_loss(logarithm: float) -> float:
        return float(np.logaddexp(0, -signs * odds / np.exp(logarithm)).mean())

    bounds = float(np.log(LOWEST)), float(np.log(HIGHEST))
    found = minimize_scalar(measure_loss, bounds=bounds, method="bounded")
    return round(float(np.exp(found.x)), 3)


def _find_log_odds(probabilities: Sequence[float]) -> NDArray[np.float64]:
    inside = np.clip(np.asarray(probabilities, dtype=np.float64), _NEAREST, 1 - _NEAREST)
    return np.log(inside / (1 - inside))
