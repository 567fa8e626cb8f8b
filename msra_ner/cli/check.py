"""The command check: what is wrong with a corpus before training."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msra_ner.cli.flags import DATA_HELP, add_read_flags, read_options
from msra_ner.corpus import ReadOptions

if TYPE_CHECKING:
    from msra_ner.dataset import Aligner


def add_check_command(commands: Any) -> None:
    """Add the parser of the command."""
    check = commands.add_parser("check", help="say what is wrong with a corpus before training")
    check.add_argument("data_dir", help=f"{DATA_HELP}; or one file")
    check.add_argument(
        "--tokenizer", help="folder or Hub name: also what it drops, does not know, or cuts"
    )
    check.add_argument("--max_length", "--max-length", type=int, help="word pieces in a window")
    check.add_argument("--json", type=Path, metavar="FILE", help="write all of it as JSON")
    add_read_flags(check, leave_out=["repair_tags"])
    check.set_defaults(command=_check)


def _check(options: argparse.Namespace, debug: bool) -> int:
    from msra_ner.logs import configure_logging

    configure_logging(debug=debug)
    from msra_ner.check import IllegalTag, check_corpus, format_report
    from msra_ner.corpus import Illegal, open_corpus
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
                name,
                f"{fault.sentence.location} (token {fault.position + 1})",
                fault.found,
                expected,
            )
            for fault in faults
        ]
    report = check_corpus(splits, illegal, aligner, progress=True)
    print(format_report(report))  # noqa: T201
    if options.json:
        write_json(options.json, report.to_json())
    return 1 if report.wrong else 0


def _load_aligner(name: str, max_length: int | None) -> "Aligner":
    from msra_ner.dataset import Aligner, window_limit
    from msra_ner.models import load_tokenizer

    tokenizer = load_tokenizer(name)
    return Aligner(tokenizer, max_length or window_limit(tokenizer.model_max_length))
