"""Entity types of the gold tags that the model cannot predict, or never does."""

from collections import Counter
from collections.abc import Sequence

from msra_ner.diagnosis.findings import MIN_GOLD, Finding, Predictions, find_entities
from msra_ner.metrics import BreakdownRow


def find_missing_types(
    predictions: Predictions, base: BreakdownRow, known: Sequence[str] | None
) -> list[Finding]:
    """Return the finding that types of gold are never predicted, if some are not.

    Args:
        predictions: Sentences with gold and predicted tags.
        base: Their score.
        known: The types that the model has labels for; None where that is not known. Then a type
            must be frequent in gold to count, and other types must be predicted.
    """
    gold, predicted = (
        Counter(entity.type for tags in side for entity in find_entities(tags))
        for side in ([row.gold for row in predictions], [row.predicted for row in predictions])
    )
    if known is not None:
        missing = {name: count for name, count in gold.items() if name not in known}
    else:
        frequent = {name: count for name, count in gold.items() if count >= MIN_GOLD}
        missing = {name: count for name, count in frequent.items() if name not in predicted}
        if not predicted:
            return []  # not a matter of types
    if not missing:
        return []
    lost, total, names = sum(missing.values()), base.gold, ", ".join(sorted(missing))
    best = 2 * (total - lost) / (2 * total - lost)
    return [
        Finding(
            "missing_types",
            f"nothing is ever predicted as {names}: {lost:,} of {total:,} gold entities are missed"
            if known is None
            else f"the model has no label for {names}: {lost:,} of {total:,} gold entities are "
            "missed",
            "Score the model on the corpus it was trained for, or train one whose train has these "
            "types. Where only the names differ, give them the names of the corpus.",
            entities=lost,
            evidence=[
                *(f"{name}: {count:,} gold entities" for name, count in sorted(missing.items())),
                f"predicted: {', '.join(sorted(predicted)) or 'nothing'}",
                f"F1 can be {100 * best:.2f} at best",
            ],
        )
    ]
