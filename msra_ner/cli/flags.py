"""The parser of the command line, and flags that several commands share."""

import argparse
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, get_args, get_type_hints

from msra_ner.corpus import ReadOptions
from msra_ner.decoding import DECODERS
from msra_ner.flag_errors import OneLineErrors
from msra_ner.hardware import PRECISIONS

DATA_HELP = "folder of a corpus in any format, hub:NAME, or sample"
PRECISION: dict[str, Any] = {
    "choices": PRECISIONS,
    "help": "default: fp32; auto: bf16 where the hardware multiplies in it",
}
DECODER: dict[str, Any] = {
    "choices": DECODERS,
    "help": "how logits become tags: viterbi takes the best legal sequence, argmax each token by "
    "itself, crf the best with transitions that were trained (default: as the model was scored in "
    "training, else viterbi)",
}


class CommandParser(OneLineErrors):
    """A parser that takes flags in full alone: what an abbreviation means changes with new flags.

    The parsers of its subcommands are of the same class.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)


def add_flag(parser: Any, name: str, **settings: Any) -> None:
    """Add a flag, named with underscores, in both spellings: ``--data_dir`` and ``--data-dir``."""
    parser.add_argument(*dict.fromkeys([name, name.replace("_", "-")]), **settings)


def add_read_flags(parser: argparse.ArgumentParser, leave_out: Sequence[str] = ()) -> None:
    """Add a flag for each reading option; those not given do not appear in the result."""
    group = parser.add_argument_group(
        "reading", "how the files are read (docs/reference/corpus.md)"
    )
    # Not the types of the fields: HfArgumentParser, which reads them too, changes those.
    types = get_type_hints(ReadOptions)
    for item in fields(ReadOptions):
        if item.name in leave_out:
            continue
        settings: dict[str, Any] = {"help": item.metadata["help"], "default": argparse.SUPPRESS}
        kind = types[item.name]
        if kind is bool:
            settings["action"] = "store_true"
        elif choices := [value for value in get_args(kind) if isinstance(value, str)]:
            settings["choices"] = choices
        else:
            settings["type"] = str if str in get_args(kind) else int
        add_flag(group, f"--{item.name}", **settings)


def read_options(options: argparse.Namespace) -> dict[str, Any]:
    """Return the reading options that were given."""
    return {
        item.name: getattr(options, item.name)
        for item in fields(ReadOptions)
        if hasattr(options, item.name)
    }
