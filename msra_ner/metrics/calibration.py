"""Whether the scores of entities are what they say: of those at 0.8, are 80 % right?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Predicted entities whose scores lie in one stretch.

    Attributes:
        low: The lowest score that belongs here; the highest is that of the next bin.
        entities: How many there are.
        score: The mean of their scores.
        precision: How many of them are right, as a fraction.
    """

    low: float
    entities: int
    score: float
    precision: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far scores and precision are apart.

    Attributes:
        error: The expected calibration error: the mean distance of score and precision over bins,
            each weighted by its entities; 0 is best.
        entities: How many predicted entities were looked at.
        bins: The bins that hold any, lowest scores first.

    Source:
        Naeini et al., "Obtaining Well Calibrated Probabilities Using Bayesian Binning" (2015).
    """

    error: float
    entities: int
    bins: list[CalibrationBin]


def measure_calibration(scores: Sequence[float], correct: Sequence[bool]) -> Calibration | None:
    """Return how far the scores (0 to 1) of entities agree with how many are right.

    None where there is no entity.

    >>> measure_calibration([0.9, 0.9, 0.95, 0.2], [True, True, False, False]).bins[1].entities
    3
    """
    if not scores:
        return None
    given, right = np.asarray(scores, dtype=float), np.asarray(correct, dtype=float)
    number = np.minimum((given * BINS).astype(int), BINS - 1)
    bins = [
        CalibrationBin(
            low=index / BINS,
            entities=int((number == index).sum()),
            score=float(given[number == index].mean()),
            precision=float(right[number == index].mean()),
        )
        for index in np.unique(number).tolist()
    ]
    error = sum(row.entities * abs(row.score - row.precision) for row in bins) / len(given)
    return Calibration(error, len(given), bins)
