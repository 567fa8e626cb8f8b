"""The score below which an entity is not reported: one for all types, or one a type."""

from collections.abc import Collection, Mapping
from typing import TypeAlias

from msra_ner.errors import ArgumentsError

# A number for all types, or a number for each of some; of the others every entity is reported.
MinScore: TypeAlias = float | Mapping[str, float]
EXPECTED = "expected a number from 0 to 1, or one a type, such as PER=0.8,LOC=0.5"


def parse_min_score(text: str) -> float | dict[str, float]:
    """Return what ``--min_score`` says.

    >>> parse_min_score("0.5"), parse_min_score("PER=0.8, LOC=0.5")
    (0.5, {'PER': 0.8, 'LOC': 0.5})

    Raises:
        ArgumentsError: It is neither a number nor TYPE=NUMBER,..., or has a type twice.
    """
    try:
        if "=" not in text:
            return float(text)
        found: dict[str, float] = {}
        for part in text.split(","):
            name, _, number = (item.strip() for item in part.rpartition("="))
            if not name or name in found:
                raise ValueError
            found[name] = float(number)
        return found
    except ValueError:
        raise ArgumentsError(f"--min_score: found {text!r}, {EXPECTED}.") from None


def list_min_scores(value: MinScore | None, types: Collection[str]) -> dict[str, float]:
    """Return the lowest score of each entity type that is reported; of those left out, any is.

    Raises:
        ArgumentsError: A score is not from 0 to 1, or a type is none of these.
    """
    if value is None:
        return {}
    scores = dict(value) if isinstance(value, Mapping) else dict.fromkeys(types, value)
    for name, score in scores.items():
        if name not in types:
            raise ArgumentsError(
                f"--min_score: found the type {name!r}, expected one of the model's: "
                f"{', '.join(types)}."
            )
        if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
            raise ArgumentsError(f"--min_score: found {score!r}, {EXPECTED}.")
    return scores
