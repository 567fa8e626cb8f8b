"""Runs that learn nothing: noticed while they run, and begun again once with lower rates."""

import logging
import math
from collections import Counter, deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, cast

from transformers import PreTrainedModel, TrainerCallback, set_seed

from msra_ner.corpus import Sentence
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


class StuckRunError(Exception):
    """A run has learned nothing; never leaves the training package."""


class StuckRun(TrainerCallback):
    """Notices a run whose loss is that of a model that does not read, long after the warm-up.

    Such a model knows how frequent labels are, and nothing of the tokens.

    Args:
        blind: The loss of such a model, see :func:`find_blind_loss`.
        stop: Whether to end the run by a StuckRunError; else it is only told.
    """

    def __init__(self, blind: float, *, stop: bool) -> None:
        self._blind, self._stop = blind, stop
        self._losses: deque[float] = deque(maxlen=LOSSES)
        self._told = False

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Look at the newest losses."""
        learning = state.global_step - args.get_warmup_steps(state.max_steps)
        if self._told or not logs or "loss" not in logs or learning < PATIENCE:
            return
        self._losses.append(float(logs["loss"]))
        if len(self._losses) < LOSSES or min(self._losses) < NEAR * self._blind:
            return
        self._told = True
        found = (
            f"step {state.global_step}: the loss is {self._losses[-1]:.3f}; a model that does not "
            f"read at all has {self._blind:.3f}"
        )
        if self._stop:
            raise StuckRunError(found)
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
    """Train; a run that is stuck begins again once, and says so.

    Args:
        trainer: What trains.
        train: The sentences of train.
        checkpoint: Folder of the checkpoint to go on from.
        begin_again: Changes the settings and returns a new trainer of the same model, whose weights
            are again as they were; None where nothing may be changed.

    Returns:
        The trainer that came to the end, and what it measured.
    """
    args, model = trainer.args, cast(PreTrainedModel, trainer.model)
    divided = args.fsdp or args.deepspeed  # then no process has all weights
    if divided or args.label_smoothing_factor:  # its loss is another one
        return trainer, trainer.train(resume_from_checkpoint=checkpoint).metrics
    blind = find_blind_loss(train, chain=find_transitions(model) is not None)
    trainer.add_callback(StuckRun(blind, stop=begin_again is not None))
    start = {
        name: weights.detach().to("cpu", copy=True)
        for name, weights in (model.state_dict() if begin_again else {}).items()
    }
    try:
        return trainer, trainer.train(resume_from_checkpoint=checkpoint).metrics
    except StuckRunError as found:
        logger.warning("%s. The run begins again.", found)
    model.load_state_dict(start)
    set_seed(args.seed)
    assert begin_again is not None  # else nothing stops
    trainer = begin_again()
    trainer.add_callback(StuckRun(blind, stop=False))
    return trainer, trainer.train().metrics
