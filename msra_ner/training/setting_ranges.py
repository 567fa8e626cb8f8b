"""Which values of a setting make sense: checked before anything is loaded.

The Trainer looks at few of them, and torch only when it gets there, with messages of its own.
"""

import math
import re
from collections.abc import Callable
from typing import Any

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
            *("learning_rate", "head_learning_rate", "weight_decay", "max_grad_norm", "seed"),
            *("data_seed", "dataloader_num_workers"),
        ),
        _NOT_NEGATIVE,
    ),
    "label_smoothing_factor": _SHARE,
    **dict.fromkeys(("adam_beta1", "adam_beta2"), _BELOW_1),
    "max_steps": ("at least 1, or -1 for none", lambda value: value >= 1 or value == -1),
    "warmup_steps": (
        "a share of the run below 1, or a whole number of steps",
        lambda value: 0 <= value < 1 or (value >= 1 and float(value).is_integer()),
    ),
}
# What the best epoch can be chosen by: the figures of docs/scores.md, those of types too.
_METRIC = re.compile(
    r"(?:eval_)?(?:loss|token_accuracy|(?:.+_)?(?:f1|precision|recall))", re.IGNORECASE
)


def check_ranges(training: Any) -> None:
    """Refuse numbers that a setting cannot have, and a metric that is never computed.

    Args:
        training: The settings, as attributes.

    Raises:
        ArgumentsError: There is one; the message has the setting and what it may be.
    """
    for name, (expected, fits) in _RULES.items():
        value = getattr(training, name, None)  # older versions lack some
        if isinstance(value, int | float) and not (math.isfinite(value) and fits(value)):
            raise ArgumentsError(f"--{name}: found {value}, expected {expected}.")
    epochs = training.num_train_epochs
    if training.max_steps == -1 and not (math.isfinite(epochs) and epochs > 0):
        raise ArgumentsError(f"--num_train_epochs: found {epochs}, expected more than 0.")
    metric = training.metric_for_best_model
    if metric and not _METRIC.fullmatch(metric):
        raise ArgumentsError(
            f"--metric_for_best_model: found {metric!r}, expected f1, loss, or a figure of one "
            "type such as PER_f1 (docs/scores.md has all)."
        )
