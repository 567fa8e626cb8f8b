"""Attention and dropout that training is faster with, put into a model while it trains.

On a CPU, torch's scaled dot product attention has a slow backward pass and its dropout draws one
random number an element on one core. Here attention is two matrix products with a softmax between
them, and dropout takes 16 random bits an element. Both compute what they replace: only which
elements dropout takes out differs. On a GPU, transformers looks at every mask for padding, for
which the CPU must wait until the GPU has come so far; here it need not, since batches without
padding come without a mask. docs/maintainers/performance.md has what each is worth.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
import transformers
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel

logger = logging.getLogger(__name__)

ON_CPU, ON_GPU = "msra_ner_cpu", "msra_ner_gpu"
# Dropout compares a signed integer of 16 bits with a threshold.
STEPS = 1 << 16


class _Dropped(torch.autograd.Function):
    """Dropout whose mask has the type of the values: torch multiplies unlike types slowly."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, p: float) -> Tensor:
        count = values.numel()
        # Four draws of 16 bits from each of 64; the generator is torch's, so seeds and saved
        # states count here too.
        bits = torch.empty((count + 3) // 4, dtype=torch.int64).random_(-(1 << 63), None)
        drawn = bits.view(torch.int16)[:count].view(values.shape)
        kept = torch.empty_like(drawn, dtype=values.dtype)
        torch.ge(drawn, round(p * STEPS) - STEPS // 2, out=kept)
        ctx.save_for_backward(kept)
        ctx.scale = 1 / (1 - p)
        return (values * kept).mul_(ctx.scale)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (kept,) = ctx.saved_tensors
        return (gradients[0] * kept).mul_(ctx.scale), None


def drop(values: Tensor, p: float) -> Tensor:
    """Return values with a share ``p`` of them set to zero and the others scaled by 1/(1-p)."""
    if p >= 1 or p * STEPS < 1:
        return nn.functional.dropout(values, p)
    dropped: Tensor = _Dropped.apply(values, p)
    return dropped


def _drop_in_training(module: nn.Dropout, values: Tensor) -> Tensor:
    return drop(values, module.p) if module.training else values


def cpu_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    **kwargs: Any,
) -> tuple[Tensor, Tensor | None]:
    """Return attention over heads, shape ``(rows, pieces, heads, size)``, and no weights.

    The interface is that of transformers' attention functions; what is not training of an encoder
    with one key a head goes on to sdpa.
    """
    causal = kwargs.get("is_causal")
    if causal is None:
        causal = getattr(module, "is_causal", True)  # as sdpa takes it
    # With a mask, what must not be seen is in it.
    special = (causal and attention_mask is None) or kwargs.get("position_bias") is not None
    if not module.training or special or key.shape[1] != query.shape[1]:
        attended: tuple[Tensor, Tensor | None] = AttentionInterface()["sdpa"](
            module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **kwargs
        )
        return attended
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    scores = torch.matmul(query * scale, key.transpose(2, 3))
    if attention_mask is not None:
        if attention_mask.dtype == torch.bool:
            # Added rather than filled in: torch fills a broadcast mask element by element.
            lowest = torch.finfo(scores.dtype).min
            attention_mask = torch.zeros_like(attention_mask, dtype=scores.dtype).masked_fill_(
                ~attention_mask, lowest
            )
        scores = scores + attention_mask
    weights = torch.softmax(scores, dim=-1).to(value.dtype)
    if dropout:
        weights = drop(weights, dropout)
    return torch.matmul(weights, value).transpose(1, 2).contiguous(), None


def unseen_mask(*args: Any, **kwargs: Any) -> Tensor | None:
    """Return the mask of sdpa, or None where there is no padding, without looking at values."""
    # A decoder's call does not have it.
    if kwargs.get("allow_is_bidirectional_skip"):
        kwargs["allow_is_bidirectional_skip"] = kwargs.get("attention_mask") is None
    mask: Tensor | None = AttentionMaskInterface()["sdpa"](*args, **kwargs)
    return mask


@contextmanager
def fast_training(model: PreTrainedModel, device: str) -> Iterator[None]:
    """Train a model inside with what suits a type of device, where its architecture lets that in.

    Afterwards the model is as it was.
    """
    dropouts = [
        module for module in model.modules() if device == "cpu" and type(module) is nn.Dropout
    ]
    for module in dropouts:
        # The module stays, and with it hooks that others have on it.
        module.forward = partial(_drop_in_training, module)  # type: ignore[method-assign]
    attention = _read_attention(model)
    # Only what asks transformers for its attention can be given another.
    if attention == "sdpa":
        model.set_attn_implementation(ON_CPU if device == "cpu" else ON_GPU)
    try:
        yield
    finally:
        if attention == "sdpa":
            model.set_attn_implementation(attention)
        for module in dropouts:
            del module.forward


def _read_attention(model: PreTrainedModel) -> str | None:
    """Return the name of a model's attention; None where this transformers has another interface.

    transformers has a public way to set the name and none to read it.
    """
    try:
        attention: str = model.config._attn_implementation
        AttentionInterface.register(ON_CPU, cpu_attention)
        AttentionInterface.register(ON_GPU, AttentionInterface()["sdpa"])
        for name in (ON_CPU, ON_GPU):
            AttentionMaskInterface.register(name, unseen_mask)
    except (AttributeError, KeyError) as error:
        logger.warning(
            "transformers %s has another interface of attention than expected (%s): training takes "
            "the model's own, which is slower.",
            transformers.__version__,
            error,
        )
        return None
    return attention
