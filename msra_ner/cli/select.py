"""The command select: what to annotate next."""

import argparse
from pathlib import Path
from typing import Any

from msra_ner.annotation import COUNT, RANDOM_SHARE, SEED, SELECTION_FORMATS, SIMILARITY
from msra_ner.cli.flags import (
    DEVICE,
    OR_ON_THE_HUB,
    PRECISION,
    TORCH,
    add_flag,
    add_read_flags,
    add_run,
    read_options,
)


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    select = commands.add_parser(
        "select",
        help="choose the texts to annotate next",
        description="Chooses the texts that a model is least sure of, without near-duplicates, and "
        "a share at random, and writes them with what the model finds as drafts.",
        examples=[
            "msra-ner select runs/bert texts.txt --count 200 --to tasks.json",
            "msra-ner select runs/bert texts.txt --annotated data/own --to tasks.json",
            "msra-ner select runs/bert texts.jsonl --format doccano --to next.jsonl",
        ],
        docs="how-to/annotation",
    )
    add_run(select, may_be=f", an exported one{OR_ON_THE_HUB}")
    select.add_argument(
        "data_dir",
        metavar="TEXTS",
        help="a text a line, JSON lines, Parquet, or a corpus in any format",
    )
    select.add_argument("--to", type=Path, required=True, metavar="FILE", help="file to write")
    select.add_argument(
        "--count", type=int, default=COUNT, metavar="N", help=f"texts (default: {COUNT})"
    )
    select.add_argument(
        "--format",
        dest="to_format",  # not the one of reading
        choices=SELECTION_FORMATS,
        default=SELECTION_FORMATS[0],
        help=f"to write (default: {SELECTION_FORMATS[0]})",
    )
    add_flag(
        select,
        "--random_share",
        type=float,
        default=RANDOM_SHARE,
        metavar="SHARE",
        help="of the texts, drawn at random and marked, from 0 to 1 "
        f"(default: {RANDOM_SHARE}): a score on them is that of all texts",
    )
    select.add_argument(
        "--similarity",
        type=float,
        default=SIMILARITY,
        metavar="SHARE",
        help="leave out texts that have this share of their characters, in order, in common with "
        f"a chosen one (default: {SIMILARITY})",
    )
    select.add_argument(
        "--annotated",
        metavar="CORPUS",
        help="what is annotated already: neither these texts nor near-duplicates are chosen",
    )
    add_flag(
        select,
        "--text_column",
        default="text",
        metavar="NAME",
        help="column with the text, of JSON lines and Parquet (default: text)",
    )
    select.add_argument(
        "--seed", type=int, default=SEED, metavar="N", help=f"of the random ones (default: {SEED})"
    )
    select.add_argument("--device", **DEVICE)
    select.add_argument("--precision", **PRECISION)
    select.add_argument("--overwrite", action="store_true", help="replace the file that is there")
    add_read_flags(select, leave_out=("format", "val_size"))
    select.set_defaults(command=_select, loads=TORCH)


def _select(options: argparse.Namespace) -> None:
    from msra_ner.annotation import select_texts
    from msra_ner.logs import hide_weight_bars

    hide_weight_bars()
    report = select_texts(
        options.model_dir,
        options.data_dir,
        options.to,
        count=options.count,
        format=options.to_format,
        random_share=options.random_share,
        similarity=options.similarity,
        annotated=options.annotated,
        text_column=options.text_column,
        seed=options.seed,
        device=options.device,
        precision=options.precision,
        overwrite=options.overwrite,
        **read_options(options),
    )
    print(report)  # noqa: T201
