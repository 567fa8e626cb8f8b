"""How unsure a model is of a text."""

from msra_ner.inference import WeighedText


def measure_uncertainty(text: WeighedText) -> float:
    """Return how unsure a model is of the token of which it is least sure, from 0 to 1.

    It is 1 less the probability of that token's most probable label.

    Source:
        The lowest token probability of Liu et al., "LTP: a new active learning strategy for
        CRF-based named entity recognition" (2020), where the label is that of the best sequence.
    """
    return 1 - float(text.shares.max(axis=1).min(initial=1))
