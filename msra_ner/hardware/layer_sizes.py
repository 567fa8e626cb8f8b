"""The sizes of an encoder's layers: what its products cost, and in what they pay."""

from dataclasses import dataclass
from typing import Literal

# What a layer is timed in: forwards and backwards with weights in fp32; the same, forwards alone;
# forwards with weights in the precision.
Work = Literal["training", "evaluation", "tagging"]
# A wider layer is measured at this width, which says as much of a precision and is done at once.
WIDEST = 1024


@dataclass(frozen=True)
class LayerSizes:
    """The sizes of each layer of an encoder.

    Attributes:
        hidden: The width of the layer.
        intermediate: The width inside its feed-forward part.
        heads: Its attention heads.
    """

    hidden: int
    intermediate: int
    heads: int

    def __str__(self) -> str:
        """Return them as they are named where a speed is kept."""
        return f"hidden {self.hidden}, intermediate {self.intermediate}, heads {self.heads}"

    def fit(self) -> "LayerSizes":
        """Return sizes that a layer can be built in: whole heads, and no wider than WIDEST.

        A wider one is made narrower with its proportions and the size of its heads.
        """
        width = min(self.hidden, WIDEST)
        of_head = min(width, max(1, self.hidden // self.heads))
        heads = width // of_head
        hidden = heads * of_head
        return LayerSizes(hidden, max(1, self.intermediate * hidden // self.hidden), heads)


# Those of BERT-base, for a model that does not say its own.
DEFAULT_SIZES = LayerSizes(hidden=768, intermediate=3072, heads=12)
