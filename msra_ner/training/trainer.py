"""The Trainer for this task."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, cast

import datasets
import numpy as np
import torch
from torch.utils.data import DataLoader
from transformers import (
    DataCollatorForTokenClassification,
    EarlyStoppingCallback,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PrinterCallback,
    ProgressCallback,
)

from msra_ner.dataset import IGNORE_INDEX, read_column
from msra_ner.decoding import DEFAULT_DECODER, Decoder, make_decoder
from msra_ner.errors import ArgumentsError
from msra_ner.hardware import without_cudnn_attention
from msra_ner.models import CONFIG_KEY, PLAIN_LOGITS, find_chain, list_labels, read_temperature
from msra_ner.training.arguments import NerTrainingArguments
from msra_ner.training.batches import TokenBatches, build_train_loader, mean_budget
from msra_ner.training.callbacks import LogEntries, NerProgress
from msra_ner.training.checkpoints import CheckpointKeeper
from msra_ner.training.cpu_kernels import fast_training
from msra_ner.training.data import Data, drop_unlabelled
from msra_ner.training.finite_loss import FiniteLossTrainer
from msra_ner.training.loss import make_loss
from msra_ner.training.masking import mask_pieces
from msra_ner.training.push import HubPush
from msra_ner.training.scoring import make_scorer

logger = logging.getLogger(__name__)


class NerTrainer(FiniteLossTrainer):
    """The Trainer with token-budget batches, evaluation in order, and its own rate for the head.

    Pushes to the Hub are those of :class:`msra_ner.training.push.HubPush`: the model and its card.
    """

    args: NerTrainingArguments

    def __init__(self, *, args: NerTrainingArguments, **settings: Any) -> None:
        """Take what the Trainer takes, by name."""
        self._by_length = args.train_sampling_strategy == "group_by_length"
        self._saved_args = copy(args)
        self._saved_args.hub_token = None  # checkpoints are passed on
        args = copy(args)
        args.settle_precision(getattr(settings.get("model"), "config", None))
        pushes, args.push_to_hub = args.push_to_hub, False  # the Trainer's own send more
        kept, args.save_total_limit = args.save_total_limit, None
        # Joined, all logits would be padded to the longest row.
        args.eval_do_concat_batches = False
        if self._by_length:
            # Else the Trainer would group by length in evaluation too, which has its order.
            args.train_sampling_strategy = "sequential"
        # Before the Trainer makes the output folder, which must not be where no push is possible.
        self._push = HubPush(args) if pushes and args.process_index == 0 else None
        super().__init__(args=args, **settings)
        self._asked_batch = self.get_total_train_batch_size(args)
        self.add_callback(CheckpointKeeper(kept))
        if self._push:
            self.add_callback(self._push)

    def train(self, *args: Any, **kwargs: Any) -> Any:
        """Train as the Trainer does, with attention and dropout that suit the device.

        Raises:
            TrainingError: The run has diverged.
        """
        own = cast(PreTrainedModel, self.model)
        try:
            with fast_training(own, self.args.device.type), without_cudnn_attention():
                return super().train(*args, **kwargs)
        except BaseException:
            for callback in self.callback_handler.callbacks:
                if isinstance(callback, NerProgress):
                    callback.close()
            raise

    def get_train_dataloader(self) -> "DataLoader[Any]":
        """Return batches of like length under a token budget, or what another strategy asks for."""
        if not self._by_length or self.train_dataset is None:
            return super().get_train_dataloader()
        rows = cast(datasets.Dataset, self.train_dataset)
        lengths = read_column(rows, "length").to_numpy().astype(np.int64)
        asked = self.args.per_device_train_tokens
        budget = asked or mean_budget(lengths, self.args.per_device_train_batch_size)
        # --auto_find_batch_size lowers the one and leaves the other.
        current_batch = self.get_total_train_batch_size(self.args)
        budget = max(1, budget * current_batch // self._asked_batch)
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
        return build_train_loader(rows, batches, padding, self.args)

    def get_batch_samples(self, *args: Any, **kwargs: Any) -> Any:
        """Return the batches of a step; none where a run goes on that has done all of its steps.

        The Trainer looks whether these are done only behind a step, and would do one more.
        """
        if self.state.global_step >= self.state.max_steps:
            return [], None
        return super().get_batch_samples(*args, **kwargs)

    def compute_loss(
        self,
        model: Any,
        inputs: Any,
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Return the Trainer's loss; in evaluation that of this process, not of all together."""
        if not model.training:
            return super().compute_loss(model, inputs, return_outputs)
        if self.args.mask_share:
            mask = cast(PreTrainedTokenizerBase, self.processing_class).mask_token_id
            inputs = mask_pieces(inputs, cast(int, mask), self.args.mask_share)
        return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)

    def prediction_step(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return what the Trainer does, the loss as the sum of a batch's tokens over its rows.

        Rows that fill up the last batch of several processes count nowhere.
        """
        own: Any = self.model
        if find_chain(own) is not None:
            ignored = kwargs.get("ignore_keys")
            if ignored is None:
                ignored = getattr(own.config, "keys_to_ignore_at_inference", [])
            kwargs["ignore_keys"] = [*ignored, PLAIN_LOGITS]
        rows = self._count_own_rows(len(inputs["input_ids"]))
        if "labels" in inputs and rows < len(inputs["labels"]):
            known = inputs["labels"].clone()
            known[rows:] = IGNORE_INDEX
            inputs = {**inputs, "labels": known}
        loss, logits, labels = super().prediction_step(model, inputs, *args, **kwargs)
        if loss is not None:
            tokens = (inputs["labels"] != IGNORE_INDEX).sum()
            loss = torch.where(tokens > 0, loss * tokens / max(1, rows), 0)
        return loss, logits, labels

    def _count_own_rows(self, rows: int) -> int:
        """Return how many rows of a batch no other process has; accelerate fills up the last."""
        state = self.accelerator.gradient_state
        if not state.end_of_dataloader or state.remainder <= 0:
            return rows
        own: int = state.remainder - self.args.process_index * rows
        return min(rows, max(0, own))

    def evaluation_loop(self, dataloader: Any, *args: Any, **kwargs: Any) -> Any:
        """Return what the Trainer does, the loss as the mean over tokens, as in training.

        The Trainer's own is a mean over rows of the means of batches, another one for each size of
        a batch.
        """
        with without_cudnn_attention():
            output: Any = super().evaluation_loop(dataloader, *args, **kwargs)
        labels = output.label_ids
        if labels is None:  # only the loss was asked for
            labels = [read_column(dataloader.dataset, "labels").flatten().to_numpy()]
        tokens = max(1, sum(np.count_nonzero(batch != IGNORE_INDEX) for batch in labels))
        for key in output.metrics:
            if key.endswith("_loss"):
                output.metrics[key] *= output.num_samples / tokens
        return output

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """Make the Trainer's optimizer, the head's parameters in groups of their own."""
        with _explain_missing_library():
            optimizer = super().create_optimizer(model)
        model = cast(PreTrainedModel, self.model)
        encoder = {id(parameter) for parameter in model.base_model.parameters()}
        chain = find_chain(model)
        transitions = None if chain is None else chain.transitions.weight
        head_rate, chain_rate = self.args.head_learning_rate, self.args.chain_learning_rate
        rates = {"head": head_rate, "chain": head_rate if chain_rate is None else chain_rate}
        for group in list(optimizer.param_groups):
            parts = defaultdict(list)
            for parameter in group["params"]:
                own = "chain" if parameter is transitions else "head"
                part = "encoder" if id(parameter) in encoder else own
                parts[part if rates.get(part) is not None else "encoder"].append(parameter)
            settings = {key: value for key, value in group.items() if key != "params"}
            group["params"] = parts.pop("encoder", [])
            for part, parameters in parts.items():
                optimizer.add_param_group({**settings, "params": parameters, "lr": rates[part]})
        return optimizer

    def find_decoder(self) -> Decoder:
        """Return the decoder that was asked for, with the transitions as they are now."""
        model: Any = self.model
        chain = find_chain(model)
        weights = None if chain is None else chain.transitions.weight.detach().float().cpu().numpy()
        auto = DEFAULT_DECODER if chain is None else "crf"
        name = auto if self.args.decoder == "auto" else self.args.decoder
        scheme = "iob2" if chain is None else chain.scheme
        temperature = read_temperature(getattr(model.config, CONFIG_KEY, {}), name)
        return make_decoder(name, list_labels(model.config), weights, scheme, temperature)

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        """Save as the Trainer does, with the settings that were given in ``training_args.bin``.

        But for a token of the Hub.
        """
        changed, self.args = self.args, self._saved_args
        try:
            super()._save(output_dir, state_dict)
        finally:
            self.args = changed

    def push_to_hub(self, *args: Any, **kwargs: Any) -> Any:
        """Push what the run wrote to the Hub and return the address, on the main process.

        Raises:
            HubError: The push failed; the message has the command that repeats it.
            TypeError: There are arguments: where to push is said by the settings of the run.
        """
        if args or kwargs:
            raise TypeError("push_to_hub() takes no arguments; give the settings hub_... instead.")
        if not self.is_world_process_zero():
            return None
        self._push = self._push or HubPush(self.args)
        return self._push.push_run()


def build_trainer(
    args: NerTrainingArguments,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    data: Data,
) -> NerTrainer:
    """Return the Trainer with its splits, metrics and callbacks."""
    encoded = data.encoded or {}
    on_val: Any = None
    if encoded.get("validation"):
        on_val = make_scorer(
            data, "validation", lambda: trainer.find_decoder(), metric=args.metric_for_best_model
        )
    with _explain_missing_library():
        trainer = NerTrainer(
            model=model,
            args=args,
            train_dataset=drop_unlabelled(encoded["train"]) if args.do_train else None,
            eval_dataset=encoded.get("validation"),
            processing_class=tokenizer,
            data_collator=DataCollatorForTokenClassification(tokenizer),
            preprocess_logits_for_metrics=lambda logits, labels: (
                logits.argmax(dim=-1) if args.decoder == "argmax" else logits.float()
            ),
            compute_metrics=on_val,
            compute_loss_func=make_loss(model, data, args.label_smoothing_factor),
        )
    for shown in (ProgressCallback, PrinterCallback):  # LogEntries says what these print
        trainer.remove_callback(shown)
    if not args.disable_tqdm:
        trainer.add_callback(NerProgress())
    trainer.add_callback(LogEntries())
    if args.early_stopping_patience is not None and args.do_train:
        trainer.add_callback(EarlyStoppingCallback(args.early_stopping_patience))
    return trainer


@contextmanager
def _explain_missing_library() -> Iterator[None]:
    """Turn what transformers raises for a library that is not installed into one line."""
    try:
        yield
    except (ImportError, RuntimeError) as error:
        if isinstance(error, ImportError) or "installed" in str(error):
            raise ArgumentsError(" ".join(str(error).split())) from error
        raise
