"""The command prepare: the raw two-column files to the three splits."""

import argparse
from pathlib import Path
from typing import Any, get_args

from msra_ner.cli.flags import add_flag
from msra_ner.corpus import Scheme


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    prepare = commands.add_parser(
        "prepare",
        help="turn the raw two-column files into splits",
        description="Writes train, val and test from the two files of MSRA, and prints the counts.",
        examples=["msra-ner prepare raw --output_dir data/msra"],
        docs="reference/corpus",
    )
    prepare.add_argument(
        "raw_dir", type=Path, metavar="DIR", help="holds msra_train_bio and msra_test_bio"
    )
    add_flag(
        prepare, "--output_dir", type=Path, required=True, metavar="DIR", help="folder to fill"
    )
    add_flag(
        prepare,
        "--val_size",
        type=int,
        default=3000,
        metavar="N",
        help="sentences to take from train for val (default: %(default)s)",
    )
    prepare.add_argument("--seed", type=int, default=2019, help="of the shuffle (default: 2019)")
    prepare.add_argument(
        "--scheme", choices=get_args(Scheme), default="auto", help="tagging scheme"
    )
    add_flag(prepare, "--repair_tags", action="store_true", help="turn stray I- tags into B-")
    prepare.add_argument("--overwrite", action="store_true", help="replace what is there")
    prepare.add_argument("--json", type=Path, metavar="FILE", help="write the counts as JSON too")
    prepare.set_defaults(command=_prepare)


def _prepare(options: argparse.Namespace) -> None:
    from msra_ner.corpus import prepare_corpus

    summaries = prepare_corpus(
        options.raw_dir,
        options.output_dir,
        val_size=options.val_size,
        seed=options.seed,
        scheme=options.scheme,
        repair_tags=options.repair_tags,
        overwrite=options.overwrite,
        json_path=options.json,
    )
    print(summaries)  # noqa: T201
