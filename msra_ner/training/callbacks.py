"""What the Trainer shows and logs while it runs: a bar with loss and last F1, or lines."""

import logging
from typing import Any

from transformers import ProgressCallback, TrainerCallback
from transformers.trainer_utils import has_length

from msra_ner.progress import is_watched, show_bar
from msra_ner.tables import format_percent

logger = logging.getLogger(__name__)


class NerProgress(ProgressCallback):
    """How far training and scoring are; training carries the loss and the last F1."""

    def __init__(self) -> None:
        super().__init__()
        self.training_bar: Any = None
        self.prediction_bar: Any = None
        self._shown: dict[str, str] = {}

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Begin the bar of training."""
        if state.is_world_process_zero:
            self.training_bar = show_bar(total=state.max_steps, desc="training", unit="steps")
        self.current_step = 0

    def on_prediction_step(
        self, args: Any, state: Any, control: Any, eval_dataloader: Any = None, **kwargs: Any
    ) -> None:
        """Go on with the bar of a split that is scored."""
        if state.is_world_process_zero and has_length(eval_dataloader):
            if self.prediction_bar is None:
                self.prediction_bar = show_bar(
                    total=len(eval_dataloader),
                    desc="scoring",
                    unit="batches",
                    leave=self.training_bar is None,
                )
            self.prediction_bar.update(1)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Show the newest loss and F1 instead of printing the whole entry."""
        for key, label in (("loss", "loss"), ("eval_f1", "val F1")):
            if logs and key in logs:
                self._shown[label] = f"{float(logs[key]):.4f}"
        if state.is_world_process_zero and self.training_bar is not None:
            self.training_bar.set_postfix(self._shown, refresh=is_watched())

    def close(self) -> None:
        """Close the bars of a run that failed, which would come after its message."""
        for bar in (self.prediction_bar, self.training_bar):
            if bar is not None:
                bar.close()


class LogEntries(TrainerCallback):
    """Writes the Trainer's entries to the log, so that ``train.log`` tells the whole run."""

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Log how long it will be."""
        if state.is_world_process_zero:
            logger.info("Training: %d steps", state.max_steps)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Log losses as they come and scores as percentages."""
        if not state.is_world_process_zero or not logs:
            return
        if "loss" in logs:
            logger.debug(
                "step %d of %d, epoch %.2f: loss %.4f, learning rate %.3g, gradient norm %.3g",
                state.global_step,
                state.max_steps,
                logs.get("epoch", 0.0),
                float(logs["loss"]),
                float(logs.get("learning_rate", 0.0)),
                float(logs.get("grad_norm", 0.0)),
            )
        if "eval_token_accuracy" in logs:
            logger.info(
                "epoch %.3g: val F1 %s (precision %s, recall %s), loss %.4f",
                logs.get("epoch", 0.0),
                # Of nothing there is none: no entity was predicted, say.
                *(format_percent(logs.get(f"eval_{x}")) for x in ("f1", "precision", "recall")),
                logs.get("eval_loss", float("nan")),
            )
        if logs.get("eval_f1") == 0 and state.global_step > args.get_warmup_steps(state.max_steps):
            logger.warning(
                "step %d: no entity of val is found, though the warm-up is over. If the loss does "
                "not fall either, stop: a learning rate of a third or of three times as much, or "
                "fewer layers of an encoder made for sentences (--num_hidden_layers), may help.",
                state.global_step,
            )
