"""The command predict: raw text to entities, to standard output or, at any scale, to a file."""

import argparse
import io
import itertools
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msra_ner.errors import ArgumentsError
from msra_ner.hardware import PRECISIONS
from msra_ner.inference import FORMATS, PARQUET

logger = logging.getLogger(__name__)


def add_predict_command(commands: Any) -> None:
    """Add the parser of the command."""
    predict = commands.add_parser(
        "predict",
        help="tag raw text; prints JSON lines",
        description="Tags lines of text, JSON lines (.jsonl, .json) or Parquet files. Without "
        "--output to standard output; with it to a file, by one process, several or Ray. What was "
        "interrupted goes on where it was when the command is repeated.",
    )
    predict.add_argument("model_dir", help="folder that train wrote, or a Hub name")
    source = predict.add_mutually_exclusive_group()
    source.add_argument("--text", help="text to tag")
    source.add_argument(
        "file", nargs="*", default=["-"], help="a text a line; - for standard input"
    )
    predict.add_argument("--device", help="for example cpu or cuda:1; default: a GPU if there")
    precision = predict.add_mutually_exclusive_group()
    precision.add_argument(
        "--precision",
        choices=PRECISIONS,
        help="default: fp32; auto: bf16 where the hardware multiplies in it",
    )
    for name in ("bf16", "fp16"):
        precision.add_argument(
            f"--{name}",
            dest="precision",
            action="store_const",
            const=name,
            help=f"the same as --precision {name}",
        )
    predict.add_argument(
        "--batch_tokens",
        "--batch-tokens",
        type=int,
        metavar="N",
        help="word pieces computed at once (default: 1024 on a CPU, 16384 on a GPU, 4096 of an "
        "exported model)",
    )
    predict.add_argument(
        "--format",
        choices=(*FORMATS, PARQUET),
        help="format to write (default: jsonl, or parquet where the name of --output says so)",
    )
    predict.add_argument(
        "--text_column",
        "--text-column",
        default="text",
        metavar="NAME",
        help="column with the text, of JSON lines and Parquet (default: text)",
    )
    scale = predict.add_argument_group("to a file", "see docs/scale.md")
    scale.add_argument(
        "--output",
        metavar="FILE",
        help="file to write, .parquet for Parquet; with / at its end a folder of parts",
    )
    scale.add_argument("--overwrite", action="store_true", help="replace what is there already")
    scale.add_argument(
        "--part_bytes",
        "--part-bytes",
        type=int,
        metavar="N",
        help="text that is tagged, written and, after a kill, lost at once (default: 262144)",
    )
    scale.add_argument("--engine", choices=["processes", "ray"], default="processes")
    scale.add_argument(
        "--ray_address", "--ray-address", metavar="ADDRESS", help="cluster (default: this machine)"
    )
    scale.add_argument(
        "--ray_actors",
        "--ray-actors",
        type=int,
        metavar="N",
        help="copies of the model (default: one a GPU, else one for two cores)",
    )
    predict.set_defaults(command=_predict)


def _predict(options: argparse.Namespace, debug: bool) -> int:
    from msra_ner.logs import configure_logging, hide_weight_bars

    configure_logging(debug=debug)
    hide_weight_bars()
    _refuse_contradictions(options)
    if options.output is None:
        _to_stdout(options)
    else:
        _to_file(options)
    return 0


def _refuse_contradictions(options: argparse.Namespace) -> None:
    """Raise where flags do not go together."""
    several = int(os.environ.get("WORLD_SIZE", "1")) > 1
    if options.text is not None and options.file != ["-"]:
        raise ArgumentsError("--text: found a file too, expected one of them.")
    if options.output is None:
        for name in ("overwrite", "part_bytes", "ray_address", "ray_actors"):
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


def _to_stdout(options: argparse.Namespace) -> None:
    """Print each answer as it comes, in order."""
    from msra_ner.inference import Tagger, TagRow, format_row, read_rows

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # JSON lines are UTF-8 on every system
    rows: Iterator[TagRow]
    if options.text is None:
        rows = read_rows(options.file, options.text_column)
    else:
        text = _checked(options.text)
        rows = iter([TagRow({"text": text}, text, 0)])
    # A person who types wants each answer at once.
    typed = options.text is None and options.file == ["-"] and sys.stdin.isatty()
    tagger = Tagger.from_pretrained(
        options.model_dir, options.device, options.precision, options.batch_tokens
    )
    format = FORMATS[options.format or "jsonl"]
    # The rows are read once; `tee` keeps what was read until its entities come.
    read, kept = itertools.tee(rows)
    tagged = tagger.stream((row.text for row in read), chunk_size=1 if typed else None)
    before = format.head
    with _bar(options) as bar:
        for row, entities in zip(kept, tagged, strict=True):
            line = before + format_row(format.name, row, entities)
            # The line end comes with its line, not with the next one.
            end, before = ("", format.separator) if format.head else (format.tail, "")
            print(line, end=end, flush=True)  # noqa: T201
            bar.update(row.size)
    if format.head:
        print((format.head if before == format.head else "") + format.tail, end="")  # noqa: T201


def _to_file(options: argparse.Namespace) -> None:
    """Tag files in parts and join those."""
    from msra_ner.inference import PART_BYTES, TagJob, tag_with_processes

    output = Path(options.output)
    if output.name in ("", ".."):
        raise ArgumentsError(
            f"--output: found {options.output!r}, expected a name: of a file, or of a folder that "
            "predict makes."
        )
    by_name = PARQUET if output.suffix == ".parquet" else "jsonl"
    job = TagJob(
        model=options.model_dir,
        files=options.file,
        output=output,
        format=options.format or by_name,
        as_folder=options.output.endswith(("/", os.sep)) or output.is_dir(),
        column=options.text_column,
        precision=options.precision,
        batch_tokens=options.batch_tokens,
        device=options.device,
        part_bytes=options.part_bytes or PART_BYTES,
    )
    if options.engine == "ray":
        from msra_ner.inference import tag_with_ray

        rows: int | None = tag_with_ray(
            job, options.ray_address, options.ray_actors, overwrite=options.overwrite
        )
    else:
        rows = tag_with_processes(job, overwrite=options.overwrite)
    if rows is not None:
        logger.info("%s: %d rows", output, rows)


def _bar(options: argparse.Namespace) -> Any:
    """Return a bar over the bytes of the files; it shows nothing where it would be in the way."""
    from tqdm import tqdm

    names = options.file
    from_file = options.text is None and all(Path(name).is_file() for name in names)
    # Where the answers themselves go to the screen, they show how far it is.
    shown = from_file and sys.stderr.isatty() and not sys.stdout.isatty()
    total = sum(Path(name).stat().st_size for name in names) if from_file else None
    return tqdm(total=total, unit="B", unit_scale=True, desc="tagging", disable=not shown)


def _checked(text: str) -> str:
    """Return a text from the command line, if the terminal gave it in its own encoding."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ArgumentsError(
            "--text: found bytes that are not in the terminal's encoding, expected readable text. "
            "Put it into a UTF-8 file and give that."
        ) from error
    return text
