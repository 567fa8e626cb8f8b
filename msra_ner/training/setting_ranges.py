"""Which values of a setting make sense: checked before anything is loaded.

The Trainer looks at few of them, and torch only when it gets there, with messages of its own.
"""

import json
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from transformers import TrainingArguments
from transformers.integrations.integration_utils import (
    get_available_reporting_integrations,
    get_reporting_integration_callbacks,
)

from msra_ner.errors import ArgumentsError

Rule = tuple[str, Callable[[float], bool]]

_AT_LEAST_1: Rule = ("at least 1", lambda value: value >= 1)
_POSITIVE: Rule = ("more than 0", lambda value: value > 0)
_NOT_NEGATIVE: Rule = ("0 or more", lambda value: value >= 0)
_SHARE: Rule = ("0 to 1", lambda value: 0 <= value <= 1)
_BELOW_1: Rule = ("0 or more, and less than 1", lambda value: 0 <= value < 1)
_RULES: dict[str, Rule] = {
    **dict.fromkeys(
        (
            *("per_device_train_batch_size", "per_device_eval_batch_size", "save_total_limit"),
            *("per_device_train_tokens", "gradient_accumulation_steps", "eval_accumulation_steps"),
            *("cpu_threads", "early_stopping_patience"),
        ),
        _AT_LEAST_1,
    ),
    **dict.fromkeys(("adam_epsilon", "save_steps", "eval_steps", "logging_steps"), _POSITIVE),
    **dict.fromkeys(
        (
            *("learning_rate", "head_learning_rate", "chain_learning_rate", "weight_decay"),
            *("max_grad_norm", "dataloader_num_workers"),
        ),
        _NOT_NEGATIVE,
    ),
    **dict.fromkeys(("seed", "data_seed"), ("0 to 4294967295", lambda value: 0 <= value < 2**32)),
    **dict.fromkeys(("label_smoothing_factor", "mask_share"), _SHARE),
    **dict.fromkeys(("adam_beta1", "adam_beta2"), _BELOW_1),
    "max_steps": ("at least 1, or -1 for none", lambda value: value >= 1 or value == -1),
    "warmup_steps": (
        "a share of the run below 1, or a whole number of steps",
        lambda value: 0 <= value < 1 or (value >= 1 and float(value).is_integer()),
    ),
}
# What the best epoch can be chosen by: the figures of docs/explanation/scores.md, of types too.
_METRIC = re.compile(
    r"(?:eval_)?(?:loss|token_accuracy|(?:.+_)?(?:f1|precision|recall))", re.IGNORECASE
)


def check_ranges(training: Any) -> None:
    """Refuse what a setting cannot be, and a metric that is never computed.

    Args:
        training: The settings, as attributes.

    Raises:
        ArgumentsError: There is one; the message has the setting and what it may be.
    """
    for name, (expected, fits) in _RULES.items():
        value = getattr(training, name, None)  # older versions lack some
        if isinstance(value, int | float) and not (math.isfinite(value) and fits(value)):
            raise ArgumentsError(f"--{name}: found {value}, expected {expected}.")
    for name, value in vars(training).items():
        # An endless number of epochs ends with --max_steps.
        if isinstance(value, float) and not math.isfinite(value) and name != "num_train_epochs":
            raise ArgumentsError(f"--{name}: found {value}, expected a number.")
    epochs = training.num_train_epochs
    if training.max_steps == -1 and not (math.isfinite(epochs) and epochs > 0):
        raise ArgumentsError(f"--num_train_epochs: found {epochs}, expected more than 0.")
    for name in TrainingArguments._VALID_DICT_FIELDS:
        _check_json(name, getattr(training, name, None))
    _check_report_to(training.report_to)
    metric = training.metric_for_best_model
    if metric and not _METRIC.fullmatch(metric):
        raise ArgumentsError(
            f"--metric_for_best_model: found {metric!r}, expected f1, loss, or a figure of one "
            "type such as PER_f1 (docs/explanation/scores.md has all)."
        )


def _check_json(name: str, value: Any) -> None:
    """Refuse what is neither a mapping, nor JSON, nor (where there may be one) a file of it."""
    if value is None or isinstance(value, dict):
        return
    text = str(value)
    expected = "JSON such as '{\"key\": 1}'"
    if not text.startswith("{"):
        if name.endswith("_kwargs") or not Path(text).is_file():
            raise ArgumentsError(f"--{name}: found {text!r}, expected {expected} or its file.")
        return
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ArgumentsError(f"--{name}: found {text!r} ({error}), expected {expected}.") from error


def _check_report_to(value: str | Sequence[str] | None) -> None:
    """Refuse a tracker that transformers does not know, or that is not installed."""
    names = [value] if isinstance(value, str) else list(value or [])
    for name in names:
        if name in ("none", "all"):
            continue
        try:
            get_reporting_integration_callbacks([name])
        except ValueError as error:
            raise ArgumentsError(f"--report_to: {error}") from error
        # The list has azure_ml only without mlflow, and never flyte.
        if name not in (*get_available_reporting_integrations(), "azure_ml", "flyte"):
            raise ArgumentsError(
                f"--report_to: found {name}, whose package is not installed, expected one that is. "
                "Install it, or leave --report_to out."
            )
