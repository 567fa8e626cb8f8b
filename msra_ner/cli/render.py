"""The command render: texts with their entities, in the terminal or as a page."""

import argparse
from pathlib import Path
from typing import Any

from msra_ner.cli.flags import SPLITS, add_flag, add_read_flags, read_options

LIMIT = 1000


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    render = commands.add_parser(
        "render",
        help="show texts with their entities",
        description="Shows a corpus in any format, or the JSON lines that predict wrote: in the "
        "terminal, or as one HTML page that needs nothing else.",
        examples=[
            "msra-ner render data/msra --split val --limit 20",
            "msra-ner render entities.jsonl --output entities.html",
        ],
        docs="how-to/annotation",
    )
    render.add_argument("data_dir", metavar="FILE", help="file or folder, hub:NAME, or sample")
    render.add_argument("--output", type=Path, metavar="PAGE", help="write a page")
    render.add_argument("--overwrite", action="store_true", help="replace the page that is there")
    render.add_argument("--split", choices=SPLITS, help="default: all")
    add_flag(render, "--limit", type=int, default=LIMIT, metavar="N", help="texts (default: 1000)")
    add_read_flags(render)
    render.set_defaults(command=_render)


def _render(options: argparse.Namespace) -> None:
    import itertools
    import logging
    import os
    import sys

    from msra_ner.annotation import read_texts, render, render_page
    from msra_ner.errors import ArgumentsError
    from msra_ner.labels import is_open
    from msra_ner.storage import check_absent, write_text

    if options.limit < 1:
        raise ArgumentsError(f"--limit: found {options.limit}, expected at least 1.")
    target: Path | None = options.output
    if target is not None:
        check_absent(target, options.overwrite)
    texts = read_texts(options.data_dir, options.split, **read_options(options))
    opened = 0

    def mark(document: Any) -> Any:
        nonlocal opened
        spans = [span for span in document.spans if not is_open(span.type)]
        opened += len(spans) < len(document.spans)
        return render(document.text, spans)

    shown = (mark(document) for _, document in itertools.islice(texts, options.limit))
    if target is not None:
        marked = list(shown)
        total = len(marked) + sum(1 for _ in texts)
        write_text(target, render_page(marked, Path(options.data_dir).name, total))
        print(target)  # noqa: T201
        left = total - len(marked)
    else:
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        for item in shown:
            print(item.to_terminal(colour))  # noqa: T201
        left = sum(1 for _ in texts)
    logger = logging.getLogger(__name__)
    if opened:
        logger.warning(
            "%s: %d of these texts have places where nobody looked (?), which are not shown",
            *(options.data_dir, opened),
        )
    if left:
        logger.warning(
            "%s: %d more texts are not shown; --limit N shows more", options.data_dir, left
        )
