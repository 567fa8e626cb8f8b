"""The command report: the page of a run."""

import argparse
from pathlib import Path
from typing import Any

from msra_ner.cli.flags import add_run


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    report = commands.add_parser(
        "report",
        help="write the page that shows a run",
        description="Writes report.html into the folder of a run, and plots beside it.",
        examples=["msra-ner report runs/bert"],
        docs="how-to/report",
    )
    add_run(report, "run_dir", type=Path)
    report.set_defaults(command=_report, loads="matplotlib and scipy")


def _report(options: argparse.Namespace) -> None:
    from msra_ner.report import write_report

    print(write_report(options.run_dir))  # noqa: T201
