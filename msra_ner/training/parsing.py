"""Settings of a run from flags, from a JSON or YAML file, or from both (flags win)."""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, cast

from transformers import HfArgumentParser

from msra_ner.corpus import (
    SAMPLE,
    choose_data_dir,
)
from msra_ner.errors import ArgumentsError
from msra_ner.training.arguments import (
    SAMPLE_DEFAULTS,
    DataArguments,
    ModelArguments,
    NerTrainingArguments,
)

# What people still write, and what the Trainer calls it now.
RENAMED = {
    "evaluation_strategy": "eval_strategy",
    "group_by_length": "train_sampling_strategy group_by_length",
    "no_cuda": "use_cpu",
    "overwrite_output_dir": "overwrite",
    "per_gpu_train_batch_size": "per_device_train_batch_size",
    "warmup_ratio": "warmup_steps (a value below 1 is a ratio)",
}


class Arguments(NamedTuple):
    """All settings of a run."""

    model: ModelArguments
    data: DataArguments
    training: NerTrainingArguments


class _Parser(HfArgumentParser):
    """Raises the project's own error instead of printing 140 flags of usage and leaving."""

    def error(self, message: str) -> NoReturn:
        raise ArgumentsError(f"{message}. 'msra-ner train --help' lists the flags.")


def build_parser(prog: str | None = None) -> HfArgumentParser:
    """Return the parser of all three groups."""
    groups: list[Any] = [ModelArguments, DataArguments, NerTrainingArguments]
    return _Parser(
        groups,
        prog=prog,
        usage="%(prog)s [settings.json | settings.yaml] [flags]",
        description="Fine-tune an encoder, choose the best epoch on val, score test, save.",
        allow_abbrev=False,
    )


def parse_arguments(argv: Sequence[str], prog: str | None = None) -> Arguments:
    """Return the settings of a command line: an optional JSON or YAML file first, then flags.

    Raises:
        ArgumentsError: A flag or an entry of the file is unknown or has a wrong value.
    """
    argv = list(argv)
    settings: dict[str, Any] = {}
    if argv and argv[0].endswith((".json", ".yaml", ".yml")):
        settings = read_settings(Path(argv.pop(0)))
    return _parse(build_parser(prog), settings, argv)


def arguments_from(**settings: Any) -> Arguments:
    """Return the settings given by name, the others at their defaults.

    Raises:
        ArgumentsError: A name is unknown or a value wrong.
    """
    return _parse(build_parser(), settings, [])


def read_settings(path: Path) -> dict[str, Any]:
    """Return the settings of a JSON or YAML file.

    Raises:
        ArgumentsError: The file is missing, broken or no mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            settings = json.loads(text)
        else:
            import yaml

            settings = yaml.safe_load(text)
    except FileNotFoundError as error:
        raise ArgumentsError(f"{path}: no such file of settings.") from error
    except Exception as error:  # Each format has its own family of errors; all name the line.
        raise ArgumentsError(f"{path}: found no valid {path.suffix[1:]}: {error}") from error
    if not isinstance(settings, dict):
        raise ArgumentsError(f"{path}: found {type(settings).__name__}, expected 'name: value'.")
    return settings


def _parse(parser: HfArgumentParser, settings: Mapping[str, Any], argv: Sequence[str]) -> Arguments:
    known = {item.name for group in parser.dataclass_types for item in fields(group) if item.init}
    for name in settings:
        if name not in known:
            raise ArgumentsError(_unknown(name, known))
    # Text goes through the same conversion as flags do (YAML reads 2e-5 as text).
    parser.set_defaults(
        **{key: str(value) if isinstance(value, Path) else value for key, value in settings.items()}
    )
    first_look, unknown = parser.parse_known_args(list(argv))
    for flag in unknown:
        if flag.startswith("--"):
            raise ArgumentsError(_unknown(flag[2:].partition("=")[0], known))
    if unknown:
        raise ArgumentsError(
            f"found {unknown[0]!r} where a flag should stand. 'msra-ner train --help' lists them."
        )
    if first_look.model_name_or_path is None and choose_data_dir(first_look.data_dir) == SAMPLE:
        given = {*settings, *(["precision"] if first_look.fp16 or first_look.bf16 else [])}
        parser.set_defaults(**{k: v for k, v in SAMPLE_DEFAULTS.items() if k not in given})
    groups = parser.parse_args_into_dataclasses(args=list(argv), look_for_args_file=False)
    return Arguments(*cast("tuple[Any, Any, Any]", groups))


def _unknown(name: str, known: set[str]) -> str:
    name = name.replace("-", "_")
    close = [RENAMED[name]] if name in RENAMED else difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean --{close[0]}?" if close else "'msra-ner train --help' lists them."
    return f"--{name}: found no such flag. {hint}"


def all_settings(arguments: Arguments) -> dict[str, Any]:
    """Return all settings in one dictionary, without secrets such as the Hub token."""
    training = arguments.training.to_dict()
    return {**asdict(arguments.model), **asdict(arguments.data), **training}
