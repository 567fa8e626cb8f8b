"""What a search tries: values around those that a run would choose by itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msra_ner.models import DEFAULT_MODEL, load_config
from msra_ner.training.open_settings import HEAD_FACTOR
from msra_ner.training.parsing import arguments_from
from msra_ner.training.rates import BASE_WIDTH, round_rate, scale_rate

if TYPE_CHECKING:
    import optuna

# What is searched, where it is not given.
SEARCHED = ("learning_rate", "head_learning_rate", "per_device_train_batch_size", "weight_decay")
# The learning rate lies within this factor of the one that a run would choose.
RATE_RANGE = 4
# The rate of the head, in rates of the encoder.
HEAD_RANGE = (1.0, 30.0)
CHOICES: dict[str, tuple[float, ...]] = {
    "per_device_train_batch_size": (8, 16, 32),
    "weight_decay": (0.0, 0.01, 0.1),
}


def find_defaults(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a run with these settings would choose for the others, as a first trial."""
    arguments = arguments_from("train()", **settings)
    args, model = arguments.training, arguments.model
    rate, factor = args.learning_rate, 1.0
    if rate is None:
        config = load_config(model.model_name_or_path or DEFAULT_MODEL, model.model_revision)
        rate, factor = scale_rate(getattr(config, "hidden_size", BASE_WIDTH)), float(HEAD_FACTOR)
    return {
        "learning_rate": rate,
        "head_factor": factor,
        **{name: getattr(args, name) for name in CHOICES},
    }


def propose_settings(
    trial: "optuna.Trial", given: Mapping[str, Any], rate: float
) -> dict[str, Any]:
    """Return the settings of a trial that nobody has given; learning rates lie around ``rate``."""
    chosen: dict[str, Any] = {}
    if "learning_rate" not in given:
        low, high = rate / RATE_RANGE, rate * RATE_RANGE
        rate = round_rate(trial.suggest_float("learning_rate", low, high, log=True))
        chosen["learning_rate"] = rate
    if "head_learning_rate" not in given:
        factor = trial.suggest_float("head_factor", *HEAD_RANGE, log=True)
        chosen["head_learning_rate"] = round_rate(factor * rate)
    for name, values in CHOICES.items():
        # Windows in a batch do not count where word pieces do.
        unused = name == "per_device_train_batch_size" and "per_device_train_tokens" in given
        if name not in given and not unused:
            chosen[name] = trial.suggest_categorical(name, values)
    return chosen
