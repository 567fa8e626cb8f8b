"""What predict does: print entities as they come, or have a job write them to a file."""

import argparse
import io
import itertools
import logging
import os
import sys
from pathlib import Path
from typing import Any

from msra_ner.cli.flags import read_min_score, read_terms
from msra_ner.corpus import is_text
from msra_ner.errors import ArgumentsError
from msra_ner.inference import (
    FORMATS,
    PARQUET,
    PART_BYTES,
    Tagger,
    TagJob,
    TagRow,
    format_row,
    is_address,
    read_rows,
    tag_with_processes,
    tag_with_ray,
)
from msra_ner.progress import show_bar

logger = logging.getLogger(__name__)


def print_entities(options: argparse.Namespace) -> None:
    """Print each answer as it comes, in order."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # JSON lines are UTF-8 on every system
    if options.text is None:
        rows = read_rows(options.file, options.text_column)
    elif is_text(options.text):
        rows = iter([TagRow({"text": options.text}, options.text)])
    else:
        raise ArgumentsError(
            "--text: found bytes that are not in the terminal's encoding, expected readable text. "
            "Put it into a UTF-8 file and give that."
        )
    # A person who types wants each answer at once.
    typed = options.text is None and options.file == ["-"] and sys.stdin.isatty()
    logger.info("Loading the model %s", options.model_dir)
    tagger = Tagger.from_pretrained(
        options.model_dir,
        options.device,
        options.precision,
        options.batch_tokens,
        options.decoder,
        read_min_score(options),
        read_terms(options),
    )
    format = FORMATS[options.format or "jsonl"]
    # The rows are read once; `tee` keeps what was read until its entities come.
    read, kept = itertools.tee(rows)
    tagged = tagger.stream((row.text for row in read), chunk_size=1 if typed else None)
    before = format.head
    with _show_bar(options) as bar:
        for row, entities in zip(kept, tagged, strict=True):
            line = before + format_row(format.name, row, entities)
            # The line end comes with its line, not with the next one.
            end, before = ("", format.separator) if format.head else (format.tail, "")
            print(line, end=end, flush=True)  # noqa: T201
            bar.update(row.size)
    if format.head:
        print((format.head if before == format.head else "") + format.tail, end="")  # noqa: T201


def tag_files(options: argparse.Namespace) -> None:
    """Tag files in parts and join those."""
    output = _name_output(options.output)
    by_name = PARQUET if options.output.endswith(".parquet") else "jsonl"
    job = TagJob(
        model=options.model_dir,
        files=options.file,
        output=output,
        format=options.format or by_name,
        as_folder=options.output.endswith(("/", os.sep)) or Path(options.output).is_dir(),
        column=options.text_column,
        precision=options.precision,
        batch_tokens=options.batch_tokens,
        decoder=options.decoder,
        min_score=read_min_score(options),
        dictionary=read_terms(options),
        device=options.device,
        part_bytes=options.part_bytes or PART_BYTES,
    )
    if options.engine == "ray":
        rows: int | None = tag_with_ray(
            job, options.ray_address, options.ray_actors, overwrite=options.overwrite
        )
    else:
        rows = tag_with_processes(job, overwrite=options.overwrite)
    if rows is not None:
        logger.info("%s: %d rows", output, rows)


def _name_output(name: str) -> Path | str:
    """Return a path, or the address of a folder in an object store."""
    if is_address(name):
        if not name.endswith("/"):
            raise ArgumentsError(
                f"--output: found {name!r}, expected / at its end: in an object store the output "
                "is a folder of parts."
            )
        return name
    if Path(name).name in ("", ".."):
        raise ArgumentsError(
            f"--output: found {name!r}, expected a name: of a file, or of a folder that "
            "predict makes."
        )
    return Path(name)


def _show_bar(options: argparse.Namespace) -> Any:
    """Return a bar over the bytes of the files, where it would not be in the way."""
    names = options.file
    from_file = options.text is None and all(Path(name).is_file() for name in names)
    # Where the answers themselves go to the screen, they show how far it is.
    shown = from_file and not sys.stdout.isatty()
    total = sum(Path(name).stat().st_size for name in names) if from_file else None
    return show_bar(total=total, unit="B", unit_scale=True, desc="tagging", disable=not shown)
