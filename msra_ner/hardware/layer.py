"""A layer of an encoder with random weights, to be timed."""

import torch
from torch import Tensor, nn

from msra_ner.hardware.layer_sizes import LayerSizes


class Layer(nn.Module):
    """The products of a transformer's layer, as models here compute them on a CPU."""

    def __init__(self, sizes: LayerSizes) -> None:
        """Draw the weights of a layer; the width must be that of whole heads."""
        super().__init__()
        width = sizes.hidden
        self.heads = sizes.heads
        self.query, self.key, self.value, self.attended = (
            nn.Linear(width, width) for _ in range(4)
        )
        self.inner, self.outer = (
            nn.Linear(width, sizes.intermediate),
            nn.Linear(sizes.intermediate, width),
        )
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))

    def forward(self, values: Tensor) -> Tensor:
        """Return what the layer makes of values of shape ``(rows, pieces, hidden)``."""
        query, key, value = (
            project(values).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for project in (self.query, self.key, self.value)
        )
        found = self._attend(query, key, value).transpose(1, 2).flatten(2)
        values = self.norms[0](values + self.attended(found))
        normed: Tensor = self.norms[1](values + self.outer(nn.functional.gelu(self.inner(values))))
        return normed

    def _attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        if not self.training:
            return nn.functional.scaled_dot_product_attention(query, key, value)
        # As in training on a CPU: msra_ner.training.cpu_kernels.
        scores = torch.matmul(query * query.shape[-1] ** -0.5, key.transpose(2, 3))
        return torch.matmul(torch.softmax(scores, dim=-1).to(value.dtype), value)
