"""The command check: what is wrong with a corpus before training."""

import argparse
from pathlib import Path
from typing import Any

from msra_ner.cli.flags import DATA_HELP, SPLITS, add_flag, add_read_flags, read_options
from msra_ner.cli.screen import print_report
from msra_ner.errors import ArgumentsError


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    check = commands.add_parser(
        "check",
        help="say what is wrong with a corpus before training",
        description="Says what is wrong with a corpus, sentence by sentence. The exit code is 1 "
        "where something is.",
        examples=[
            "msra-ner check data/msra",
            "msra-ner check data/msra --tokenizer runs/bert",
            "msra-ner check data/msra --model runs/half --output suspects",
        ],
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
    model = check.add_argument_group(
        "labels that a model contradicts",
        "in place of the other checks (docs/how-to/annotation.md)",
    )
    model.add_argument(
        "--model",
        dest="model_dir",
        metavar="RUN",
        help="a run that has not seen these sentences, or a Hub name: where it is sure of another "
        "reading",
    )
    model.add_argument(
        "--folds",
        type=int,
        metavar="N",
        help="train N models from the encoder that --model names, each without the sentences that "
        "it judges",
    )
    model.add_argument("--split", choices=SPLITS, help="default: train")
    model.add_argument(
        "--output", type=Path, metavar="DIR", help="write a page and a file for Label Studio"
    )
    model.add_argument("--overwrite", action="store_true", help="replace what is there")
    add_read_flags(check, leave_out=["repair_tags"])
    check.set_defaults(command=_check)


def _check(options: argparse.Namespace) -> int:
    if options.model_dir is not None:
        return _check_labels(options)
    for flag in ("folds", "split", "output", "overwrite"):
        if getattr(options, flag):
            raise ArgumentsError(f"--{flag}: found no --model, which it is about. Give both.")
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


def _check_labels(options: argparse.Namespace) -> int:
    """Print where a model contradicts the labels, and write the page that shows it."""
    from msra_ner.annotation import find_label_errors, write_label_errors
    from msra_ner.logs import hide_weight_bars

    for flag in ("tokenizer", "max_length", "json"):
        if getattr(options, flag) is not None:
            raise ArgumentsError(f"--{flag}: found --model too, expected one of them.")
    hide_weight_bars()
    found = find_label_errors(
        options.data_dir,
        options.model_dir,
        split=options.split or "train",
        folds=options.folds or 0,
        **read_options(options),
    )
    print(found)  # noqa: T201
    if options.output:
        page = write_label_errors(found, options.output, overwrite=options.overwrite)
        print(page)  # noqa: T201
    return 1 if found.suspects else 0
