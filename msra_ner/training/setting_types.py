"""Whether the value of a setting, from a file or an argument, is of the setting's type."""

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from msra_ner.argument_types import check_text, describe_types
from msra_ner.errors import ArgumentsError
from msra_ner.training.arguments import NerTrainingArguments
from msra_ner.training.task_settings import DataArguments, ModelArguments


def check_types(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings, paths and names of digits (a run called 2026) as text.

    Text is left to the parser of flags.

    Raises:
        ArgumentsError: A value is of another type than its setting, or no text.
    """
    hints, checked = _read_hints(), dict(settings)
    for name, value in settings.items():
        kinds = _list_kinds(hints[name])
        if isinstance(value, str | Path):
            check_text(f"--{name}", value)
        if value is None or isinstance(value, str):
            continue
        if name == "resume_from_checkpoint" and isinstance(value, bool):
            continue
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if kinds == [str] and (is_number or isinstance(value, Path)):
            checked[name] = str(value)
        elif not _is_one_of(value, kinds):
            expected = describe_types(kinds)
            raise ArgumentsError(f"--{name}: found {value!r}, expected {expected}.")
    return checked


@cache
def _read_hints() -> dict[str, Any]:
    groups = (ModelArguments, DataArguments, NerTrainingArguments)
    return {name: hint for group in groups for name, hint in get_type_hints(group).items()}


def _list_kinds(hint: Any) -> list[type]:
    """Return the types that a hint allows, without None."""
    if get_origin(hint) in (Union, UnionType):
        return [kind for part in get_args(hint) for kind in _list_kinds(part)]
    if get_origin(hint) is Literal:
        return [str]
    kind = get_origin(hint) or hint
    return [kind] if isinstance(kind, type) and kind is not type(None) else []


def _is_one_of(value: Any, kinds: Sequence[type]) -> bool:
    if not kinds:
        return True
    if isinstance(value, bool):
        return bool in kinds
    if isinstance(value, int | float):
        whole = isinstance(value, int) or value.is_integer()
        return float in kinds or (int in kinds and whole)
    return isinstance(value, tuple(kinds)) or any(
        issubclass(kind, Enum) and isinstance(value, Enum) for kind in kinds
    )
