"""Runs that learn nothing or diverge: noticed while they run, begun again once with lower rates."""

import logging
import math
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Any, cast

import datasets
import numpy as np
from transformers import PreTrainedModel, TrainerCallback, set_seed

from msra_ner.dataset import IGNORE_INDEX, read_column
from msra_ner.decoding import ChainLabels
from msra_ner.errors import TrainingError
from msra_ner.labels import LabelIds
from msra_ner.models import find_chain
from msra_ner.training.data import Data
from msra_ner.training.trainer import NerTrainer

logger = logging.getLogger(__name__)

# Steps after the warm-up that a run has to learn something.
PATIENCE = 100
# Losses in a row, and the share of the blind loss at which all of them count as stuck. A run that
# learns is at half of it by then.
LOSSES, NEAR = 5, 0.97
# Sentences of train that tell what label follows which.
COUNTED = 20_000


class StuckWatch(TrainerCallback):
    """Notices a run that learns nothing long after its warm-up.

    Its loss is that of a model that knows how frequent labels are, and reads no token.

    Args:
        blind: The loss of such a model, see :func:`find_blind_loss`.
        stop: Whether the run is stopped; else it is only told.

    Raises:
        TrainingError: The run is to be stopped.
    """

    def __init__(self, blind: float, *, stop: bool) -> None:
        self._blind, self._stop = blind, stop
        self._losses: deque[float] = deque(maxlen=LOSSES)
        self._told = False

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Look at the newest losses."""
        if not logs or "loss" not in logs:
            return
        self._losses.append(float(logs["loss"]))
        learning = state.global_step - args.get_warmup_steps(state.max_steps)
        enough = PATIENCE + LOSSES * state.logging_steps
        # Not "<": a loss that is no number is another fault.
        if self._told or learning < enough or not min(self._losses) >= NEAR * self._blind:
            return
        self._told = True
        found = (
            f"step {state.global_step}: found a loss of {self._losses[-1]:.3f}, expected less than "
            f"{self._blind:.3f}, the loss of a model that reads nothing"
        )
        if self._stop:
            raise TrainingError(f"{found}. Train with another learning rate.")
        if state.is_world_process_zero:
            logger.warning("%s. Stop, and train with a third or three times the rate.", found)


def find_blind_loss(data: Data, chain: ChainLabels | None = None) -> float:
    """Return the loss of a model that knows how frequent labels are and reads no token, in nats.

    With the labels of a chain it is the sum of both losses, and the chain's knows what label
    follows which.
    """
    rows = cast(datasets.DatasetDict, data.encoded)["train"]
    labels = read_column(rows, "labels").flatten().to_numpy()
    labels = labels[labels != IGNORE_INDEX].clip(min=0)  # open ones as O, which most are
    loss = _find_entropy(np.unique(labels, return_counts=True)[1])
    if chain is not None:
        ids = LabelIds(data.labels)
        train = data.sentences["train"]
        pairs = Counter[tuple[int, int]]()
        for sentence in train[:: 1 + len(train) // COUNTED]:
            tags = np.array([ids[tag] for tag in sentence.tags]).clip(min=0)
            path = chain.encode(tags).tolist()
            pairs.update(zip([-1, *path], path, strict=False))
        before = Counter[int]()
        for (first, _), count in pairs.items():
            before[first] += count
        loss += _find_entropy(pairs.values()) - _find_entropy(before.values())
    return loss


def _find_entropy(counts: Iterable[int]) -> float:
    known = [int(count) for count in counts]
    return -sum(count / sum(known) * math.log(count / sum(known)) for count in known)


def train_watched(
    trainer: NerTrainer,
    data: Data,
    checkpoint: str | None,
    begin_again: Callable[[], NerTrainer] | None,
) -> tuple[NerTrainer, dict[str, float]]:
    """Train; a run that learns nothing or diverges begins again once, and says so.

    Args:
        trainer: What trains.
        data: The corpus, encoded.
        checkpoint: Folder of the checkpoint to go on from.
        begin_again: Changes the settings and returns a new trainer of the same model, whose weights
            are again as they were; None where nothing may be changed, or there is a checkpoint.

    Returns:
        The trainer that came to the end, and what it measured.

    Raises:
        TrainingError: The run has diverged and may not begin again.
    """
    model = cast(PreTrainedModel, trainer.model)
    blind = None
    if not trainer.args.label_smoothing_factor:  # its loss is another one
        chain = find_chain(model)
        blind = find_blind_loss(data, None if chain is None else chain.labels)
        trainer.add_callback(StuckWatch(blind, stop=begin_again is not None))
    if begin_again is None:
        return trainer, trainer.train(resume_from_checkpoint=checkpoint).metrics
    start = {
        name: weights.detach().to("cpu", copy=True) for name, weights in model.state_dict().items()
    }
    try:
        return trainer, trainer.train().metrics
    except TrainingError as error:
        found, _, _ = str(error).partition(". ")  # what to do is done here
    logger.warning("%s. The run begins again.", found)
    _let_go(trainer)
    model.load_state_dict(start)
    set_seed(trainer.args.seed)
    trainer = begin_again()
    if blind is not None:
        trainer.add_callback(StuckWatch(blind, stop=False))
    return trainer, trainer.train().metrics


def _let_go(trainer: Any) -> None:
    """Free what a trainer holds on the device but the model."""
    trainer.accelerator.free_memory()
    trainer.model_wrapped = trainer.model
    for part in (trainer, trainer.callback_handler):
        part.optimizer = part.lr_scheduler = None
