"""The command train, whose flags are those of the Trainer and of this package."""

import gc
import logging
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from msra_ner.cli.flags import TORCH
from msra_ner.cli.next_step import name_way_on, warn_of_toy
from msra_ner.wording import translate

logger = logging.getLogger(__name__)

PROG = "msra-ner train"
TRAIN_HELP = "fine-tune an encoder, choose on val, score test"


def add_command(commands: Any) -> None:
    """Add the name of the command; its flags are read by :func:`run_train`."""
    commands.add_parser("train", help=TRAIN_HELP, add_help=False)


def run_train(argv: Sequence[str], debug: bool) -> int:
    """Train as the flags say and return the exit code."""
    from msra_ner.logs import configure_logging, is_main_process

    configure_logging(main_process=is_main_process(), debug=debug, translate=translate)
    argv = answer_help(argv)
    if "torch" not in sys.modules:
        logger.info("Loading %s", TORCH)
    with without_garbage_collection():
        from msra_ner.training import parse_arguments, parse_stages
    stages = parse_stages(argv, prog=PROG)
    # A wrong flag is answered before all that a run needs is imported.
    arguments = None if stages else parse_arguments(argv, prog=PROG)
    with without_garbage_collection():
        from msra_ner.training import run_arguments, run_stages
    if stages:
        folder, run = stages[-1].folder, partial(run_stages, stages)
    else:
        assert arguments is not None
        folder = Path(arguments.training.output_dir or ".")
        run = partial(run_arguments, arguments)
    try:
        run(sys.argv)
    except KeyboardInterrupt as interrupt:
        way_on = name_way_on(["train", *argv], folder, staged=bool(stages))
        raise KeyboardInterrupt(way_on) from interrupt
    warn_of_toy(folder)
    logger.info("Try it: msra-ner demo %s", shlex.quote(str(folder)))
    return 0


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Import without looking for garbage, of which imports make none: a fifth of their time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def answer_help(argv: Sequence[str]) -> list[str]:
    """Show the short help where it is asked for, and refuse flags that there are not.

    Both before anything slow is imported. ``--help_all`` becomes the ``--help`` of all flags.

    Raises:
        ArgumentsError: There is no such flag.
    """
    if "--help_all" in argv or "--help-all" in argv:
        return ["--help"]
    if "-h" in argv or "--help" in argv:
        from msra_ner.cli.train_help import build_short_parser

        build_short_parser(PROG).print_help()
        raise SystemExit(0)
    from msra_ner.training import check_flags

    check_flags(argv)
    return list(argv)
