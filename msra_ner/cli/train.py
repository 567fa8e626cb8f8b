"""The command train, whose flags are those of the Trainer and of this package."""

import sys
from collections.abc import Sequence
from typing import Any

TRAIN_HELP = "fine-tune an encoder, choose on val, score test (all flags: msra-ner train --help)"


def add_command(commands: Any) -> None:
    """Add the name of the command; its flags are read by :func:`run_train`."""
    commands.add_parser("train", help=TRAIN_HELP, add_help=False)


def run_train(argv: Sequence[str], debug: bool) -> int:
    """Train as the flags say and return the exit code."""
    from msra_ner.logs import configure_logging, is_main_process

    configure_logging(main_process=is_main_process(), debug=debug)
    from msra_ner.training import parse_arguments

    arguments = parse_arguments(argv, prog="msra-ner train")
    from msra_ner.training import run_arguments

    run_arguments(arguments, sys.argv)
    return 0
