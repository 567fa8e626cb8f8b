"""The program ``msra-ner``: parses the command line and runs the command.

A user's mistake ends in one line and exit code 2; ``--traceback``, with any command, shows where it
came from instead.
"""

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from msra_ner import __version__
from msra_ner.argument_types import check_text
from msra_ner.cli.flags import CommandParser
from msra_ner.cli.foreign_errors import explain_foreign_error
from msra_ner.cli.next_step import name_way_on
from msra_ner.cli.train import run_train
from msra_ner.cli.tune import run_tune
from msra_ner.errors import MsraNerError
from msra_ner.wording import translate

logger = logging.getLogger(__name__)

PROG = "msra-ner"
# Modules of this package, in the order in which --help lists their commands.
COMMANDS = (
    *("prepare", "convert", "align", "check", "dataset", "train", "tune", "evaluate", "diagnose"),
    *("report", "compare", "predict", "render", "select", "export", "demo", "push", "completion"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0, 2 for a user's mistake, 130 after Ctrl-C."""
    argv, debug = _take_traceback(sys.argv[1:] if argv is None else argv)
    argv = _spell_help(argv)
    _escape_what_cannot_be_shown()
    try:
        for word in argv:
            check_text(PROG, word)
        if argv[:1] == ["train"]:
            return run_train(argv[1:], debug)
        if argv[:1] == ["tune"]:
            return run_tune(argv[1:], debug)
        options = _parse(argv)
        options.words = argv
        from msra_ner.cli.inputs import check_inputs
        from msra_ner.logs import configure_logging, is_main_process

        # Where the processes of a launcher do different work, each tells of its own.
        speaks = is_main_process() or getattr(options, "shares_work", False)
        configure_logging(main_process=speaks, debug=debug, translate=translate)
        check_inputs(options)
        if getattr(options, "loads", None) and "torch" not in sys.modules:
            logger.info("Loading %s", options.loads)
        code: int = options.command(options) or 0
        return code
    except BrokenPipeError:
        # The reader of our output has gone (for example `head`); nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as interrupt:
        if debug:
            raise
        way_on = str(interrupt) or name_way_on(argv)
        line = translate(f"{PROG}: interrupted. What was written stays.")
        print(f"\n{line} {translate(way_on)}".rstrip(), file=sys.stderr)  # noqa: T201
        return 130  # as a shell has it
    except (MsraNerError, OSError) as error:  # OSError: a full disk, no permission, ...
        if debug:
            raise
        return _end(error.command_line_text if isinstance(error, MsraNerError) else str(error))
    except Exception as error:
        text = explain_foreign_error(error)
        if debug or text is None:
            raise
        return _end(text)


def _end(text: str) -> int:
    line = f"{PROG}: {translate('error: ')}{_one_line(translate(text))}"
    print(line, file=sys.stderr)  # noqa: T201
    return 2


def _escape_what_cannot_be_shown() -> None:
    r"""Have a console of another encoding show ``\U00020bb7`` where it has no such character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not where a caller has put something else
            stream.reconfigure(errors="backslashreplace")


def _take_traceback(argv: Sequence[str]) -> tuple[list[str], bool]:
    """Return the command line without ``--traceback``, and whether it was there as a flag."""
    end = argv.index("--") if "--" in argv else len(argv)
    words = [word for word in argv[:end] if word != "--traceback"]
    return [*words, *argv[end:]], len(words) < end


def _spell_help(argv: list[str]) -> list[str]:
    """Return a command line in which nothing at all, and ``help COMMAND``, ask for help."""
    if not argv:
        return ["--help"]
    return [*argv[1:], "--help"] if argv[0] == "help" else argv


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the flags; files of predict may come after them, which argparse does not expect."""
    options, rest = build_parser().parse_known_args(argv)
    if rest and (
        not getattr(options, "file", None) or any(x.startswith("-") and x != "-" for x in rest)
    ):
        options.parser.refuse(rest)
    if rest:
        options.file = [*(options.file if options.file != ["-"] else []), *rest]
    return options


def _one_line(text: str) -> str:
    """Return a message with line ends and the like escaped; a file's name may hold any of them."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def build_parser(*, with_training: bool = False) -> CommandParser:
    """Return the parser of all commands.

    Args:
        with_training: With the flags of train and tune that matter first, which to be read have
            parsers of their own.
    """
    parser = CommandParser(
        prog=PROG,
        description="Named entity recognition with transformers that loses no entity.",
        epilog="'msra-ner COMMAND --help' shows its flags and examples. With --traceback, a "
        "command that fails shows where in the code it did. Documentation: docs/index.md.",
    )
    parser.add_argument("-V", "--version", action="version", version=f"{PROG} {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name in COMMANDS:
        import_module(f"msra_ner.cli.{name}").add_command(commands)
    if with_training:
        from msra_ner.cli.train_help import add_short_flags

        for name in ("train", "tune"):
            add_short_flags(commands.choices[name], explain_reading=True)
    return parser
