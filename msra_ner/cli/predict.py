"""The command predict: raw text to entities, to standard output or, at any scale, to a file."""

import argparse
import os
from typing import Any

from msra_ner.cli.flags import (
    DECODER,
    DEVICE,
    DICTIONARY,
    MIN_SCORE,
    OR_ON_THE_HUB,
    PRECISION,
    TORCH,
    add_flag,
    add_run,
)
from msra_ner.cli.next_step import warn_of_toy
from msra_ner.errors import ArgumentsError
from msra_ner.inference import FORMATS, PARQUET, is_exported


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    predict = commands.add_parser(
        "predict",
        help="tag raw text; prints JSON lines",
        description="Tags lines of text, JSON lines (.jsonl, .json) or Parquet files. Without "
        "--output to standard output; with it to a file, by one process, several or Ray. What was "
        "interrupted goes on where it was when the command is repeated.",
        examples=[
            "msra-ner predict runs/bert --text 王小明在北京大学读书。",
            "msra-ner predict runs/bert texts.txt > entities.jsonl",
            "msra-ner predict runs/bert texts.parquet --output entities.parquet",
        ],
        docs="how-to/scale",
    )
    add_run(predict, may_be=f", an exported one{OR_ON_THE_HUB}")
    source = predict.add_mutually_exclusive_group()
    source.add_argument("--text", help="text to tag")
    source.add_argument(
        "file",
        nargs="*",
        default=["-"],
        metavar="FILE",
        help="a text a line; - for standard input, s3://BUCKET/NAME for an object store",
    )
    predict.add_argument("--device", **DEVICE)
    precision = predict.add_mutually_exclusive_group()
    precision.add_argument("--precision", **PRECISION)
    for name in ("bf16", "fp16"):
        precision.add_argument(
            f"--{name}",
            dest="precision",
            action="store_const",
            const=name,
            help=argparse.SUPPRESS,  # the older spelling of --precision
        )
    add_flag(
        predict,
        "--batch_tokens",
        type=int,
        metavar="N",
        help="word pieces computed at once (default: 1024 on a CPU, 16384 on a GPU, 4096 of an "
        "exported model)",
    )
    predict.add_argument("--decoder", **DECODER)
    add_flag(predict, "--min_score", **MIN_SCORE)
    predict.add_argument("--dictionary", **DICTIONARY)
    predict.add_argument(
        "--format",
        choices=(*FORMATS, PARQUET),
        help="format to write (default: jsonl, or parquet where the name of --output says so)",
    )
    add_flag(
        predict,
        "--text_column",
        default="text",
        metavar="NAME",
        help="column with the text, of JSON lines and Parquet (default: text)",
    )
    scale = predict.add_argument_group("to a file")
    scale.add_argument(
        "--output",
        metavar="FILE",
        help="file to write, .parquet for Parquet; with / at its end a folder of parts, which may "
        "be s3://BUCKET/NAME/",
    )
    scale.add_argument("--overwrite", action="store_true", help="replace what is there")
    add_flag(
        scale,
        "--part_bytes",
        type=int,
        metavar="N",
        help="text that is tagged, written and, after a kill, lost at once (default: 262144)",
    )
    scale.add_argument(
        "--processes",
        type=int,
        metavar="N",
        help="processes on this machine (default: one a GPU, else one)",
    )
    scale.add_argument("--engine", choices=["processes", "ray"], default="processes")
    add_flag(
        scale,
        "--ray_address",
        metavar="ADDRESS",
        help="cluster (default: RAY_ADDRESS, or this machine)",
    )
    add_flag(
        scale,
        "--ray_actors",
        type=int,
        metavar="N",
        help="copies of the model (default: one a GPU, else one for two cores)",
    )
    predict.set_defaults(command=_predict, shares_work=True, loads=TORCH)


def _predict(options: argparse.Namespace) -> int:
    _refuse_contradictions(options)
    if (count := _count_processes(options)) > 1:
        from msra_ner.cli.processes import leave_out, run_in_processes

        return run_in_processes(leave_out(options.words, "--processes"), count)
    from msra_ner.cli.tagging import print_entities, tag_files
    from msra_ner.logs import hide_weight_bars

    hide_weight_bars()
    warn_of_toy(options.model_dir)
    if options.output is None:
        print_entities(options)
    else:
        tag_files(options)
    return 0


def _count_processes(options: argparse.Namespace) -> int:
    """Return how many processes to start here: as many as asked for, or one a GPU."""
    if "WORLD_SIZE" in os.environ or options.output is None or options.engine == "ray":
        return 1  # a launcher has started them, or one prints, or Ray starts its own
    if options.processes is not None:
        return int(options.processes)
    if options.device is not None or is_exported(options.model_dir):
        return 1
    import torch

    return torch.accelerator.device_count()


def _refuse_contradictions(options: argparse.Namespace) -> None:
    """Raise where flags do not go together."""
    several = int(os.environ.get("WORLD_SIZE", "1")) > 1
    if options.text is not None and options.file != ["-"]:
        raise ArgumentsError("--text: found a file too, expected one of them.")
    if options.output is None:
        for name in ("overwrite", "part_bytes", "processes", "ray_address", "ray_actors"):
            if getattr(options, name):
                raise ArgumentsError(f"--{name}: found no --output, which it is about. Give both.")
        if options.engine == "ray" or several:
            raise ArgumentsError(
                "predict: found several processes and no --output, expected a file to write: "
                "together they cannot print in order. Give --output FILE."
            )
        if options.format == PARQUET:
            raise ArgumentsError("--format: found parquet and no --output, expected a file.")
        return
    if options.text is not None or "-" in options.file:
        raise ArgumentsError(
            "--output: found --text or standard input, expected files: they are read in parts. "
            "Give FILE, or leave --output out and redirect."
        )
    if options.processes is not None:
        if options.processes < 1:
            raise ArgumentsError(f"--processes: found {options.processes}, expected at least 1.")
        if "WORLD_SIZE" in os.environ or options.engine == "ray":
            other = "--engine ray" if options.engine == "ray" else "a launcher's processes"
            raise ArgumentsError(f"--processes: found {other} too, expected one of them.")
    if options.engine != "ray" and (options.ray_address or options.ray_actors):
        raise ArgumentsError("--ray_address, --ray_actors: expected --engine ray with them.")
    if options.engine == "ray" and several:
        raise ArgumentsError(
            "--engine ray: found a launcher's several processes, expected one: Ray starts its own. "
            "Start msra-ner itself."
        )
    for name in ("part_bytes", "ray_actors"):
        if (value := getattr(options, name)) is not None and value < 1:
            raise ArgumentsError(f"--{name}: found {value}, expected at least 1.")
