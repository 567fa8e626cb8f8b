"""The command evaluate: the score of a saved model."""

import argparse
from pathlib import Path
from typing import Any

from msra_ner.cli.flags import DECODER, add_flag, add_read_flags, read_options


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    evaluate = commands.add_parser("evaluate", help="score a saved model")
    evaluate.add_argument("model_dir", help="folder that train wrote, or a Hub name")
    add_flag(evaluate, "--data_dir", help="default: data/msra where it is there, else the sample")
    evaluate.add_argument("--split", choices=["train", "val", "test"], default="test")
    evaluate.add_argument(
        "--bf16",
        action=argparse.BooleanOptionalAction,
        help="compute in bf16 or not (default: as the model was trained)",
    )
    evaluate.add_argument("--decoder", **DECODER)
    add_flag(evaluate, "--use_cpu", action="store_true")
    evaluate.add_argument("--json", type=Path, metavar="FILE", help="write the scores as JSON too")
    add_read_flags(evaluate)
    evaluate.set_defaults(command=_evaluate)


def _evaluate(options: argparse.Namespace) -> None:
    from msra_ner.logs import is_main_process
    from msra_ner.storage import write_json
    from msra_ner.training import evaluate

    settings = read_options(options) | {"use_cpu": options.use_cpu}
    if options.bf16 is not None:
        settings["bf16"] = options.bf16
    if options.decoder is not None:
        settings["decoder"] = options.decoder
    scores = evaluate(options.model_dir, options.data_dir, options.split, **settings)
    if options.json and is_main_process():
        write_json(options.json, scores.to_dict())
