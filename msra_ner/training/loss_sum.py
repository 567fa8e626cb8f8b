"""The loss of a run, summed over its steps, those before a resumption among them."""

from typing import Any

import torch
from transformers import TrainerCallback
from transformers.trainer_callback import ExportableState


class LossSum(TrainerCallback, ExportableState):
    """The losses of all steps of a run, added up.

    The Trainer's own sum begins again when a run goes on. A checkpoint holds this one among the
    states of callbacks (``trainer_state.json``).
    """

    def __init__(self) -> None:
        self._before: float | None = 0.0  # None: of a checkpoint that does not say
        self._since: torch.Tensor | None = None  # on the device, which nobody waits for
        self._gathered = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Take over the sum of the checkpoint that a run goes on from."""
        name = type(self).__name__
        total = state.stateful_callbacks.get(name, {}).get("attributes", {}).get("total")
        self._before = total if state.global_step else 0.0
        self._since = None

    def add(self, loss: torch.Tensor) -> None:
        """Add the loss of a pass."""
        loss = loss.detach().double() if loss.device.type == "cpu" else loss.detach().float()
        self._since = loss if self._since is None else self._since + loss

    def gather(self, accelerator: Any) -> float | None:
        """Return the mean over the processes, each of which must call this; None if unknown."""
        if self._before is None:
            return None
        since = 0.0
        if self._since is not None:
            since = float(accelerator.gather(self._since.reshape(1)).double().mean())
        self._gathered = self._before + since
        return self._gathered

    def state(self) -> dict[str, Any]:
        """Return what a checkpoint keeps: the sum as it was last gathered."""
        known = {} if self._before is None else {"total": self._gathered}
        return {"args": {}, "attributes": known}
