"""A Trainer that keeps account of the loss: it ends a run whose loss is no number any more."""

from typing import Any

import torch
from transformers import Trainer
from transformers.trainer_callback import ExportableState

from msra_ner.errors import TrainingError
from msra_ner.storage import spell_numbers
from msra_ner.training.loss_sum import LossSum

# In fp16 a loss may be no number now and then, and changes nothing. So many in a row do not end.
LOST_IN_FP16 = 10


class FiniteLossTrainer(Trainer):
    """The Trainer, whose run ends where its loss is no number any more.

    Its ``train_loss`` is the mean over all steps of a run, those before it was resumed too.
    """

    # Whether a pass since the last log entry had a loss that is no number, and how many of the
    # newest ones in a row; on the device, which nobody waits for.
    _lost: torch.Tensor | None = None
    _row: torch.Tensor | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what the Trainer takes."""
        super().__init__(*args, **kwargs)
        self.add_callback(LossSum())

    @property
    def _sum(self) -> LossSum:
        """The one among the callbacks; a checkpoint that restores them brings another."""
        found: Any = self.callback_handler.callbacks
        return next(callback for callback in found if isinstance(callback, LossSum))

    def train(self, *args: Any, **kwargs: Any) -> Any:
        """Train as the Trainer does.

        Raises:
            TrainingError: The run has diverged.
        """
        done = super().train(*args, **kwargs)
        self._check_numbers()
        return done

    def training_step(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        """Return the loss of a pass; one that is no number counts as 0, and is noted.

        The Trainer's sums would be no number from there on, though in fp16 such a pass changes no
        weight.
        """
        loss = super().training_step(*args, **kwargs)
        lost = (~torch.isfinite(loss)).reshape(1)
        before = torch.zeros_like(lost) if self._lost is None else self._lost
        in_a_row = torch.zeros_like(lost, dtype=torch.long) if self._row is None else self._row
        self._lost, self._row = before | lost, torch.where(lost, in_a_row + 1, 0)
        loss = torch.where(lost[0], 0, loss)
        self._sum.add(loss)
        return loss

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        """Log as the Trainer does, and NaN for the loss of passes among which one was no number.

        Raises:
            TrainingError: The run has diverged.
        """
        is_loss = "loss" in logs
        if is_loss and self._lost is not None:
            if bool(self.accelerator.gather(self._lost).any()):
                logs["loss"] = float("nan")
            self._lost = None
        if "train_loss" in logs and (total := self._sum.gather(self.accelerator)) is not None:
            logs["train_loss"] = total / max(1, self.state.global_step)
        super().log(logs, *args, **kwargs)
        # What trainer_state.json holds, and JSON has no NaN.
        self.state.log_history[-1] = spell_numbers(self.state.log_history[-1])
        if is_loss:
            self._check_numbers()

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Return what the Trainer measures.

        Raises:
            TrainingError: The run has diverged.
        """
        if self.is_in_train:
            self._check_numbers()
        return super().evaluate(*args, **kwargs)

    def _save_checkpoint(self, *args: Any, **kwargs: Any) -> None:
        self._check_numbers()  # the weights may be none any more
        self._sum.gather(self.accelerator)  # every process is here, and one of them writes
        # The Trainer writes what has a place there: not what the checkpoint of before lacked.
        places: Any = self.state.stateful_callbacks
        for callback in self.callback_handler.callbacks:
            if isinstance(callback, ExportableState):
                places.setdefault(type(callback).__name__, callback.state())
        super()._save_checkpoint(*args, **kwargs)

    def _check_numbers(self) -> None:
        """Refuse to go on where the loss is no number; but for fp16, the weights are none then."""
        lost = 0 if self._row is None else int(self.accelerator.gather(self._row).max())
        if lost >= (LOST_IN_FP16 if self.args.fp16 else 1):
            fp32 = ", or with --precision fp32" if self.args.fp16 or self.args.bf16 else ""
            raise TrainingError(
                f"step {self.state.global_step}: found a loss that is no number, expected one: the "
                f"run has diverged. Train with a third of the learning rate (now "
                f"{self.args.learning_rate:g}){fp32}."
            )
