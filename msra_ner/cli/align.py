"""The command align: drafts without offsets to exact spans."""

import argparse
from pathlib import Path
from typing import Any


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    align = commands.add_parser(
        "align",
        help="place the entities of drafts in their texts",
        description="Turns texts with entities that have no offsets, or wrong ones, as language "
        "models give them, into exact spans. What cannot be placed is listed with the reason.",
        examples=[
            "msra-ner align drafts.jsonl --to aligned.jsonl",
            "msra-ner align drafts.jsonl --to aligned.jsonl --types PER,ORG --fuzzy 1",
        ],
        docs="how-to/annotation",
    )
    align.add_argument("draft", type=Path, metavar="DRAFT", help="JSON: texts with entities")
    align.add_argument("--to", type=Path, required=True, metavar="FILE", help="JSON lines to write")
    align.add_argument(
        "--occurrences",
        choices=["every", "listed"],
        default="every",
        help="mark every place of an entity (default), or as many as are listed, from the left",
    )
    align.add_argument(
        "--fuzzy",
        type=int,
        default=0,
        metavar="N",
        help="look for what is nowhere with up to N wrong characters, and mark it (default: 0)",
    )
    align.add_argument("--types", metavar="A,B,...", help="take these types alone (default: any)")
    align.add_argument("--overwrite", action="store_true", help="replace the file that is there")
    align.set_defaults(command=_align)


def _align(options: argparse.Namespace) -> int:
    from msra_ner.annotation import align_drafts

    types = options.types
    report = align_drafts(
        options.draft,
        options.to,
        occurrences=options.occurrences,
        fuzzy=options.fuzzy,
        types=None if types is None else [name.strip() for name in types.split(",")],
        overwrite=options.overwrite,
    )
    print(report)  # noqa: T201
    return 1 if report.unplaced else 0
