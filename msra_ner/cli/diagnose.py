"""The command diagnose: why F1 is low."""

import argparse
from pathlib import Path
from typing import Any

from msra_ner.cli.flags import (
    OR_ON_THE_HUB,
    TORCH,
    add_own_corpus,
    add_read_flags,
    add_run,
    read_options,
)
from msra_ner.cli.screen import print_report


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    diagnose = commands.add_parser(
        "diagnose",
        help="find out why F1 is low, and what to do",
        description="Looks at labels, scoring, text and training of a run, or at predictions of "
        "any tool. The exit code is 1 where something is found.",
        examples=[
            "msra-ner diagnose runs/bert",
            "msra-ner diagnose --predictions predictions.txt --data_dir data/msra",
        ],
        docs="reference/diagnosis",
    )
    add_run(diagnose, nargs="?", may_be=OR_ON_THE_HUB)
    diagnose.add_argument(
        "--predictions", type=Path, metavar="FILE", help="gold and predicted tags, of any tool"
    )
    add_own_corpus(diagnose)
    diagnose.add_argument("--json", type=Path, metavar="FILE", help="write all of it as JSON")
    add_read_flags(diagnose)
    diagnose.set_defaults(command=_diagnose, loads=TORCH)


def _diagnose(options: argparse.Namespace) -> int:
    from msra_ner.diagnosis import diagnose
    from msra_ner.storage import write_json

    diagnosis = diagnose(
        options.model_dir,
        predictions=options.predictions,
        data_dir=options.data_dir,
        split=options.split,
        **read_options(options),
    )
    print_report(str(diagnosis))
    if options.json:
        write_json(options.json, diagnosis.to_json())
    return 1 if diagnosis.findings else 0
