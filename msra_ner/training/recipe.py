"""Recipes: how long a run trains and how it decodes, where nobody says so."""

from typing import Literal, NamedTuple

RecipeName = Literal["fast", "balanced", "best"]
# What may be asked for; `auto` is settled when the run begins.
DecoderChoice = Literal["auto", "viterbi", "argmax", "crf"]


class Recipe(NamedTuple):
    """What a recipe chooses.

    Attributes:
        epochs: How often a pretrained encoder sees train.
        sample_epochs: The same for the small encoder that is built over the sample corpus, whose
            weights are random.
        chain: Whether a linear chain is trained, where the model can have one.
    """

    epochs: float
    sample_epochs: float
    chain: bool


RECIPES: dict[str, Recipe] = {
    "fast": Recipe(1, 3, chain=False),
    "balanced": Recipe(3, 10, chain=True),
    "best": Recipe(6, 20, chain=True),
}
