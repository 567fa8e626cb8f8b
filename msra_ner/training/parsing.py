"""Settings of a run from flags, from a JSON or YAML file, from both (flags win), or by name."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, NamedTuple, cast

from transformers import HfArgumentParser

from msra_ner.argument_types import check_choice
from msra_ner.corpus import SAMPLE, choose_data_dir
from msra_ner.errors import ArgumentsError
from msra_ner.training.arguments import SAMPLE_DEFAULTS, NerTrainingArguments
from msra_ner.training.chain_limits import find_obstacle
from msra_ner.training.flag_names import DESCRIPTION, USAGE, check_flag, find_setting
from msra_ner.training.recipe import RECIPES
from msra_ner.training.setting_types import check_types
from msra_ner.training.task_settings import DataArguments, ModelArguments
from msra_ner.wording import HelpWithDefaults, OneLineErrors, ask_whether_meant

GROUPS: tuple[Any, ...] = (ModelArguments, DataArguments, NerTrainingArguments)
STAGES_KEY = "stages"  # of a settings file: what is trained one after the other
FIELDS = sorted({item.name for group in GROUPS for item in fields(group) if item.init})


class Arguments(NamedTuple):
    """All settings of a run."""

    model: ModelArguments
    data: DataArguments
    training: NerTrainingArguments

    def to_dict(self) -> dict[str, Any]:
        """Return all settings by name, without secrets such as the Hub token."""
        return {**asdict(self.model), **asdict(self.data), **self.training.to_dict()}


class _Parser(OneLineErrors, HfArgumentParser):
    """Raises the project's own error instead of printing 140 flags of usage and leaving."""


def build_parser(prog: str = "msra-ner train") -> HfArgumentParser:
    """Return the parser of all three groups."""
    return _Parser(
        GROUPS,
        prog=prog,
        usage=USAGE,
        description=DESCRIPTION,
        allow_abbrev=False,
        formatter_class=HelpWithDefaults,
    )


def parse_arguments(argv: Sequence[str], prog: str = "msra-ner train") -> Arguments:
    """Return the settings of a command line: an optional JSON or YAML file first, then flags.

    Raises:
        ArgumentsError: A flag or an entry of the file is unknown or has a wrong value.
    """
    settings, flags = _read_settings_file(argv)
    return parse_settings(settings, flags, prog)


def parse_settings(settings: Mapping[str, Any], flags: Sequence[str], prog: str) -> Arguments:
    """Return the settings of a file and of the flags that go before it.

    Raises:
        ArgumentsError: As :func:`parse_arguments`.
    """
    return _parse(build_parser(prog), settings, flags)


def parse_given(argv: Sequence[str], prog: str) -> dict[str, Any]:
    """Return the settings that a command line gives, by name, and none of the defaults.

    Raises:
        ArgumentsError: As :func:`parse_arguments`.
    """
    settings, flags = _read_settings_file(argv)
    parser = build_parser(prog)
    _parse(parser, settings, flags)  # refuses what is wrong
    parser = build_parser(prog)
    for action in parser._actions:
        action.default = argparse.SUPPRESS
    return {**settings, **vars(parser.parse_args(flags))}


def _read_settings_file(argv: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the settings of the file that a command line begins with, and the flags behind it."""
    argv = list(argv)
    settings: dict[str, Any] = {}
    if argv and argv[0].endswith((".json", ".yaml", ".yml")):
        path = Path(argv.pop(0))
        found = read_settings(path)
        if STAGES_KEY in found:
            raise ArgumentsError(
                f"{path}: found {STAGES_KEY}, expected the settings of one run. Give the file to "
                "'msra-ner train', which takes stages."
            )
        settings = name_settings(found)
    return settings, argv


def name_settings(found: Mapping[Any, Any]) -> dict[str, Any]:
    """Return settings of a file under their names, in which a dash counts as an underscore.

    Raises:
        ArgumentsError: One is no setting, or there twice.
    """
    settings: dict[str, Any] = {}
    for name, value in found.items():
        key = str(name).replace("-", "_")
        check_flag(key, FIELDS)
        if key in settings:
            raise ArgumentsError(f"--{key}: found it twice in the settings file, expected it once.")
        settings[key] = value
    return settings


def arguments_from(function: str = "train()", /, **settings: Any) -> Arguments:
    """Return the settings given by name, the others at their defaults; messages name ``function``.

    Raises:
        ArgumentsError: A name is unknown or a value wrong.
    """
    for name in settings:
        if name not in FIELDS:
            nearest = find_setting(name, FIELDS)
            hint = ask_whether_meant(nearest, "help(msra_ner.train) lists them.")
            raise ArgumentsError(f"{function} has no argument {name!r}. {hint}")
    return _parse(build_parser(), settings, [])


def read_settings(path: Path) -> dict[str, Any]:
    """Return the settings of a JSON or YAML file.

    Raises:
        ArgumentsError: The file is missing or broken, or does not hold a mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
        settings = _read_json(text) if path.suffix == ".json" else _read_yaml(text)
    except FileNotFoundError as error:
        raise ArgumentsError(f"{path}: no such file of settings.") from error
    except Exception as error:  # Each format has its own family of errors; all name the line.
        raise ArgumentsError(f"{path}: found no valid {path.suffix[1:]}: {error}") from error
    if not isinstance(settings, dict):
        raise ArgumentsError(f"{path}: found {type(settings).__name__}, expected 'name: value'.")
    return settings


def _read_json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_make_mapping)


def _read_yaml(text: str) -> Any:
    """Read YAML, of which a name that comes twice would silently keep its last value."""
    import yaml

    MERGE = "tag:yaml.org,2002:merge"

    class Loader(yaml.SafeLoader):
        """The safe loader; its mappings have each name once."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            names = [key for key, _ in node.value if key.tag != MERGE]
            keys = [(self.construct_object(key, deep=True), None) for key in names]
            _make_mapping(keys)
            return super().construct_mapping(node, deep)

    return yaml.load(text, Loader)


def _make_mapping(pairs: Sequence[tuple[Any, Any]]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name!r} is there twice")
        found[name] = value
    return found


def _parse(parser: HfArgumentParser, settings: Mapping[str, Any], argv: Sequence[str]) -> Arguments:
    settings = check_types(settings)
    _check_choices(parser, settings)
    # Text goes through the same conversion as flags do (YAML reads 2e-5 as text).
    parser.set_defaults(**settings)
    first_look, unknown = parser.parse_known_args(list(argv))
    for flag in unknown:
        if flag.startswith("--"):
            check_flag(flag[2:].partition("=")[0], FIELDS)
    if unknown:
        corpus = unknown[0] == SAMPLE or Path(unknown[0]).is_dir()
        hint = ask_whether_meant(
            f"--data_dir {unknown[0]}" if corpus else None, "'msra-ner train --help' lists them."
        )
        raise ArgumentsError(f"found {unknown[0]!r}, expected a flag. {hint}")
    recipe = RECIPES[first_look.recipe]
    defaults: dict[str, Any] = {
        "num_train_epochs": recipe.epochs,
        "per_device_train_batch_size": recipe.batch_size,
    }
    if first_look.model_name_or_path is None and choose_data_dir(first_look.data_dir) == SAMPLE:
        defaults = {**SAMPLE_DEFAULTS, "num_train_epochs": recipe.sample_epochs}
    given = {*settings, *(["precision"] if first_look.fp16 or first_look.bf16 else [])}
    parser.set_defaults(**{k: v for k, v in defaults.items() if k not in given})
    groups = parser.parse_args_into_dataclasses(args=list(argv), look_for_args_file=False)
    arguments = Arguments(*cast("tuple[Any, Any, Any]", groups))
    if arguments.training.decoder == "crf":
        _check_chain(arguments)
    return arguments


def _check_chain(arguments: Arguments) -> None:
    """Refuse what no chain can be trained with."""
    found = find_obstacle(arguments.to_dict(), arguments.training.divides_weights())
    if found:
        what, reason = found
        raise ArgumentsError(
            f"--decoder: found crf with {what}, expected one of them: {reason}. Leave one out."
        )


def _check_choices(parser: HfArgumentParser, settings: Mapping[str, Any]) -> None:
    """Refuse text that is none of a setting's values, which argparse asks of flags alone."""
    choices: dict[str, Any] = {action.dest: action.choices for action in parser._actions}
    for name, value in settings.items():
        if isinstance(value, str) and choices[name]:
            check_choice(name, value, choices[name])
