"""What a search tries: values around those that a run would choose by itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from msra_ner.corpus import SAMPLE, choose_data_dir
from msra_ner.models import DEFAULT_MODEL, load_config
from msra_ner.training.arguments import SAMPLE_DEFAULTS
from msra_ner.training.rates import BASE_WIDTH, round_rate, scale_rate
from msra_ner.training.recipe import HEAD_FACTOR

if TYPE_CHECKING:
    import optuna

# What is searched, where it is not given.
SEARCHED = ("learning_rate", "head_learning_rate", "per_device_train_batch_size", "weight_decay")
# The learning rate lies within this factor of the one that a run would choose.
RATE_RANGE = 4
# The rate of the head, in rates of the encoder.
HEAD_RANGE = (1.0, 30.0)
CHOICES: dict[str, tuple[float, ...]] = {
    "per_device_train_batch_size": (16, 32, 64),
    "weight_decay": (0.0, 0.01, 0.1),
}


def list_defaults(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a run would choose by itself."""
    chosen_rate = "learning_rate" not in settings and not _is_sample(settings)
    return {
        "learning_rate": _find_rate(settings),
        "head_factor": float(HEAD_FACTOR) if chosen_rate else 1.0,
        "per_device_train_batch_size": 32,
        "weight_decay": 0.01 if _is_sample(settings) else 0.0,
    }


def _is_sample(settings: Mapping[str, Any]) -> bool:
    without_model = settings.get("model_name_or_path") is None
    return without_model and choose_data_dir(str(settings.get("data_dir") or "")) == SAMPLE


def _find_rate(settings: Mapping[str, Any]) -> float:
    """Return the learning rate that was given, else the one that the encoder's width decides."""
    if "learning_rate" in settings:
        return float(settings["learning_rate"])
    if _is_sample(settings):
        return cast(float, SAMPLE_DEFAULTS["learning_rate"])
    name = settings.get("model_name_or_path") or DEFAULT_MODEL
    config = load_config(name, settings.get("model_revision") or "main")
    return scale_rate(getattr(config, "hidden_size", BASE_WIDTH))


def propose_settings(trial: "optuna.Trial", given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a trial that nobody has given."""
    chosen: dict[str, Any] = {}
    rate = _find_rate(given)
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
