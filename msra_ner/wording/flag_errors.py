"""What a parser of flags says of a wrong one: one line, in the form of the project's own errors."""

import argparse
import re
from typing import NoReturn

from msra_ner.argument_types import TYPE_NAMES
from msra_ner.errors import ArgumentsError
from msra_ner.wording.nearest import ask_whether_meant, find_nearest

# argparse has the name that Python gives a type.
_KINDS = {kind.__name__: name for kind, name in TYPE_NAMES.items()}


class OneLineErrors(argparse.ArgumentParser):
    """A parser that raises an error of one line, instead of printing its usage and leaving."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse found, in the project's words.

        Raises:
            ArgumentsError: Always.
        """
        hint = f"'{self.prog} --help' lists the flags."
        raise ArgumentsError(f"{reword(message)} {hint}")


def reword(message: str) -> str:
    """Return a message of argparse as one of this project.

    >>> reword("argument --split/--part: invalid choice: 'dev' (choose from 'val', 'test')")
    "--split: found 'dev', expected one of val, test."
    >>> reword("argument COMMAND: invalid choice: 'trian' (choose from 'train', 'tune')")
    "COMMAND: found 'trian', expected one of train, tune. Did you mean train?"
    >>> reword("argument --seed: invalid int value: 'x'")
    "--seed: found 'x', expected a whole number."
    """
    # argparse names every spelling of a flag; one will do.
    message = re.sub(r"(--[\w-]+)(?:/--[\w-]+)+", r"\1", message.removeprefix("argument "))
    choice = re.fullmatch(r"(.*): invalid choice: (.*) \(choose from (.*)\)", message, re.DOTALL)
    if choice:
        expected = choice[3].replace("'", "")
        hint = ask_whether_meant(find_nearest(choice[2].strip("'"), expected.split(", ")), "")
        return f"{choice[1]}: found {choice[2]}, expected one of {expected}. {hint}".rstrip()
    kind = re.fullmatch(r"(.*): invalid (\w+) value: (.*)", message, re.DOTALL)
    if kind:
        return f"{kind[1]}: found {kind[3]}, expected {_KINDS.get(kind[2], kind[2])}."
    missing = re.fullmatch(r"the following arguments are required: (.*)", message, re.DOTALL)
    if missing:
        return f"{missing[1]}: found nothing, expected a value. Give what is missing."
    empty = re.fullmatch(r"(.*): expected (?:one|at least one) argument", message, re.DOTALL)
    if empty:
        return f"{empty[1]}: found no value, expected one."
    return f"{message.removesuffix('.')}."
