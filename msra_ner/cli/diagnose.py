"""The command diagnose: why F1 is low."""

import argparse
from pathlib import Path
from typing import Any

from msra_ner.cli.flags import add_read_flags, read_options
from msra_ner.errors import ArgumentsError


def add_diagnose_command(commands: Any) -> None:
    """Add the parser of the command."""
    diagnose = commands.add_parser("diagnose", help="find out why F1 is low, and what to do")
    diagnose.add_argument("model_dir", nargs="?", help="run folder or model")
    diagnose.add_argument(
        "--predictions", type=Path, metavar="FILE", help="gold and predicted tags, of any tool"
    )
    diagnose.add_argument(
        "--data_dir", "--data-dir", help="the corpus (a run's own, where it is not given)"
    )
    diagnose.add_argument("--split", choices=["train", "val", "test"], default="test")
    diagnose.add_argument("--json", type=Path, metavar="FILE", help="write all of it as JSON")
    add_read_flags(diagnose)
    diagnose.set_defaults(command=_diagnose)


def _diagnose(options: argparse.Namespace, debug: bool) -> int:
    from msra_ner.logs import configure_logging

    if (options.model_dir is None) == (options.predictions is None):
        raise ArgumentsError(
            "diagnose: found neither or both of a model and --predictions, expected one of them."
        )
    configure_logging(debug=debug)
    from msra_ner.corpus import SPLIT_KEYS, ReadOptions, open_corpus
    from msra_ner.diagnosis import (
        diagnose,
        evidence_of_file,
        evidence_of_model,
        format_diagnosis,
        own_data_dir,
    )
    from msra_ner.storage import write_json

    reading = ReadOptions(**read_options(options))
    split = SPLIT_KEYS[options.split]
    if options.predictions is not None:
        corpus = open_corpus(options.data_dir, reading) if options.data_dir else None
        evidence = evidence_of_file(options.predictions, corpus, split)
    else:
        data_dir = options.data_dir or own_data_dir(Path(options.model_dir))
        evidence = evidence_of_model(options.model_dir, open_corpus(data_dir, reading), split)
    diagnosis = diagnose(evidence)
    print(format_diagnosis(diagnosis))  # noqa: T201
    if options.json:
        write_json(options.json, diagnosis.as_json())
    return 1 if diagnosis.wrong else 0
