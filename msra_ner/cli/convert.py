"""The command convert: a corpus in another format."""

import argparse
from pathlib import Path
from typing import Any, get_args

from msra_ner.cli.flags import DATA_HELP, add_flag, add_read_flags, read_options
from msra_ner.corpus import WrittenFormat, WrittenScheme


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    convert = commands.add_parser(
        "convert",
        help="write a corpus in another format",
        examples=["msra-ner convert annotated.jsonl data/own --to columns"],
        docs="how-to/formats",
    )
    convert.add_argument("data_dir", metavar="CORPUS", help=f"{DATA_HELP}; or one file")
    convert.add_argument("target", type=Path, metavar="DIR", help="folder to fill")
    convert.add_argument(
        "--to", required=True, choices=get_args(WrittenFormat), help="format to write"
    )
    add_flag(
        convert,
        "--to_scheme",
        choices=get_args(WrittenScheme),
        default="iob2",
        help="tagging scheme to write (default: iob2)",
    )
    convert.add_argument("--overwrite", action="store_true", help="replace what is there")
    add_read_flags(convert)
    convert.set_defaults(command=_convert)


def _convert(options: argparse.Namespace) -> None:
    from msra_ner.corpus import convert_corpus

    report = convert_corpus(
        options.data_dir,
        options.target,
        options.to,
        to_scheme=options.to_scheme,
        overwrite=options.overwrite,
        **read_options(options),
    )
    print(report)  # noqa: T201
