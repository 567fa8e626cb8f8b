"""The Trainer for this task, and the score of a split from what it predicts."""

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import datasets
import numpy as np
import torch
from transformers import (
    DataCollatorForTokenClassification,
    EarlyStoppingCallback,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    ProgressCallback,
)

from msra_ner.corpus import SPLIT_NAMES
from msra_ner.dataset import read_column
from msra_ner.errors import CorpusNotFoundError
from msra_ner.training.arguments import NerTrainingArguments
from msra_ner.training.batches import EpochOrder, TokenBatches, build_train_loader, mean_budget
from msra_ner.training.callbacks import LogEntries, NerProgress
from msra_ner.training.cpu_kernels import fast_training
from msra_ner.training.data import Data
from msra_ner.training.loss import token_mean_loss
from msra_ner.training.push import HubTrainer
from msra_ner.training.scoring import make_scorer

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
        lengths = read_column(rows, "length").to_numpy().astype(np.int64)
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
