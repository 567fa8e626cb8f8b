"""The Trainer for this task, and the score of a split from what it predicts."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import datasets
import numpy as np
import torch
from torch import Tensor
from transformers import (
    DataCollatorForTokenClassification,
    EarlyStoppingCallback,
    EvalPrediction,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    ProgressCallback,
)

from msra_ner.alignment import IGNORE_INDEX
from msra_ner.arguments import NerTrainingArguments
from msra_ner.encoded_rows import column, is_encoded, project_rows
from msra_ner.errors import CorpusNotFoundError, ScoreError
from msra_ner.fast_training import fast_training
from msra_ner.hub_trainer import HubTrainer
from msra_ner.metrics import make_compute_metrics
from msra_ner.progress import LogEntries, NerProgress
from msra_ner.report import format_coverage, format_scores
from msra_ner.run_data import Data
from msra_ner.splits import SPLIT_NAMES
from msra_ner.token_batches import TokenBatches, mean_budget
from msra_ner.train_loader import EpochOrder, build_train_loader

if TYPE_CHECKING:
    from torch.utils.data import DataLoader, Sampler

logger = logging.getLogger(__name__)


class NerTrainer(HubTrainer):
    """The Trainer with token-budget batches, evaluation in order, and its own rate for the head."""

    args: NerTrainingArguments

    def train(self, *args: Any, **kwargs: Any) -> Any:
        """Train as the Trainer does, with attention and dropout that suit the device."""
        with fast_training(cast(PreTrainedModel, self.model), self.args.device.type):
            return super().train(*args, **kwargs)

    def get_train_dataloader(self) -> "DataLoader[Any]":
        """Return batches of like length under a token budget, or what another strategy asks for."""
        if self.args.train_sampling_strategy != "group_by_length" or self.train_dataset is None:
            return super().get_train_dataloader()
        rows = cast(datasets.Dataset, self.train_dataset)
        lengths = column(rows, "length").to_numpy().astype(np.int64)
        asked = self.args.per_device_train_tokens
        budget = asked or mean_budget(lengths, self.args.per_device_train_batch_size)
        # --auto_find_batch_size lowers the one and leaves the other.
        budget = max(1, budget * self._train_batch_size // self.args.train_batch_size)
        seed = self.args.seed if self.args.data_seed is None else self.args.data_seed
        batches = TokenBatches(
            lengths,
            budget * max(1, self.args.n_gpu),
            processes=self.args.world_size,
            process=self.args.process_index,
            seed=seed,
        )
        logger.info(
            "train: %d batches an epoch of up to %d word pieces a device, %.1f %% of them padding",
            len(batches),
            budget,
            100 * batches.padding(),
        )
        padding = getattr(self.processing_class, "pad_token_id", None) or 0
        return build_train_loader(rows, batches, padding, self.args.device, self.args)

    def _get_eval_sampler(self, eval_dataset: Any) -> "Sampler[int]":
        # Trainer's length grouping would permute evaluation too; ours is sorted already.
        return torch.utils.data.SequentialSampler(eval_dataset)

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """Make the Trainer's optimizer, the head's parameters in groups of their own."""
        optimizer = super().create_optimizer(model)
        rate = self.args.head_learning_rate
        if rate is None:
            return optimizer
        model = cast(PreTrainedModel, self.model)
        encoder = {id(parameter) for parameter in model.base_model.parameters()}
        for group in list(optimizer.param_groups):
            head = [parameter for parameter in group["params"] if id(parameter) not in encoder]
            if head:
                group["params"] = [item for item in group["params"] if id(item) in encoder]
                settings = {key: value for key, value in group.items() if key != "params"}
                optimizer.add_param_group({**settings, "params": head, "lr": rate})
        return optimizer


def token_mean_loss(
    outputs: Any,
    labels: Tensor,
    num_items_in_batch: Tensor | int | None = None,
    *,
    label_smoothing: float = 0.0,
) -> Tensor:
    """Return the cross entropy of a batch, summed and divided by the tokens of the global batch.

    The models' own loss is the mean of what one process sees in one pass, which weighs a token
    more where fewer stand beside it.

    Args:
        outputs: What the model returns; ``logits`` of shape ``(rows, pieces, labels)``.
        labels: Shape ``(rows, pieces)``; ``IGNORE_INDEX`` does not count.
        num_items_in_batch: Labelled pieces of all processes and all passes of this step, as the
            Trainer counts them; None counts those of ``labels``. Under DataParallel it comes as
            one copy a device, of shape ``(devices, 1)``.
        label_smoothing: Share of the probability that is spread over all labels.
    """
    logits = outputs["logits"] if isinstance(outputs, dict) else outputs[0]
    loss = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1).float(),
        labels.flatten(),
        ignore_index=IGNORE_INDEX,
        reduction="sum",
        label_smoothing=label_smoothing,
    )
    if num_items_in_batch is None:
        return loss / (labels != IGNORE_INDEX).sum()
    if isinstance(num_items_in_batch, Tensor) and num_items_in_batch.dim():
        # The Trainer multiplies by the number of devices, for losses that are one a device.
        return loss / num_items_in_batch.flatten()[0] / len(num_items_in_batch)
    return loss / num_items_in_batch


def build_trainer(
    args: NerTrainingArguments,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    data: Data,
) -> NerTrainer:
    """Return the Trainer with its splits, metrics and callbacks."""
    encoded = data.encoded or {}
    for split, wanted in (("train", args.do_train), ("validation", args.eval_strategy != "no")):
        if wanted and not encoded.get(split):
            raise CorpusNotFoundError(
                f"{data.folder}: found no sentences in {SPLIT_NAMES[split]}/, expected some: "
                "training needs train and val. Run 'msra-ner prepare', or give --eval_strategy no "
                "--load_best_model_at_end false --save_strategy no to do without val."
            )
    trainer = NerTrainer(
        model=model,
        args=args,
        train_dataset=encoded.get("train") if args.do_train else None,
        eval_dataset=encoded.get("validation"),
        processing_class=tokenizer,
        data_collator=DataCollatorForTokenClassification(tokenizer),
        preprocess_logits_for_metrics=lambda logits, labels: logits.argmax(dim=-1),
        compute_metrics=make_scorer(data, "validation") if encoded.get("validation") else None,
        compute_loss_func=partial(token_mean_loss, label_smoothing=args.label_smoothing_factor),
    )
    trainer.add_callback(EpochOrder())
    if not args.disable_tqdm:
        trainer.remove_callback(ProgressCallback)
        trainer.add_callback(NerProgress())
    trainer.add_callback(LogEntries())
    if args.early_stopping_patience is not None and args.do_train:
        trainer.add_callback(EarlyStoppingCallback(args.early_stopping_patience))
    return trainer


def score_split(
    trainer: NerTrainer, data: Data, split: str, prefix: str
) -> tuple[dict[str, Any], list[list[str]]]:
    """Return the prefixed scores of a split and one predicted tag a token; log the table."""
    if not data.encoded or split not in data.encoded:
        logger.warning("%s has no %s split: nothing to score.", data.folder, split)
        return {}, []
    trainer.compute_metrics = make_scorer(data, split)
    output = trainer.predict(data.encoded[split], metric_key_prefix=prefix)
    scores = output.metrics or {}
    tags = _to_tags(data, split)(output.predictions)
    plain = {key.removeprefix(f"{prefix}_"): value for key, value in scores.items()}
    logger.info("\n%s", format_scores(plain, SPLIT_NAMES[split]))
    logger.info("%s", format_coverage(plain, data.sentences[split]))
    return scores, tags


def make_scorer(data: Data, split: str) -> Callable[[EvalPrediction], dict[str, Any]]:
    """Return the compute_metrics hook of a split, which first checks that the rows are its rows."""
    assert data.encoded is not None
    to_tags, rows = _to_tags(data, split), data.encoded[split]

    def checked_tags(prediction: EvalPrediction) -> list[list[str]]:
        inputs = cast(Sequence[Any], prediction.inputs)
        if not is_encoded(rows, inputs):
            raise ScoreError(
                f"{split}: found {len(inputs)} predicted rows that are not the {len(rows)} of the "
                "split in their order. Evaluate in order and on the whole split."
            )
        return to_tags(prediction.predictions)

    return make_compute_metrics(checked_tags, data.sentences[split], data.train_names)


def _to_tags(data: Data, split: str) -> Callable[[Any], list[list[str]]]:
    lengths = [len(sentence.tokens) for sentence in data.sentences[split]]
    names = np.array(data.labels, dtype=object)

    def to_tags(predictions: Sequence[Any]) -> list[list[str]]:
        assert data.encoded is not None
        rows = project_rows(data.encoded[split], predictions, lengths)
        return [names[row].tolist() for row in rows]

    return to_tags
