"""The commands dataset export and dataset push: a corpus as a dataset of the Hub."""

import argparse
import shlex
from pathlib import Path
from typing import Any

from msra_ner.cli.flags import DATA_HELP, add_flag, add_read_flags, read_options


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    dataset = commands.add_parser("dataset", help="write or push a dataset folder for the Hub")
    actions = dataset.add_subparsers(title="actions", required=True, metavar="ACTION")
    docs = "how-to/hub-dataset"
    export = actions.add_parser(
        "export",
        help="write Parquet files and a dataset card",
        examples=["msra-ner dataset export runs/dataset --data_dir data/msra"],
        docs=docs,
    )
    export.add_argument("target", type=Path, metavar="DIR", help="folder to fill")
    push = actions.add_parser(
        "push",
        help="write such a folder and push it to the Hub",
        examples=["msra-ner dataset push USER/NAME --data_dir data/msra"],
        docs=docs,
    )
    push.add_argument("repo_id", metavar="REPO_ID", help="USER/NAME on the Hub")
    push.add_argument(
        "--folder", type=Path, help="folder to write and keep (default: runs/dataset-NAME)"
    )
    push.add_argument("--public", action="store_true", help="default: private, for the licence")
    push.add_argument("--revision", help="branch to push to (default: main)")
    for parser, command in ((export, _export), (push, _push)):
        add_flag(
            parser, "--data_dir", metavar="CORPUS", help=f"{DATA_HELP} (default: as for train)"
        )
        parser.add_argument("--name", help="name for people, on the card")
        parser.add_argument("--language", help="code of the language, for the card")
        parser.add_argument("--license", help="licence of the corpus, for the card")
        parser.add_argument("--source", help="where the corpus comes from, for the card")
        parser.add_argument("--citation", help="what to cite, for the card")
        parser.add_argument("--overwrite", action="store_true", help="replace what is there")
        add_read_flags(parser)
        parser.set_defaults(command=command, loads="datasets")


def _export(options: argparse.Namespace) -> None:
    name = str(options.target)
    for path in _export_to(options.target, options, name, overwrite=options.overwrite):
        print(path)  # noqa: T201


def _push(options: argparse.Namespace) -> None:
    from msra_ner.hub import check_name, push_dataset

    check_name(options.repo_id, "Nothing was sent.")
    # A folder of our own naming is ours to write again, for example after a push that failed.
    ours = Path("runs") / f"dataset-{options.repo_id.replace('/', '--')}"
    folder = options.folder or ours
    _export_to(folder, options, options.repo_id, overwrite=options.overwrite or folder == ours)
    url = push_dataset(
        folder,
        options.repo_id,
        repeat=shlex.join(["msra-ner", *options.words]),
        private=not options.public,
        revision=options.revision,
    )
    print(url)  # noqa: T201


def _export_to(
    folder: Path, options: argparse.Namespace, name: str, *, overwrite: bool
) -> list[Path]:
    """Write the dataset folder that the options ask for and return its files."""
    from msra_ner.corpus import SAMPLE, choose_data_dir
    from msra_ner.dataset import load_msra
    from msra_ner.hub import check_card_words, export_dataset, find_card_facts, is_msra

    check_card_words(options.language, options.license)
    data_dir = choose_data_dir(options.data_dir)
    corpus = load_msra(data_dir, **read_options(options))
    card = find_card_facts(
        "sample" if data_dir == SAMPLE else "msra" if is_msra(corpus) else "other",
        pretty_name=options.name,
        language=options.language,
        license=options.license,
        source=options.source,
        citation=options.citation,
    )
    return export_dataset(corpus, folder, name=name, card=card, overwrite=overwrite)
