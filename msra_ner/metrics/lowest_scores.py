"""What a lowest score of entities would do: fewer predictions, more of them right."""

from collections.abc import Sequence

import numpy as np

from msra_ner.metrics.breakdowns import BreakdownRow

LOWEST = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)


def score_by_lowest(
    scores: Sequence[float], correct: Sequence[bool], gold: int
) -> list[BreakdownRow]:
    """Return the counts of the entities that score at least so much, for each of some scores.

    A row is named as ``--min_score`` takes it. Scores above all that there are have no row.

    Args:
        scores: Of the predicted entities, from 0 to 1.
        correct: Whether each is right.
        gold: How many gold entities there are.

    >>> [row.name for row in score_by_lowest([0.95, 0.6], [True, False], gold=2)][-2:]
    ['0.9', '0.95']
    """
    given, right = np.asarray(scores, dtype=float), np.asarray(correct, dtype=bool)
    kept = [(lowest, given >= lowest) for lowest in LOWEST]
    return [
        BreakdownRow(f"{lowest:g}", gold, int(mask.sum()), int(right[mask].sum()))
        for lowest, mask in kept
        if mask.any()
    ]
