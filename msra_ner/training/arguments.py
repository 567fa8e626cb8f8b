"""The Trainer's settings for a run here: a few fields more, other defaults, and what cannot be."""

import logging
import os
from dataclasses import dataclass, field, fields
from typing import Any

from accelerate.utils import parse_flag_from_env, patch_environment
from transformers import IntervalStrategy, TrainingArguments
from transformers.trainer_utils import HubStrategy, SaveStrategy

from msra_ner.errors import ArgumentsError
from msra_ner.hardware import PRECISIONS, Work, choose_precision, has_accelerator
from msra_ner.models import find_layer_sizes
from msra_ner.training.setting_ranges import check_ranges
from msra_ner.training.task_settings import TaskSettings

logger = logging.getLogger(__name__)

# For the small encoder that is built over the sample corpus: random weights want larger steps than
# a pretrained encoder. A flag given by hand still wins.
SAMPLE_DEFAULTS = {
    "learning_rate": 2e-3,
    "per_device_train_batch_size": 32,
    "weight_decay": 0.01,
    "precision": "fp32",  # with a seed, the same figure on the same kind of processor
}
# What a launcher sets, for example `accelerate launch --mixed_precision bf16`.
LAUNCHED_PRECISION = "ACCELERATE_MIXED_PRECISION"


# Settings that the Trainer has and a run here cannot use: what they may be, and why nothing else.
_WHOLE = "every token of a split is scored, with the windows in their order"
UNUSED_SETTINGS: dict[str, tuple[tuple[Any, ...], str]] = {
    "dataloader_drop_last": ((False,), _WHOLE),
    "eval_do_concat_batches": ((True,), "batches are joined without padding by themselves"),
    "logging_nan_inf_filter": ((False,), "a loss that is no number is shown, and ends the run"),
    "batch_eval_metrics": ((False,), _WHOLE),
    "prediction_loss_only": ((False,), "without predictions nothing is scored"),
    "remove_unused_columns": ((True,), "the other columns are not tensors"),
    "label_names": ((None, ["labels"]), "the labels of windows are called so"),
    "length_column_name": (("length",), "the lengths of windows are called so"),
    "dataloader_in_order": ((True,), "a resumed run repeats the order of its batches"),
    "dataloader_multiprocessing_context": ((None,), "batches are read from memory maps"),
    "parallelism_config": ((None,), "each process draws batches of its own"),
}


def _changed(name: str, default: Any) -> Any:
    """Return a field of TrainingArguments with another default and its own help text."""
    metadata = {item.name: item.metadata for item in fields(TrainingArguments)}
    return field(default=default, metadata=dict(metadata[name]))


@dataclass
class NerTrainingArguments(TaskSettings, TrainingArguments):  # type: ignore[misc]
    """The Trainer's settings, with defaults for this task and a few fields more."""

    _argument_group_name = "Training (the settings of the Trainer)"

    output_dir: str | None = _changed("output_dir", "runs/msra-ner")
    per_device_train_batch_size: int = _changed("per_device_train_batch_size", 16)
    per_device_eval_batch_size: int = _changed("per_device_eval_batch_size", 64)
    warmup_steps: float = _changed("warmup_steps", 0.1)
    logging_steps: float = _changed("logging_steps", 20)
    eval_strategy: IntervalStrategy | str = _changed("eval_strategy", "epoch")
    save_strategy: SaveStrategy | str = _changed("save_strategy", "epoch")
    save_total_limit: int | None = _changed("save_total_limit", 2)
    load_best_model_at_end: bool = _changed("load_best_model_at_end", True)
    metric_for_best_model: str | None = _changed("metric_for_best_model", "f1")
    train_sampling_strategy: str = _changed("train_sampling_strategy", "group_by_length")
    # The Trainer's filter waits for the device at every step.
    logging_nan_inf_filter: bool = _changed("logging_nan_inf_filter", False)
    # In the Trainer's order: its parser looks at the first two alone.
    report_to: None | str | list[str] = _changed("report_to", "none")  # noqa: RUF036

    def __post_init__(self) -> None:
        """Settle what to do, and the precision that is known, then let the Trainer check all."""
        if not (self.do_train or self.do_eval or self.do_predict):
            self.do_train = self.do_eval = self.do_predict = True
        if str(self.resume_from_checkpoint).lower() in ("true", "false"):  # or a bool, from YAML
            resume = str(self.resume_from_checkpoint).lower() == "true"
            self.resume_from_checkpoint = "last" if resume else None
        check_ranges(self)
        self._check_choice_of_epoch()
        self._check_unused()
        if not self.do_train:
            self.eval_strategy = self.save_strategy = "no"
            self.load_best_model_at_end = False
        # The Trainer's own comparison of the rows with the encoded split needs them.
        self.include_for_metrics = sorted({*self.include_for_metrics, "inputs"})
        used = self._read_precision()
        if self.use_cpu or not has_accelerator():
            self.dataloader_pin_memory = False  # torch would warn at each epoch
        try:
            # The Trainer would take a launcher's word for more than ours.
            with patch_environment(**{LAUNCHED_PRECISION: _name_mixed(used)}):
                super().__post_init__()
        except (ValueError, ImportError, RuntimeError) as error:
            # The Trainer's messages are lists over several lines; it raises the others for a
            # library that is not installed.
            raise ArgumentsError(" ".join(str(error).split())) from error
        if self.push_to_hub:
            self._check_push()

    def divides_weights(self) -> bool:
        """Return whether FSDP or DeepSpeed is asked for, here or by accelerate's configuration."""
        launched = map(parse_flag_from_env, ("ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED"))
        return bool(self.fsdp or self.deepspeed) or any(launched)

    def chooses_by_score(self) -> bool:
        """Return whether a score on val decides which epoch is kept, or when training ends."""
        chooses = self.load_best_model_at_end or self.early_stopping_patience is not None
        return chooses and "loss" not in (self.metric_for_best_model or "")

    def _check_choice_of_epoch(self) -> None:
        """Refuse to choose an epoch on val, or to stop by it, without evaluating there."""
        evaluated, saved = IntervalStrategy(self.eval_strategy), SaveStrategy(self.save_strategy)
        if evaluated == IntervalStrategy.NO:
            if self.early_stopping_patience is not None:
                raise ArgumentsError(
                    "--early_stopping_patience: found --eval_strategy no, expected epoch or steps."
                )
            if self.load_best_model_at_end:
                logger.info("Without evaluation (--eval_strategy no) the last epoch is kept.")
                self.load_best_model_at_end = False
        elif self.load_best_model_at_end and saved not in (evaluated.value, SaveStrategy.BEST):
            raise ArgumentsError(
                f"--save_strategy: found {saved.value} and --eval_strategy {evaluated.value}, "
                "expected the same, since the best of what is evaluated is kept. Give both, or "
                "--load_best_model_at_end false to keep the last epoch."
            )

    def _check_unused(self) -> None:
        """Refuse settings of the Trainer that cannot work with windows that are put together."""
        for name, (usable, reason) in UNUSED_SETTINGS.items():
            found = getattr(self, name, usable[0])  # older versions lack some
            if found not in usable:
                raise ArgumentsError(
                    f"--{name}: found {found}, expected {usable[0]}: {reason}. Leave it out."
                )

    def _check_push(self) -> None:
        """Refuse to push anything but one model."""
        if self.hub_strategy not in (HubStrategy.END, HubStrategy.EVERY_SAVE):
            raise ArgumentsError(
                f"--hub_strategy: found {HubStrategy(self.hub_strategy).value}, expected end or "
                "every_save: this one sends whole checkpoints, with optimizer states and pickles, "
                "which are large and can run code where they are loaded. Copy those yourself."
            )
        if not self.do_train:
            raise ArgumentsError(
                "--push_to_hub: found no --do_train, expected a run that trains. A model that is "
                "there is pushed with: msra-ner push RUN_DIR REPO_ID"
            )

    @property
    def work(self) -> Work:
        """What the model is to do here, as far as speed goes."""
        return "training" if self.do_train else "evaluation"

    def settle_precision(self, config: Any) -> None:
        """Choose the precision that was left open until a model is known; else do nothing.

        Args:
            config: That of the model.
        """
        if self.precision == "auto":
            sizes = find_layer_sizes(config)
            self._set_precision(choose_precision("auto", on_gpu=False, work=self.work, sizes=sizes))
            self.mixed_precision = _name_mixed(self.precision)

    def _read_precision(self) -> str:
        """Choose a precision this machine can do, set the fields for it and return it.

        On a CPU ``auto`` stays open, in fp32 until then: what is faster depends on the model.
        """
        if self.fp16 and self.bf16:
            raise ArgumentsError("--fp16: found --bf16 too, expected at most one of them.")
        asked = "fp16" if self.fp16 else "bf16" if self.bf16 else self.precision
        if self.precision not in ("auto", asked):
            raise ArgumentsError(
                f"--precision: found {self.precision} and --{asked}, expected one of them."
            )
        launched = os.environ.get(LAUNCHED_PRECISION, "no")
        if asked == "auto" and launched in PRECISIONS:
            asked = launched
        on_gpu = not self.use_cpu and has_accelerator()
        # DeepSpeed and FSDP write it into settings of their own, which are made at once.
        left_open = asked == "auto" and not on_gpu and not self.divides_weights()
        used = "fp32"
        if not left_open:
            used = choose_precision(asked, on_gpu=on_gpu, work=self.work)
            self._set_precision(used)
        if not on_gpu and (left_open or {asked, used} & {"bf16", "fp16"}):
            self.use_cpu = True  # else the Trainer refuses for want of a GPU
        return used

    def _set_precision(self, used: str) -> None:
        self.precision, self.fp16, self.bf16 = used, used == "fp16", used == "bf16"


def _name_mixed(precision: str) -> str:
    """Return a precision as the Trainer names what products are in."""
    return "no" if precision == "fp32" else precision
