"""The command report: the page of a run."""

import argparse
from pathlib import Path
from typing import Any


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    report = commands.add_parser("report", help="write the page that shows a run")
    report.add_argument("run_dir", type=Path, help="folder that train wrote")
    report.set_defaults(command=_report)


def _report(options: argparse.Namespace) -> None:
    from msra_ner.report import write_report

    print(write_report(options.run_dir))  # noqa: T201
