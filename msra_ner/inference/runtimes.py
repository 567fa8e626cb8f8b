"""Runtimes: a model on an engine, from padded word pieces to logits.

Reading texts, cutting windows and batches, decoding and finding entities is the tagger's part, so
that a runtime is one function. This module has PyTorch's; an exported model brings its own.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from msra_ner.errors import ArgumentsError
from msra_ner.hardware import (
    DEFAULT_SIZES,
    choose_precision,
    has_accelerator,
    without_cudnn_attention,
)
from msra_ner.models import (
    CONFIG_KEY,
    TRANSITIONS,
    find_chain,
    find_layer_sizes,
    find_position_limit,
    list_labels,
    load_config,
    load_trained,
)

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from transformers import PreTrainedModel

    IntArray = NDArray[np.int64]
    Logits = NDArray[np.float32]


class Runtime(Protocol):
    """A model on some engine, ready to compute."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The label list; a label id is a position in it."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """How the model was trained, as its config.json keeps it: ``max_length``, ``token``..."""

    @property
    def limit(self) -> int | None:
        """Word pieces a window holds at most, special ones included; None where none is stated."""

    def compute_logits(self, input_ids: "IntArray", attention_mask: "IntArray") -> "Logits":
        """Return a logit for each label of each word piece; where there is a chain, for its labels.

        Args:
            input_ids: Shape ``(rows, longest)``, padded on the right.
            attention_mask: The same shape; 1 for a word piece, 0 for padding.

        Returns:
            Shape ``(rows, longest, labels)``; the values at padding mean nothing.
        """


class TorchRuntime:
    """A transformers model under PyTorch, on a GPU or the CPU, in the precision of its weights."""

    def __init__(
        self, model: "PreTrainedModel", device: "str | torch.device | None" = None
    ) -> None:
        """Move a model to a device (by default the GPU where there is one) and stop dropout."""
        self.device = choose_device(device)
        self.model: Any = model.eval()
        self.model.to(self.device)
        config = self.model.config
        self.labels = list_labels(config)
        self.settings: Mapping[str, Any] = getattr(config, CONFIG_KEY, {})
        chain = find_chain(self.model)
        if chain is not None:
            weights = chain.transitions.weight.detach().float().cpu()
            found = {TRANSITIONS: weights.tolist(), "train_scheme": chain.scheme}
            self.settings = {**self.settings, **found}
        self.limit = find_position_limit(config)

    @classmethod
    def from_pretrained(
        cls, name: str | Path, device: str | None = None, precision: str = "fp32"
    ) -> "TorchRuntime":
        """Load a model from a folder or Hub name; settings as in ``Tagger.from_pretrained``.

        Raises:
            ModelError: There is no token classification model.
            ArgumentsError: There is no such precision or device.
        """
        import torch

        chosen = choose_device(device)
        on_gpu, sizes = chosen.type != "cpu", DEFAULT_SIZES
        if precision == "auto" and not on_gpu:  # else nothing is measured
            sizes = find_layer_sizes(load_config(name))
        used = choose_precision(precision, on_gpu=on_gpu, sizes=sizes)
        dtypes = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
        return cls(load_trained(name, dtype=dtypes[used]), chosen)

    def compute_logits(self, input_ids: "IntArray", attention_mask: "IntArray") -> "Logits":
        """Return logits in fp32, see :meth:`Runtime.compute_logits`."""
        import torch

        ids, mask = (
            torch.from_numpy(part).to(self.device, non_blocking=True)
            for part in (input_ids, attention_mask)
        )
        with torch.inference_mode(), without_cudnn_attention():
            found = self.model(input_ids=ids, attention_mask=mask).logits
            logits: Logits = found.float().cpu().numpy()
        return logits


def choose_device(device: "str | torch.device | None") -> "torch.device":
    """Return the device asked for, else the GPU where there is one, else the CPU.

    Raises:
        ArgumentsError: torch knows no such device, or this machine has none.
    """
    import torch

    if device is None:
        found = torch.accelerator.current_accelerator() if has_accelerator() else None
        return found or torch.device("cpu")
    try:
        chosen = torch.device(device)
        torch.empty(1, device=chosen).cpu()  # whether it is there shows only in use
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        gpus = torch.cuda.device_count()
        more = f"or cuda:0 to cuda:{gpus - 1}" if gpus else "since torch sees no GPU"
        raise ArgumentsError(
            f"--device: found {str(device)!r}, which cannot be used here, expected for example "
            f"cpu, {more}."
        ) from error
    return chosen
