"""Which learning rate suits an encoder, and what a low F1 on train says of it."""

from msra_ner.tables import format_percent

# The rate that suits an encoder of BERT-base's width, and the highest that is chosen.
BASE_WIDTH, BASE_RATE, HIGHEST_RATE = 768, 5e-5, 3e-4
# Fewer gold entities than this say little.
MIN_GOLD = 100
# On MSRA, a model that has been trained long enough has more on what it was shown.
LEARNED = 0.9


def describe_underfit(
    f1: float | None, support: int, rate: float | None, width: int | None
) -> tuple[str, str] | None:
    """Return what was found and what to do, if a model does not know its own train.

    Args:
        f1: F1 (0 to 1) on sentences of train.
        support: Their gold entities.
        rate: The highest learning rate of the encoder, if it is known.
        width: Width of the encoder, if it is known.

    >>> describe_underfit(0.74, 800, 5e-5, 312)[1]
    'Raise the learning rate: it was 5e-05, and 0.0003 suits an encoder that is 312 wide.'
    >>> describe_underfit(0.95, 800, 5e-5, 312)
    """
    if f1 is None or support < MIN_GOLD or f1 >= LEARNED:
        return None
    found = f"F1 is only {format_percent(f1)} on train itself: it can learn more from it"
    suits = scale_rate(width) if width else None
    if rate and suits and rate < suits / 2:
        why = f"it was {rate:g}, and {suits:g} suits an encoder that is {width} wide."
        return found, f"Raise the learning rate: {why}"
    return found, "Train for more epochs (--num_train_epochs)."


def scale_rate(width: int) -> float:
    """Return the learning rate for an encoder of a width, to two digits.

    >>> scale_rate(768), scale_rate(384), scale_rate(1024)
    (5e-05, 0.0003, 2.1e-05)
    """
    return round_rate(min(HIGHEST_RATE, BASE_RATE * (BASE_WIDTH / width) ** 3))


def round_rate(rate: float) -> float:
    """Return a rate with two digits, as people write it."""
    return float(f"{rate:.2g}")
