"""What of a run's folder belongs on the Hub: a list of names, and nothing that is not on it.

Optimizer states, pickles (``training_args.bin`` is one), logs, predictions and checkpoints stay.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from msra_ner.errors import CorpusNotFoundError, ModelError
from msra_ner.labels import check_labels
from msra_ner.storage import read_json_object, spell_numbers

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"
WEIGHTS = re.compile(r"model(-\d+-of-\d+)?\.safetensors(\.index\.json)?")
TOKENIZER_CONFIG_FILE = "tokenizer_config.json"
# What the tokenizers of transformers write.
TOKENIZER_FILES = (
    "tokenizer.json",
    TOKENIZER_CONFIG_FILE,
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "bpe.codes",
    "spiece.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
)
# Where a model or tokenizer was loaded from: a path of one machine, of no use on another.
ORIGINS = ("_name_or_path", "name_or_path", "is_local", "local_files_only")


@dataclass(frozen=True)
class ModelFiles:
    """The files of a model, ready to be sent.

    Attributes:
        files: By name in the repository: a file, or the bytes to send in its place.
        config: ``config.json``, without its origin.
        tokenizer: ``tokenizer_config.json`` with its origin.
        parameters: Numbers that the weights hold.
    """

    files: dict[str, Path | bytes]
    config: dict[str, Any]
    tokenizer: dict[str, Any]
    parameters: int


def read_model_files(folder: Path) -> ModelFiles:
    """Return what of a folder is sent.

    Args:
        folder: What ``train`` wrote, or one of its checkpoints.

    Raises:
        CorpusNotFoundError: There is no such folder.
        ModelError: A part of the model is missing or damaged, or it does not tag.
    """
    if not folder.is_dir():
        raise CorpusNotFoundError(
            f"{folder}: no such folder, expected the --output_dir of a run. Check the name."
        )
    config = _without_origin(_read_config(folder))
    weights = _find_weights(folder)
    if not (folder / "tokenizer.json").is_file() or not (folder / TOKENIZER_CONFIG_FILE).is_file():
        raise ModelError(
            f"{folder}: found no tokenizer.json and {TOKENIZER_CONFIG_FILE}, expected both beside "
            "the weights. Save the tokenizer there: tokenizer.save_pretrained(folder)."
        )
    tokenizer = _read_json(folder / TOKENIZER_CONFIG_FILE)
    files: dict[str, Path | bytes] = {
        CONFIG_FILE: _to_bytes(config),
        TOKENIZER_CONFIG_FILE: _to_bytes(_without_origin(tokenizer)),
    }
    names = [*weights, *(name for name in TOKENIZER_FILES if (folder / name).is_file())]
    files |= {name: folder / name for name in names if name not in files}
    parameters = sum(
        _count_parameters(folder / name) for name in weights if name.endswith(".safetensors")
    )
    return ModelFiles(files, config, tokenizer, parameters)


def read_labels(config: Mapping[str, Any]) -> list[str]:
    """Return the labels of a ``config.json`` in the order of their ids."""
    names = config.get("id2label") or {}
    return [str(names[key]) for key in sorted(names, key=int)]


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / CONFIG_FILE
    if not path.is_file():
        raise ModelError(
            f"{folder}: found no {CONFIG_FILE}, expected the --output_dir of a run that trained. "
            "Check the name, or let the run train."
        )
    config = _read_json(path)
    try:
        labels = read_labels(config)
        check_labels(labels)
    except ValueError:
        labels = []
    if not labels or "TokenClassification" not in str(config.get("architectures")):
        raise ModelError(
            f"{path}: found {config.get('architectures')} without a head for IOB2 tags, expected "
            "a model fine-tuned for token classification. Train one first: msra-ner train."
        )
    return config


def _find_weights(folder: Path) -> list[str]:
    """Return the names of the weights, those of an index with all it names."""
    if (folder / WEIGHTS_FILE).is_file():
        return [WEIGHTS_FILE]
    index = f"{WEIGHTS_FILE}.index.json"
    if (folder / index).is_file():
        shards = sorted(set(_read_json(folder / index).get("weight_map", {}).values()))
        missing = [name for name in shards if not (folder / name).is_file()]
        if shards and not missing and all(WEIGHTS.fullmatch(name) for name in shards):
            return [index, *shards]
        raise ModelError(
            f"{folder / index}: found {', '.join(missing) or 'no shard of this folder'} missing, "
            "expected all the files that it names. Copy them there."
        )
    pickles = sorted(path.name for path in folder.glob("*.bin"))
    raise ModelError(
        f"{folder}: found no {WEIGHTS_FILE}{' but ' + ', '.join(pickles) if pickles else ''}, "
        "expected weights as safetensors: pickles can run code and are not sent. Save the model "
        "with save_pretrained, or let the run train."
    )


def _count_parameters(path: Path) -> int:
    """Return the numbers that a file of safetensors holds, from its header alone."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as file:
            return sum(prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"{path}: found a file that is damaged or cut off ({error}), expected safetensors. "
            "Copy it again, or train again."
        ) from error


def _without_origin(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration without the paths it was loaded from, at any depth."""
    return {
        key: _without_origin(value) if isinstance(value, dict) else value
        for key, value in config.items()
        if key not in ORIGINS
    }


def _read_json(path: Path) -> dict[str, Any]:
    return read_json_object(path, error=ModelError, remedy="Copy the file again.")


def _to_bytes(data: Mapping[str, Any]) -> bytes:
    return (json.dumps(spell_numbers(data), indent=2, ensure_ascii=False) + "\n").encode()
