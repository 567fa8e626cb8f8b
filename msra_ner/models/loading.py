"""Load the configuration, tokenizer and weights of a model, from a folder or the Hub."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msra_ner.decoding import TrainScheme
from msra_ner.errors import ModelError
from msra_ner.labels import check_labels
from msra_ner.logs import filter_log
from msra_ner.models.config_labels import list_labels, set_labels
from msra_ner.models.pretrained import explain_failure, load_pretrained

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from msra_ner.models.chain import ChainHead

logger = logging.getLogger(__name__)

# Under this name the model's config.json keeps what tagging needs to work as training did.
CONFIG_KEY = "msra_ner"
# There, in an exported model, the transitions of a linear chain.
TRANSITIONS = "transitions"
# The files of a model's weights in its folder, in each format that transformers writes.
WEIGHT_FILES = ("*.safetensors", "pytorch_model*.bin")
# The parameters of a linear chain begin with this.
CHAIN = "chain"
# From here on, the limit of a tokenizer that states none, as transformers sets it.
VERY_LARGE = 1_000_000
DEFAULT_MODEL = "google-bert/bert-base-chinese"
# Model families whose positions start behind the padding id, so that two of them hold no text.
OFFSET_POSITIONS = (
    *("roberta", "xlm-roberta", "camembert", "xlm-roberta-xl", "data2vec-text", "longformer"),
    *("mpnet", "roberta-prelayernorm", "xmod"),
)
# Byte-level tokenizers, as in transformers' own token classification example: they join a word to
# the space before it, and want to be told that tokens are words.
SPACE_PREFIXED = ("bloom", "deberta", "gpt2", "roberta")


def load_tokenizer(name: str | Path, revision: str = "main") -> "PreTrainedTokenizerBase":
    """Return the tokenizer of a model.

    A model that this package trained keeps the windows of that training as its tokenizer's limit,
    for pipelines; here windows may be as long as the encoder takes, so the limit is lifted.

    Raises:
        ModelError: It cannot be found or read.
    """
    from transformers import AutoTokenizer

    config = load_config(name, revision)
    prefix = {"add_prefix_space": True} if config.model_type in SPACE_PREFIXED else {}
    tokenizer: PreTrainedTokenizerBase = load_pretrained(
        AutoTokenizer, name, revision=revision, **prefix
    )
    tokenizer.padding_side = "right"  # rows are read from their start
    if tokenizer.pad_token is None:  # GPT-2 and others never had rows of unequal length
        stand_in = tokenizer.eos_token or tokenizer.unk_token
        tokenizer.pad_token = stand_in or tokenizer.convert_ids_to_tokens(0)
        logger.info("The tokenizer has no pad token: %r pads.", tokenizer.pad_token)
    saved = getattr(config, CONFIG_KEY, None) or {}
    if tokenizer.model_max_length == saved.get("max_length"):
        tokenizer.model_max_length = saved.get("tokenizer_limit", VERY_LARGE)
    return tokenizer


def load_config(name: str | Path, revision: str = "main") -> Any:
    """Return the configuration of a model.

    Raises:
        ModelError: It cannot be found or read.
    """
    from transformers import AutoConfig

    return load_pretrained(AutoConfig, name, revision=revision)


def load_trained(name: str | Path, **options: Any) -> "PreTrainedModel":
    """Return a model that was fine-tuned for tagging, as it was saved.

    Args:
        name: Folder or Hub name.
        **options: Of ``from_pretrained``, for example ``dtype``.

    Raises:
        ModelError: It has no head for IOB2 tags, or cannot be read.
    """
    config = load_config(name)
    _read_labels(config, name)
    kind = _find_class(config, name, read_chain_scheme(getattr(config, CONFIG_KEY, None)))
    model: PreTrainedModel = load_pretrained(kind, name, **options)
    return model


def read_chain_scheme(saved: Mapping[str, Any] | None) -> TrainScheme | None:
    """Return what the linear chain of a model learned in; None for a model without a chain.

    ``saved`` is what its config has under ``CONFIG_KEY``.
    """
    kept: Mapping[str, Any] = saved or {}
    scheme: TrainScheme = kept.get("train_scheme", "iob2")  # older models have no other
    return scheme if kept.get("decoder") == "crf" else None


def find_chain(model: "nn.Module") -> "ChainHead | None":
    """Return the head of a model's chain, if it has one."""
    return getattr(model, CHAIN, None)


def load_labels(name: str | Path, revision: str = "main") -> tuple[str, ...]:
    """Return the label list of a model that was fine-tuned for tagging.

    Raises:
        ModelError: The model has no head for IOB2 tags, or cannot be read.
    """
    return _read_labels(load_config(name, revision), name)


def _read_labels(config: Any, name: str | Path) -> tuple[str, ...]:
    labels = list_labels(config)
    try:
        check_labels(labels)
    except ValueError:
        labels = ()
    if not labels or not any("TokenClassification" in str(x) for x in config.architectures or ()):
        raise ModelError(
            f"{name}: found {config.architectures} without a head for IOB2 tags, expected a model "
            "fine-tuned for token classification. Train one first: msra-ner train."
        )
    return labels


def load_model(
    name: str,
    labels: Sequence[str],
    *,
    revision: str = "main",
    num_hidden_layers: int | None = None,
    chain: TrainScheme | None = None,
) -> "PreTrainedModel":
    """Return a token classification model in fp32 with a head for a label list.

    A head that the checkpoint has for the very same labels is kept; any other is replaced. With
    ``chain``, a scheme, it has the head of a linear chain, too.

    Raises:
        ModelError: The checkpoint cannot be loaded, or has fewer layers than asked for.
    """
    import torch

    config = load_config(name, revision)
    old_labels = [config.id2label.get(index) for index in range(len(config.id2label))]
    keep_layers(config, num_hidden_layers)
    set_labels(config, labels)
    with hide_load_report():
        # Weights may be stored in half precision: training needs them in fp32.
        model, report = load_pretrained(
            _find_class(config, name, chain),
            name,
            revision=revision,
            config=config,
            dtype=torch.float32,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
        )
    encoder = f"{model.base_model_prefix}."
    mismatched = [entry[0] for entry in report["mismatched_keys"]]
    fresh = {*report["missing_keys"], *mismatched}
    head = [key for key, _ in model.named_parameters() if not key.startswith(encoder)]
    own = [key for key in head if not key.startswith(f"{CHAIN}.")]
    other = old_labels != list(labels)
    drawn = []
    if other and not fresh.intersection(own):
        logger.info(
            "The checkpoint's head knows other labels (%s).", ", ".join(map(str, old_labels))
        )
        drawn = [key for key in own if len(model.get_parameter(key)) == len(labels)]
    # Its labels, too, may be others where its shape is the same.
    if other or chain != read_chain_scheme(getattr(config, CONFIG_KEY, None)):
        drawn += [key for key in head if key not in own]
    drawn = [key for key in drawn if key not in fresh]
    _draw(model, drawn)
    fresh.update(drawn)
    new = [key for key in head if key in fresh]
    if new:
        logger.info(
            "The head (%s) is new and starts from random numbers: that is what fine-tuning is for, "
            "and not a failure. Its %d labels: %s.",
            ", ".join(new),
            len(labels),
            ", ".join(labels),
        )
    broken = sorted(fresh - set(head))
    if broken:
        logger.warning(
            "%d weights of the encoder are not in %s and start from random numbers (%s, ...). "
            "Expect a low F1: check that the checkpoint is an encoder of type %s.",
            len(broken),
            name,
            broken[0],
            model.config.model_type,
        )
    return model  # type: ignore[no-any-return]


def _find_class(config: Any, name: str | Path, chain: TrainScheme | None) -> Any:
    """Return what loads a model: transformers' own choice, or its class with a chain."""
    from transformers import AutoModelForTokenClassification

    if chain is None:
        return AutoModelForTokenClassification
    from msra_ner.models.chain import with_chain

    kind: Any = type(build_without_weights(config, name))
    return with_chain(kind, chain)


def build_without_weights(config: Any, name: str | Path) -> "PreTrainedModel":
    """Return the token classification model of a config, for its class and its layers.

    Raises:
        ModelError: There is none.
    """
    import torch
    from transformers import AutoModelForTokenClassification

    with explain_failure(str(name)), torch.device("meta"):
        model: PreTrainedModel = AutoModelForTokenClassification.from_config(
            config, trust_remote_code=False
        )
    return model


def find_position_limit(config: Any) -> int | None:
    """Return how many word pieces an encoder's positions can hold, or None for no limit."""
    limit: int | None = getattr(config, "max_position_embeddings", None)
    if limit is not None and limit > 0 and config.model_type in OFFSET_POSITIONS:
        limit -= (config.pad_token_id or 0) + 1
    return limit


def keep_layers(config: Any, num_hidden_layers: int | None) -> None:
    """Set the number of layers to keep, the lowest ones; None keeps all.

    Raises:
        ModelError: The encoder has fewer.
    """
    if num_hidden_layers is None:
        return
    if num_hidden_layers > config.num_hidden_layers:
        raise ModelError(
            f"--num_hidden_layers: found {num_hidden_layers}, expected at most the "
            f"{config.num_hidden_layers} layers the encoder has."
        )
    if num_hidden_layers < config.num_hidden_layers:
        logger.info(
            "Keeping the lower %d of the encoder's %d layers.",
            num_hidden_layers,
            config.num_hidden_layers,
        )
    config.num_hidden_layers = num_hidden_layers
    if getattr(config, "layer_types", None):
        config.layer_types = config.layer_types[:num_hidden_layers]


def _draw(model: "PreTrainedModel", drawn: Sequence[str]) -> None:
    """Draw parameters of the head again, as the model draws them."""
    if not drawn:
        return
    # The marks of transformers: what they are on is left alone by ``initialize_weights``.
    for _, parameter in model.named_parameters():
        parameter._is_hf_initialized = True  # type: ignore[attr-defined]
    for key in drawn:
        layer = model.get_submodule(key.rpartition(".")[0])
        model.get_parameter(key)._is_hf_initialized = False  # type: ignore[attr-defined]
        layer._is_hf_initialized = False  # type: ignore[assignment]
    model._is_hf_initialized = False
    model.initialize_weights()


def hide_load_report() -> AbstractContextManager[None]:
    """Hide transformers' table of weights that are new, of which :func:`load_model` speaks."""
    return filter_log("transformers.modeling_utils", lambda record: record.levelno >= logging.ERROR)
