"""The sizes of an encoder's layers, as its config names them."""

from typing import Any

from msra_ner.hardware import DEFAULT_SIZES, LayerSizes

# Each family has names of its own; transformers answers for most to the first of these.
WIDTHS = ("hidden_size", "d_model", "dim", "emb_dim", "n_embd")
INNER_WIDTHS = (
    *("intermediate_size", "encoder_ffn_dim", "d_ff", "d_inner", "hidden_dim", "ffn_dim"),
    "n_inner",
)
HEADS = ("num_attention_heads", "encoder_attention_heads", "num_heads", "n_heads", "n_head")
# Where a config has none of those names: as in BERT, and in nearly all since.
INNER_SHARE, HEAD_SIZE = 4, 64


def find_layer_sizes(config: Any) -> LayerSizes:
    """Return the sizes of a model's layers; those of BERT-base for a config without a width."""
    hidden = _find_size(config, WIDTHS)
    if hidden is None:
        return DEFAULT_SIZES
    return LayerSizes(
        hidden=hidden,
        intermediate=_find_size(config, INNER_WIDTHS) or INNER_SHARE * hidden,
        heads=_find_size(config, HEADS) or max(1, hidden // HEAD_SIZE),
    )


def _find_size(config: Any, names: tuple[str, ...]) -> int | None:
    """Return the first of some entries that is a size: one a layer, as some have, is none."""
    found = (getattr(config, name, None) for name in names)
    return next((size for size in found if isinstance(size, int) and size > 0), None)
