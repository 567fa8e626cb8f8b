"""The command tune: a search for better settings, with the flags of train."""

import logging
import sys
from collections.abc import Sequence
from typing import Any

from msra_ner.cli.flags import TORCH, CommandParser
from msra_ner.wording import translate

logger = logging.getLogger(__name__)

PROG = "msra-ner tune"


def add_command(commands: Any) -> None:
    """Add the name of the command; its flags are read by :func:`run_tune`."""
    text = "search for better settings on val (flags: those of train, --trials, --minutes)"
    commands.add_parser("tune", help=text, add_help=False)


def run_tune(argv: Sequence[str], debug: bool) -> int:
    """Search as the flags say, print the trials and return the exit code."""
    from msra_ner.cli.train import without_garbage_collection
    from msra_ner.logs import configure_logging, is_main_process
    from msra_ner.training import USAGE, check_flags

    configure_logging(main_process=is_main_process(), debug=debug, translate=translate)
    parser = CommandParser(
        prog=PROG,
        usage=USAGE,
        examples=["msra-ner tune --data_dir data/msra --output_dir runs/tuned --trials 20"],
        docs="how-to/training",
        description="Run after run with other learning rates, batch sizes and weight decays, each "
        "proposed by what those before it reached on val. All flags of msra-ner train apply to "
        "each run; what is given is not searched. Needs: pip install 'msra-ner[tune]'.",
    )
    parser.add_argument("--trials", type=int, default=10, help="runs in all (default: 10)")
    parser.add_argument("--minutes", type=float, help="start no further run after so many")
    parser.add_argument("--help_all", "--help-all", action="store_true", help="show those of train")
    options, rest = parser.parse_known_args(argv)
    if options.help_all:
        from msra_ner.training import parse_arguments

        parser.print_help()
        parse_arguments(["--help"], prog=PROG)  # shows them and leaves
    check_flags(rest)
    if "torch" not in sys.modules:
        logger.info("Loading %s", TORCH)
    with without_garbage_collection():
        from msra_ner.training import parse_given, tune
    given = {"output_dir": "runs/tuned", **parse_given(rest, PROG)}
    found = tune(trials=options.trials, minutes=options.minutes, **given)
    print(found)  # noqa: T201
    print(translate(f"Best: msra-ner train {found.settings_file} --output_dir DIR"))  # noqa: T201
    return 0
