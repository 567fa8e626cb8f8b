"""The command compare: the page of two runs."""

import argparse
from pathlib import Path
from typing import Any

from msra_ner.cli.flags import add_flag, add_run


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    compare = commands.add_parser(
        "compare",
        help="write the page that shows two runs together",
        description="Writes compare.html: what differs between two runs, and whether by chance.",
        examples=["msra-ner compare runs/a runs/b"],
        docs="how-to/report",
    )
    add_run(compare, "run_a", type=Path)
    add_run(compare, "run_b", type=Path)
    add_flag(
        compare, "--output_dir", type=Path, default=Path(), metavar="DIR", help="default: here"
    )
    compare.add_argument("--overwrite", action="store_true", help="replace what is there")
    compare.set_defaults(command=_compare, loads="matplotlib and scipy")


def _compare(options: argparse.Namespace) -> None:
    from msra_ner.report import compare_runs

    page = compare_runs(
        options.run_a, options.run_b, options.output_dir, overwrite=options.overwrite
    )
    print(page)  # noqa: T201
