"""The command check: what is wrong with a corpus before training."""

import argparse
from pathlib import Path
from typing import Any

from msra_ner.cli.flags import DATA_HELP, add_flag, add_read_flags, read_options
from msra_ner.cli.screen import print_report


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    check = commands.add_parser(
        "check",
        help="say what is wrong with a corpus before training",
        description="Says what is wrong with a corpus, sentence by sentence. The exit code is 1 "
        "where something is.",
        examples=["msra-ner check data/msra", "msra-ner check data/msra --tokenizer runs/bert"],
        docs="reference/check",
    )
    check.add_argument("data_dir", metavar="CORPUS", help=f"{DATA_HELP}; or one file")
    check.add_argument(
        "--tokenizer",
        metavar="NAME",
        help="folder or Hub name: also what it drops, does not know, or cuts",
    )
    add_flag(check, "--max_length", type=int, help="word pieces in a window")
    check.add_argument("--json", type=Path, metavar="FILE", help="write all of it as JSON")
    add_read_flags(check, leave_out=["repair_tags"])
    check.set_defaults(command=_check)


def _check(options: argparse.Namespace) -> int:
    from msra_ner.check import check_corpus, format_report
    from msra_ner.storage import write_json

    report = check_corpus(
        options.data_dir,
        options.tokenizer,
        max_length=options.max_length,
        progress=True,
        **read_options(options),
    )
    print_report(format_report(report, rest="--json FILE lists them"))
    if options.json:
        write_json(options.json, report.to_json())
    return 1 if report.wrong else 0
