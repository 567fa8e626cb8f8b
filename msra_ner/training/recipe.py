"""Recipes: how long a run trains and how it decodes, where nobody says so."""

from typing import Literal, NamedTuple

RecipeName = Literal["fast", "balanced", "best"]
# What may be asked for; `auto` is settled when the run begins.
DecoderChoice = Literal["auto", "viterbi", "argmax", "crf"]


class Recipe(NamedTuple):
    """What a recipe chooses.

    Attributes:
        epochs: How often a pretrained encoder sees train.
        batch_size: Sentences of average length in its batches. Smaller ones are more steps for the
            same epochs, and slower: of six epochs there are steps enough.
        sample_epochs: The epochs of the small encoder that is built over the sample corpus, whose
            weights are random.
        chain: Whether a linear chain is trained, where the model can have one.
        mask_share: How much of a training batch is masked, where the encoder has a mask piece.
    """

    epochs: float
    batch_size: int
    sample_epochs: float
    chain: bool
    mask_share: float


RECIPES: dict[str, Recipe] = {
    "fast": Recipe(epochs=1, batch_size=32, sample_epochs=3, chain=False, mask_share=0.0),
    "balanced": Recipe(epochs=3, batch_size=16, sample_epochs=10, chain=True, mask_share=0.1),
    "best": Recipe(epochs=6, batch_size=32, sample_epochs=20, chain=True, mask_share=0.1),
}
