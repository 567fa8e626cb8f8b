"""The command evaluate: the score of a saved model."""

import argparse
from pathlib import Path
from typing import Any

from msra_ner.cli.flags import (
    DECODER,
    OR_ON_THE_HUB,
    TORCH,
    add_flag,
    add_own_corpus,
    add_read_flags,
    add_run,
    read_options,
)
from msra_ner.hardware import PRECISIONS


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    evaluate = commands.add_parser(
        "evaluate",
        help="score a saved model",
        description="Scores a model on a split, as training does at its end.",
        examples=[
            "msra-ner evaluate runs/bert",
            "msra-ner evaluate runs/bert --data_dir data/other --split val",
        ],
        docs="explanation/scores",
    )
    add_run(evaluate, may_be=OR_ON_THE_HUB)
    add_own_corpus(evaluate)
    precision = evaluate.add_mutually_exclusive_group()
    precision.add_argument(
        "--precision", choices=PRECISIONS, help="default: as the model was trained"
    )
    # The older spelling of --precision and --device.
    precision.add_argument("--bf16", action=argparse.BooleanOptionalAction, help=argparse.SUPPRESS)
    evaluate.add_argument("--decoder", **DECODER)
    device = evaluate.add_mutually_exclusive_group()
    device.add_argument(
        "--device",
        choices=["cpu", "cuda"],
        help="cpu leaves a GPU alone; of several, CUDA_VISIBLE_DEVICES chooses one",
    )
    add_flag(device, "--use_cpu", action="store_true", help=argparse.SUPPRESS)
    evaluate.add_argument("--json", type=Path, metavar="FILE", help="write the scores as JSON too")
    add_read_flags(evaluate)
    evaluate.set_defaults(command=_evaluate, loads=TORCH)


def _evaluate(options: argparse.Namespace) -> None:
    from msra_ner.logs import is_main_process
    from msra_ner.storage import write_json
    from msra_ner.training import evaluate

    settings = read_options(options) | {"use_cpu": options.use_cpu or options.device == "cpu"}
    for name in ("precision", "bf16", "decoder"):
        if (value := getattr(options, name)) is not None:
            settings[name] = value
    scores = evaluate(options.model_dir, options.data_dir, options.split, **settings)
    if options.json and is_main_process():
        write_json(options.json, scores.to_dict())
