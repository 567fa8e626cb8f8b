"""Whether a caller's arguments are of the types that a public function states."""

import os
import sys
from collections.abc import Callable, Collection, Iterable
from dataclasses import is_dataclass
from functools import cache, wraps
from inspect import Parameter, signature
from numbers import Integral, Real
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin

from msra_ner.errors import ArgumentsError

P = ParamSpec("P")
R = TypeVar("R")

TYPE_NAMES: dict[type, str] = {
    **{str: "text", int: "a whole number", float: "a number", bool: "true or false"},
    **{Path: "a path", NoneType: "None", dict: "JSON", list: "a list"},
}
# What Python itself would take for another: True for 1, a numpy number for one of Python's.
_CHECKS: dict[Any, Callable[[Any], bool]] = {
    int: lambda value: isinstance(value, Integral) and not isinstance(value, bool),
    float: lambda value: isinstance(value, Real) and not isinstance(value, bool),
    Path: lambda value: isinstance(value, os.PathLike),
}


def check_choice(flag: str, value: object, allowed: Collection[str]) -> None:
    """Refuse a value that is not one of those allowed.

    Raises:
        ArgumentsError: It is not; the message has those that are.
    """
    if value not in allowed:
        raise ArgumentsError(f"--{flag}: found {value!r}, expected one of {', '.join(allowed)}.")


def check_text(name: str, value: str | os.PathLike[str]) -> None:
    """Refuse text or a path with bytes that are no text, which no result could name.

    Python reads the name of a file that is in another encoding so.

    Raises:
        ArgumentsError: It has such bytes.
    """
    text = os.fspath(value)
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise ArgumentsError(
            f"{name}: found {text!r}, expected text in {sys.getfilesystemencoding()}, which file "
            "names are read as here. Rename the file or folder; or, where its name is in UTF-8, "
            "set PYTHONUTF8=1."
        )


def check_argument_types(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that refuses arguments of other types than its annotations state.

    Text that no file can hold is refused too (:func:`check_text`).

    Text, numbers, truth values, paths, None, the values of a Literal and dataclasses are looked at;
    an argument that may be anything else as well is left to the function.

    >>> @check_argument_types
    ... def repeat(word: str, times: int = 1) -> str:
    ...     return word * times
    >>> repeat("a", times="2")
    Traceback (most recent call last):
        ...
    msra_ner.errors.ArgumentsError: times: found '2', expected a whole number.
    """

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        rules = _read_rules(function)
        given = dict(zip(signature(function).parameters, args, strict=False)) | kwargs
        for name, value in given.items():
            if isinstance(value, str | os.PathLike):
                check_text(f"--{name}", value)
            if name in rules and not any(_fits(value, kind) for kind in rules[name]):
                expected = describe_types(rules[name])
                raise ArgumentsError(f"--{name}: found {value!r}, expected {expected}.")
        return function(*args, **kwargs)

    return checked


@cache
def _read_rules(function: Callable[..., Any]) -> dict[str, tuple[Any, ...]]:
    """Return the types of each parameter that has none but those this module knows."""
    rules = {}
    for name, parameter in signature(function).parameters.items():
        kinds = tuple(_list_kinds(parameter.annotation))
        named = parameter.kind not in (Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL)
        if named and all(map(_is_known, kinds)):
            rules[name] = kinds
    return rules


def _is_known(kind: Any) -> bool:
    if get_origin(kind) is Literal or kind in TYPE_NAMES:
        return True
    return is_dataclass(kind) and isinstance(kind, type)


def _list_kinds(annotation: Any) -> list[Any]:
    if get_origin(annotation) in (Union, UnionType):
        return [kind for part in get_args(annotation) for kind in _list_kinds(part)]
    return [NoneType if annotation is None else annotation]


def _fits(value: Any, kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    return _CHECKS[kind](value) if kind in _CHECKS else isinstance(value, kind)


def describe_types(kinds: Iterable[Any]) -> str:
    """Return the names of types for a message, each once.

    >>> describe_types([str, int])
    'text or a whole number'
    """
    return " or ".join(dict.fromkeys(map(_describe, kinds)))


def _describe(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return f"one of {', '.join(map(str, get_args(kind)))}"
    return TYPE_NAMES.get(kind) or str(kind.__name__)
