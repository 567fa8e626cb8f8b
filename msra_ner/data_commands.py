"""The commands about data: prepare, convert, check, dataset export, dataset push."""

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from msra_ner.read_options import ReadOptions, Scheme

if TYPE_CHECKING:
    from msra_ner.alignment import Aligner

DATA_HELP = "folder of a corpus in any form, hub:NAME, or sample"
TO_FORMS = ("pair", "columns", "json-tokens", "json-spans", "brat")


def add_read_flags(parser: argparse.ArgumentParser, leave_out: Sequence[str] = ()) -> None:
    """Add a flag for each reading option; those not given do not appear in the result."""
    group = parser.add_argument_group("reading", "how the files are read (docs/corpus.md)")
    # Not the types of the fields: HfArgumentParser, which reads them too, changes those.
    types = get_type_hints(ReadOptions)
    for item in fields(ReadOptions):
        if item.name in leave_out:
            continue
        names = dict.fromkeys([f"--{item.name}", f"--{item.name.replace('_', '-')}"])
        settings: dict[str, Any] = {"help": item.metadata["help"], "default": argparse.SUPPRESS}
        kind = types[item.name]
        if kind is bool:
            settings["action"] = "store_true"
        elif choices := [value for value in get_args(kind) if isinstance(value, str)]:
            settings["choices"] = choices
        else:
            settings["type"] = str if str in get_args(kind) else int
        group.add_argument(*names, **settings)


def read_options(options: argparse.Namespace) -> dict[str, Any]:
    """Return the reading options that were given."""
    return {
        item.name: getattr(options, item.name)
        for item in fields(ReadOptions)
        if hasattr(options, item.name)
    }


def add_data_commands(commands: Any) -> None:
    """Add the parsers of all commands about data."""
    prepare = commands.add_parser("prepare", help="turn the raw two-column files into splits")
    prepare.add_argument("raw_dir", type=Path, help="holds msra_train_bio and msra_test_bio")
    prepare.add_argument("--output_dir", "--output-dir", type=Path, required=True)
    prepare.add_argument("--val_size", "--val-size", type=int, default=3000, metavar="N")
    prepare.add_argument("--seed", type=int, default=2019, help="of the shuffle (default: 2019)")
    prepare.add_argument("--scheme", choices=get_args(Scheme), default="auto")
    prepare.add_argument(
        "--repair_tags", "--repair-tags", action="store_true", help="turn stray I- tags into B-"
    )
    prepare.add_argument("--overwrite", action="store_true", help="replace what stands there")
    prepare.add_argument("--json", type=Path, metavar="FILE", help="write the counts as JSON too")
    prepare.set_defaults(command=_prepare)

    convert = commands.add_parser("convert", help="write a corpus in another form")
    convert.add_argument("source", help=f"{DATA_HELP}; or one file")
    convert.add_argument("target", type=Path, help="folder to fill")
    convert.add_argument("--to", required=True, choices=TO_FORMS, help="form to write")
    convert.add_argument(
        "--to_scheme", "--to-scheme", choices=get_args(Scheme)[1:], default="iob2",
        help="tagging scheme to write (default: iob2)",
    )  # fmt: skip
    convert.add_argument("--overwrite", action="store_true", help="replace what stands there")
    add_read_flags(convert)
    convert.set_defaults(command=_convert)

    check = commands.add_parser("check", help="say what is wrong with a corpus before training")
    check.add_argument("data_dir", help=f"{DATA_HELP}; or one file")
    check.add_argument(
        "--tokenizer", help="folder or Hub name: also what it drops, does not know, or cuts"
    )
    check.add_argument("--max_length", "--max-length", type=int, help="word pieces in a window")
    check.add_argument("--json", type=Path, metavar="FILE", help="write all of it as JSON")
    add_read_flags(check, leave_out=["repair_tags"])
    check.set_defaults(command=_check)

    dataset = commands.add_parser("dataset", help="write or push a dataset folder for the Hub")
    actions = dataset.add_subparsers(title="actions", required=True, metavar="ACTION")
    export = actions.add_parser("export", help="write Parquet files and a dataset card")
    export.add_argument("target", type=Path, metavar="DIR", help="folder to fill")
    push = actions.add_parser("push", help="write such a folder and push it to the Hub")
    push.add_argument("repo_id", metavar="REPO_ID", help="USER/NAME on the Hub")
    push.add_argument(
        "--folder", type=Path, help="folder to write and keep (default: runs/dataset-NAME)"
    )
    push.add_argument("--public", action="store_true", help="default: private, for the licence")
    push.add_argument("--revision", help="branch to push to (default: main)")
    for parser, command in ((export, _export), (push, _push)):
        parser.add_argument("--data_dir", "--data-dir", help=f"{DATA_HELP} (default: as for train)")
        parser.add_argument("--name", help="name for people, on the card")
        parser.add_argument("--language", help="code of the language, for the card")
        parser.add_argument("--license", help="licence of the corpus, for the card")
        parser.add_argument("--source", help="where the corpus comes from, for the card")
        parser.add_argument("--citation", help="what to cite, for the card")
        parser.add_argument("--overwrite", action="store_true", help="replace what stands there")
        add_read_flags(parser)
        parser.set_defaults(command=command)


def _prepare(options: argparse.Namespace, debug: bool) -> int:
    from msra_ner.logs import configure_logging
    from msra_ner.prepare import prepare_corpus
    from msra_ner.summary import format_summary

    configure_logging(debug=debug)
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
    print(format_summary(summaries))  # noqa: T201
    return 0


def _convert(options: argparse.Namespace, debug: bool) -> int:
    from msra_ner.convert import convert_corpus, report_rows
    from msra_ner.logs import configure_logging
    from msra_ner.summary import format_table

    configure_logging(debug=debug)
    report = convert_corpus(
        options.source,
        options.target,
        options.to,
        options=ReadOptions(**read_options(options)),
        to_scheme=options.to_scheme,
        overwrite=options.overwrite,
    )
    print(format_table(report_rows(report)))  # noqa: T201
    return 0


def _check(options: argparse.Namespace, debug: bool) -> int:
    from msra_ner.logs import configure_logging

    configure_logging(debug=debug)
    from msra_ner.check_report import format_report
    from msra_ner.checks import IllegalTag, check_corpus
    from msra_ner.corpus_folder import open_corpus
    from msra_ner.schemes import Illegal
    from msra_ner.storage import write_json

    aligner = _load_aligner(options.tokenizer, options.max_length) if options.tokenizer else None
    # Illegal tags are repaired, so that all of them can be told, not the first alone.
    reading = ReadOptions(**read_options(options), repair_tags=True)
    corpus = open_corpus(options.data_dir, reading)
    splits, illegal = {}, []
    for name, split in corpus.splits.items():
        faults: list[Illegal] = []
        splits[name] = list(split.sentences(corpus.labels, faults.append))
        expected = "a tag that goes on with the entity before, or B-"
        illegal += [
            IllegalTag(
                name, f"{fault.sentence.place} (token {fault.position + 1})", fault.found, expected
            )
            for fault in faults
        ]
    report = check_corpus(splits, illegal, aligner, progress=True)
    print(format_report(report))  # noqa: T201
    if options.json:
        write_json(options.json, asdict(report))
    return 1 if report.wrong else 0


def _load_aligner(name: str, max_length: int | None) -> "Aligner":
    from msra_ner.alignment import Aligner, window_limit
    from msra_ner.encoder import load_tokenizer

    tokenizer = load_tokenizer(name)
    return Aligner(tokenizer, max_length or window_limit(tokenizer.model_max_length))


def _export(options: argparse.Namespace, debug: bool) -> int:
    from msra_ner.logs import configure_logging

    configure_logging(debug=debug)
    name = str(options.target)
    for path in _export_to(options.target, options, name, overwrite=options.overwrite):
        print(path)  # noqa: T201
    return 0


def _push(options: argparse.Namespace, debug: bool) -> int:
    from msra_ner.logs import configure_logging

    configure_logging(debug=debug)
    from msra_ner.hub_dataset import push_dataset

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
    return 0


def _export_to(
    folder: Path, options: argparse.Namespace, name: str, *, overwrite: bool
) -> list[Path]:
    """Write the dataset folder that the options ask for and return its files."""
    from msra_ner.corpus import SAMPLE, choose_data_dir
    from msra_ner.dataset_card import card_facts, is_msra
    from msra_ner.encoded_dataset import load_msra
    from msra_ner.hub_dataset import export_dataset

    data_dir = choose_data_dir(options.data_dir)
    corpus = load_msra(data_dir, **read_options(options))
    card = card_facts(
        "sample" if data_dir == SAMPLE else "msra" if is_msra(corpus) else "other",
        pretty_name=options.name,
        language=options.language,
        license=options.license,
        source=options.source,
        citation=options.citation,
    )
    return export_dataset(corpus, folder, name=name, card=card, overwrite=overwrite)
