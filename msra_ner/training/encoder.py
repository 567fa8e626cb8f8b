"""The encoder that a run starts from, and the label list of a trained one."""

import logging

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from msra_ner.corpus import SAMPLE
from msra_ner.errors import ModelError
from msra_ner.hardware import keep_freed_memory, use_cpu_threads
from msra_ner.models import (
    DEFAULT_MODEL,
    build_small_encoder,
    find_layer_sizes,
    freeze_encoder,
    freeze_layers,
    is_hub_name,
    load_config,
    load_labels,
    load_model,
    load_tokenizer,
    make_small_config,
)
from msra_ner.training.arguments import NerTrainingArguments
from msra_ner.training.data import Data
from msra_ner.training.task_settings import ModelArguments

logger = logging.getLogger(__name__)


def load_encoder(
    arguments: ModelArguments, data: Data, training: NerTrainingArguments
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return model and tokenizer: those named, or the default for the corpus.

    They have a chain where there is a scheme for it.
    """
    name = find_pretrained(arguments, data)
    chain = training.train_scheme
    if name is None:
        logger.info("Building a small encoder over the characters of the sample corpus.")
        train_split = data.sentences.get("train", [])
        model, tokenizer = build_small_encoder(
            train_split, data.labels, arguments.num_hidden_layers, chain=chain
        )
    else:
        logger.info("Loading the model %s", name)
        tokenizer = load_tokenizer(name, arguments.model_revision)
        model = load_model(
            name,
            data.labels,
            revision=arguments.model_revision,
            num_hidden_layers=arguments.num_hidden_layers,
            chain=chain,
        )
    if arguments.freeze_encoder:
        freeze_encoder(model)
    if arguments.freeze_layers is not None:
        freeze_layers(model, arguments.freeze_layers)
    return model, tokenizer


def suit_cpu(arguments: ModelArguments, data: Data, training: NerTrainingArguments) -> None:
    """Choose threads and precision where a CPU computes and nobody has: by the encoder's layers.

    Memory that is freed stays with the process.
    """
    if training.device.type != "cpu":
        return
    keep_freed_memory()
    name = find_pretrained(arguments, data)
    revision = arguments.model_revision
    config = make_small_config() if name is None else load_config(name, revision)
    sizes = find_layer_sizes(config)
    threads = use_cpu_threads(training.cpu_threads, work=training.work, sizes=sizes)
    logger.info("CPU, %d process(es) of %d thread(s)", training.world_size, threads)
    training.settle_precision(config)


def find_pretrained(arguments: ModelArguments, data: Data) -> str | None:
    """Return the name of the encoder that a run starts from; None for one built in place."""
    name = arguments.model_name_or_path
    return DEFAULT_MODEL if name is None and data.folder != SAMPLE else name


def hub_name(arguments: ModelArguments, data: Data) -> str | None:
    """Return the name of the encoder on the Hub; None for a local one, or one built in place."""
    name = find_pretrained(arguments, data)
    return name if is_hub_name(name) else None


def model_labels(arguments: ModelArguments) -> tuple[str, ...]:
    """Return the label list of the trained model that is to be scored."""
    name = arguments.model_name_or_path
    if name is None:
        raise ModelError(
            "found no --model_name_or_path, expected a trained model: without --do_train there is "
            "nothing else to score."
        )
    return load_labels(name, arguments.model_revision)
