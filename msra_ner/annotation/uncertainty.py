"""How unsure a model is of a text."""

import numpy as np

from msra_ner.inference import WeighedText


def measure_uncertainty(text: WeighedText) -> float:
    """Return how unsure a model is of a text, from 0 to 1: the mean entropy of its tokens.

    The entropy of a token is that of its labels' probabilities, over the logarithm of their number.

    Source:
        The token entropy of Settles and Craven, "An analysis of active learning strategies for
        sequence labeling tasks" (2008).
    """
    tokens, labels = text.shares.shape
    if not tokens:
        return 0.0
    logs = np.log(np.clip(text.shares, 1e-300, 1.0))
    return float(-(text.shares * logs).sum() / tokens / np.log(labels))
