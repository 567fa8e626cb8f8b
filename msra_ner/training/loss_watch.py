"""Runs that diverge or learn nothing: noticed while they run, and begun again with lower rates."""

import logging
import math
from collections import Counter, deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, cast

from transformers import PreTrainedModel, TrainerCallback, set_seed

from msra_ner.corpus import Sentence
from msra_ner.errors import TrainingError
from msra_ner.models import find_transitions
from msra_ner.training.trainer import NerTrainer

logger = logging.getLogger(__name__)

# Steps after the warm-up that a run has to learn something.
PATIENCE = 100
# Losses that are looked at, and what part of the loss of a model that reads nothing they must
# reach. A run that learns is at half of it by then.
LOSSES, NEAR = 5, 0.97
# Sentences that tell how frequent labels are.
COUNTED = 20_000


class LossWatch(TrainerCallback):
    """Notices a run that diverges, or that learns nothing.

    A run has diverged once its loss is no number in two log entries in a row; in one of them alone
    it may be in fp16, which leaves out such a step. It learns nothing if, long after the warm-up,
    its loss is that of a model that knows how frequent labels are and reads no token.

    Args:
        blind: The loss of such a model, see :func:`find_blind_loss`; None does without.
        stop: Whether a run that learns nothing is stopped; else it is only told.

    Raises:
        TrainingError: The run cannot go on so.
    """

    def __init__(self, blind: float | None, *, stop: bool) -> None:
        self._blind, self._stop = blind, stop
        self._losses: deque[float] = deque(maxlen=LOSSES)
        self._told = False

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Look at the newest losses."""
        if not logs or "loss" not in logs:
            return
        self._losses.append(float(logs["loss"]))
        if not math.isfinite(self._losses[-1]):
            if not all(map(math.isfinite, list(self._losses)[-2:-1])):
                raise TrainingError(
                    f"step {state.global_step}: found a loss of {self._losses[-1]} again, expected "
                    "a number: the run has diverged. Train with a third of the learning rate "
                    f"({args.learning_rate:g} now), or with --precision fp32."
                )
            if state.is_world_process_zero:
                logger.warning("step %d: the loss is %g", state.global_step, self._losses[-1])
        learning = state.global_step - args.get_warmup_steps(state.max_steps)
        if self._blind and learning >= PATIENCE + LOSSES * state.logging_steps and not self._told:
            self._compare(self._blind, state)

    def _compare(self, blind: float, state: Any) -> None:
        if len(self._losses) < LOSSES or not min(self._losses) >= NEAR * blind:
            return
        self._told = True
        found = (
            f"step {state.global_step}: found a loss of {self._losses[-1]:.3f}, expected less than "
            f"{blind:.3f}, which a model has that reads nothing"
        )
        if self._stop:
            raise TrainingError(f"{found}.")
        if state.is_world_process_zero:
            logger.warning("%s. Stop, and train with a third of the learning rate.", found)


def find_blind_loss(train: Sequence[Sentence], *, chain: bool) -> float:
    """Return the loss of a model that knows how frequent labels are and reads no token, in nats.

    With a chain it is the sum of both losses, and the chain's knows what label follows which.
    """
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for sentence in islice(train, COUNTED):
        tags = sentence.tags
        single.update(tags)
        if chain:
            pairs.update(zip(["", *tags], tags, strict=False))
    loss = _entropy(single)
    if chain:
        before: Counter[str] = Counter()
        for (first, _), count in pairs.items():
            before[first] += count
        loss += _entropy(pairs) - _entropy(before)
    return loss


def _entropy(counts: Counter[Any]) -> float:
    total = counts.total()
    return -sum(count / total * math.log(count / total) for count in counts.values())


def train_watched(
    trainer: NerTrainer,
    train: Sequence[Sentence],
    checkpoint: str | None,
    begin_again: Callable[[], NerTrainer] | None,
) -> tuple[NerTrainer, dict[str, float]]:
    """Train; a run that diverges or learns nothing begins again once, and says so.

    Args:
        trainer: What trains.
        train: The sentences of train.
        checkpoint: Folder of the checkpoint to go on from.
        begin_again: Changes the settings and returns a new trainer of the same model, whose weights
            are again as they were; None where nothing may be changed, or there is a checkpoint.

    Returns:
        The trainer that came to the end, and what it measured.

    Raises:
        TrainingError: The run has diverged and may not begin again.
    """
    args, model = trainer.args, cast(PreTrainedModel, trainer.model)
    divided = bool(args.fsdp or args.deepspeed)  # then no process has all weights
    begin_again = None if divided else begin_again
    blind = None
    if not args.label_smoothing_factor:  # its loss is another one
        blind = find_blind_loss(train, chain=find_transitions(model) is not None)
    trainer.add_callback(LossWatch(blind, stop=begin_again is not None))
    if begin_again is None:
        return trainer, trainer.train(resume_from_checkpoint=checkpoint).metrics
    start = {
        name: weights.detach().to("cpu", copy=True) for name, weights in model.state_dict().items()
    }
    try:
        return trainer, trainer.train().metrics
    except TrainingError as found:
        logger.warning("%s The run begins again.", found)
    model.load_state_dict(start)
    set_seed(args.seed)
    trainer = begin_again()
    trainer.add_callback(LossWatch(blind, stop=False))
    return trainer, trainer.train().metrics
