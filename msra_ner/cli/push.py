"""The command push: the model of a run to the Hub."""

import argparse
import logging
import shlex
from pathlib import Path
from typing import Any

from msra_ner.cli.flags import TORCH, add_flag, add_run

logger = logging.getLogger(__name__)


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    push = commands.add_parser(
        "push",
        help="send a model with its card to the Hub",
        description="Sends weights, tokenizer, configuration, scores and a model card in one "
        "commit: no optimizer states, no pickles, no logs, no sentences of the corpus.",
        examples=[
            "msra-ner push runs/bert USER/NAME --dry_run",
            "msra-ner push runs/bert USER/NAME",
        ],
        docs="how-to/hub-model",
    )
    add_run(push, "run_dir", type=Path)
    push.add_argument("repo_id", metavar="REPO_ID", help="USER/NAME on the Hub")
    push.add_argument("--public", action="store_true", help="default: a private repository")
    push.add_argument("--revision", help="branch to push to (default: main)")
    push.add_argument("--license", help="licence of the model, for the card, for example mit")
    push.add_argument("--language", help="ISO 639 code, for the card (default: what is known)")
    push.add_argument(
        "--card", type=Path, metavar="FILE", help="a card of your own, in place of the written one"
    )
    add_flag(
        push,
        "--dry_run",
        action="store_true",
        help="send nothing: print the card, and the files with their sizes on standard error",
    )
    push.set_defaults(command=_push, loads=TORCH)


def _push(options: argparse.Namespace) -> None:
    from msra_ner.hub import CARD_FILE, check_name, collect_files, count_bytes, push_model

    settings: dict[str, Any] = {
        "private": not options.public,
        "license": options.license,
        "language": options.language,
        "card": options.card,
    }
    if options.dry_run:
        check_name(options.repo_id, "Nothing was sent.")
        files = collect_files(options.run_dir, options.repo_id, **settings)
        card = files[CARD_FILE]
        assert isinstance(card, bytes)
        for name, content in files.items():
            logger.info("%13s bytes  %s", f"{count_bytes(content):,}", name)
        visibility = "public" if options.public else "private"
        logger.info("Nothing was sent. Without --dry_run: to %s, %s", options.repo_id, visibility)
        print(card.decode(), end="")  # noqa: T201
        return
    url = push_model(
        options.run_dir,
        options.repo_id,
        repeat=shlex.join(["msra-ner", *options.words]),
        revision=options.revision,
        **settings,
    )
    print(url)  # noqa: T201
