"""A job that tags files in parts: each part is a file of its own, and all are joined at the end.

While the job runs, ``OUTPUT.parts/`` lies beside the output: ``_job.json``, which says what is
tagged with what, and a file for each part that is done. A part is written under another name and
then renamed, and it is the same whichever process writes it. So a job that was killed goes on with
the parts that are missing, with any number of processes.

    job = TagJob("runs/bert", ["a.txt"], Path("out.jsonl"))   # what is asked for
    planned = plan_job(job)                                   # how the files are cut into parts
    with planned.lock() as lock:
        lock.take()
        planned.open()
        for part in planned.find_missing():
            planned.write(part, tagger)
        planned.finish()
"""

import os
import platform
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msra_ner import __version__
from msra_ner.errors import ArgumentsError, CorpusError, JobError, OutputExistsError
from msra_ner.inference.jobs.formats import PARQUET
from msra_ner.inference.jobs.identity import identify_files, identify_model
from msra_ner.inference.jobs.input import PARQUET_SUFFIX, Part, count_rows, cut_parts
from msra_ner.inference.jobs.output import PartWriter, count_written_rows
from msra_ner.inference.jobs.parts_folder import JOB_FILE, check_own, remove_parts
from msra_ner.storage import read_json_object, write_json
from msra_ner.write_lock import WriteLock

if TYPE_CHECKING:
    from msra_ner.inference.tagger import Tagger


# What is lost when a process is killed, and what one process does while others wait for it: some
# twenty seconds on a CPU.
PART_BYTES = 256 << 10
MOST_PARTS = 10_000  # files in one folder


@dataclass(frozen=True)
class TagJob:
    """What is tagged, with what, and where it goes.

    Attributes:
        model: Folder or Hub name.
        files: Files to tag, in order.
        output: File to write; or a folder, whose parts then stay as they are.
        format: A name of ``FORMATS``, or ``parquet``.
        as_folder: Whether ``output`` is a folder.
        column: Column with the text, of JSON lines and Parquet.
        precision: As in ``Tagger.from_pretrained``, and so are ``batch_tokens``, ``device`` and
            ``decoder``.
        part_bytes: About how many bytes of text a part has.
    """

    model: str
    files: Sequence[str]
    output: Path
    format: str = "jsonl"
    as_folder: bool = False
    column: str = "text"
    precision: str | None = None
    batch_tokens: int | None = None
    device: str | None = None
    decoder: str | None = None
    part_bytes: int = PART_BYTES

    @property
    def folder(self) -> Path:
        """Where the parts are until all are there."""
        return self.output.with_name(f"{self.output.name}.parts")

    def load_tagger(self, device: str | None = None) -> "Tagger":
        """Return the tagger of the model."""
        from msra_ner.inference.tagger import Tagger

        return Tagger.from_pretrained(
            self.model,
            device or self.device,
            self.precision,
            self.batch_tokens,
            self.decoder,
        )


@dataclass(frozen=True)
class PlannedJob:
    """A job as it was when it was planned: what is asked for, and the parts of the files.

    Attributes:
        job: What is asked for.
        parts: All parts, done or not.
        record: What ``_job.json`` holds: model, files, settings. Two jobs with equal records write
            equal files.
    """

    job: TagJob
    parts: list[Part]
    record: dict[str, Any]

    def lock(self) -> WriteLock:
        """Return what keeps others from writing the same output; one process takes it for all."""
        return WriteLock(
            self.job.output.with_name(f"{self.job.folder.name}.lock"),
            f"{self.job.output}: found another predict that is writing it, expected none. Nothing "
            "was changed: choose another name, or wait until it has ended.",
        )

    def open(self, *, overwrite: bool = False) -> None:
        """Make the folder of parts, or go on with one of the very same job.

        Raises:
            OutputExistsError: The output is there already, or parts of another job are.
        """
        output, folder = self.job.output, self.job.folder
        if output.exists() and not overwrite:
            raise OutputExistsError(
                f"{output}: found it there already, expected nothing. Nothing was changed: choose "
                "another name, or give --overwrite."
            )
        if output.is_dir() != self.job.as_folder and output.exists():
            raise OutputExistsError(
                f"{output}: found a file where a folder, or a folder where a "
                "file is to be written. Choose another name."
            )
        if output.is_dir():
            check_own(output)
        if folder.is_dir():
            differing = self.find_differences()
            if not differing:
                return
            if not overwrite and any(folder.glob("part-*")):
                raise OutputExistsError(
                    f"{folder}: found parts of another job (other {', '.join(differing)}), "
                    "expected those of this one. Repeat that job to finish it, or give "
                    "--overwrite to start again."
                )
            check_own(folder)
            remove_parts(folder)
        folder.mkdir(parents=True)
        write_json(folder / JOB_FILE, self.record)

    def find_differences(self) -> list[str]:
        """Return the keys in which the folder's record differs; ``job`` if it has none."""
        try:
            found = read_json_object(self.job.folder / JOB_FILE, error=JobError, remedy="")
        except JobError:
            return ["job"]
        return [key for key in self.record if found.get(key) != self.record[key]]

    def path(self, part: Part) -> Path:
        """Return the file of a part."""
        suffix = PARQUET_SUFFIX if self.job.format == PARQUET else ".jsonl"
        return self.job.folder / f"part-{part.number:06d}{suffix}"

    def find_missing(self) -> list[Part]:
        """Return the parts that are not done."""
        # One listing: there may be thousands of parts, on a file system that is far away.
        done = {entry.name for entry in os.scandir(self.job.folder)}
        return [part for part in self.parts if self.path(part).name not in done]

    def write(self, part: Part, tagger: "Tagger") -> int:
        """Tag a part, put its file in place and return its rows."""
        # Another process may write the same part: the name is this one's own.
        partial = self.path(part).with_suffix(f".{platform.node()}-{os.getpid()}.partial")
        try:
            rows = self._writer.write(partial, part, tagger)
            partial.replace(self.path(part))
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return rows

    def finish(self, *, overwrite: bool = False) -> int:
        """Check all parts against the input, put the output in place and return its rows.

        Raises:
            OutputExistsError: A file of that name has come meanwhile, and is not to be replaced.
            JobError: A part has more or fewer rows than its stretch of the input.
            CorpusError: The input was changed meanwhile.
        """
        if identify_files(self.job.files) != self.record["files"]:
            raise CorpusError(
                f"{', '.join(self.job.files)}: found a file that was changed while it was tagged, "
                f"expected the same as at the start. The parts stay in {self.job.folder}."
            )
        rows = sum(self._check_rows(part) for part in self.parts)
        for partial in self.job.folder.glob("part-*.partial"):
            partial.unlink()  # of processes that were killed
        paths = [self.path(part) for part in self.parts]
        if self.job.as_folder:
            if self.job.output.exists():
                check_own(self.job.output)
                remove_parts(self.job.output)
            self.job.folder.rename(self.job.output)
        else:
            # Two may join at once, one of them left over from a launcher that was killed.
            joined = self.job.folder / f"joined.{platform.node()}-{os.getpid()}.partial"
            self._writer.join(paths, joined)
            self._put_in_place(joined, overwrite=overwrite)
            with suppress(OSError):  # something was put there meanwhile: it stays
                remove_parts(self.job.folder)
        return rows

    def _put_in_place(self, joined: Path, *, overwrite: bool) -> None:
        output = self.job.output
        if overwrite:
            joined.replace(output)
            return
        try:
            # Unlike a renaming it replaces nothing; the first name goes with the parts.
            os.link(joined, output)
        except FileExistsError:
            joined.unlink()
            raise OutputExistsError(
                f"{output}: found it there now, expected nothing, as at the start. It was not "
                f"changed. The parts stay in {self.job.folder}: repeat the command with "
                "--overwrite, or give the file another name first."
            ) from None
        except OSError:  # a file system without links
            joined.replace(output)

    @cached_property
    def _writer(self) -> PartWriter:
        """One for all parts: it looks only once at the columns of the input."""
        return PartWriter(self.job.format, self.job.column, self.job.files)

    def _check_rows(self, part: Part) -> int:
        """Return how many rows a part has; a file with other rows is removed."""
        path, expected = self.path(part), count_rows(part)
        found = count_written_rows(path)
        if found != expected:
            path.unlink(missing_ok=True)
            raise JobError(
                f"{path}: found {found} rows, expected the {expected} of its part of {part.file}. "
                "The damaged part was removed: repeat the command, and it is tagged again."
            )
        return expected


def plan_job(job: TagJob) -> PlannedJob:
    """Cut the input of a job into parts.

    Raises:
        ArgumentsError: A file cannot be read, or the output would take its place.
    """
    files = identify_files(job.files)
    for place in (job.output, job.folder):
        for file in job.files:
            if Path(file).resolve().is_relative_to(place.resolve()):
                raise ArgumentsError(
                    f"--output: found {place}, which is or holds the input {file}, expected "
                    "another place. Nothing was changed: choose another name."
                )
    size = max(job.part_bytes, sum(entry["bytes"] for entry in files) // MOST_PARTS)
    parts = cut_parts(job.files, size)
    record = {
        "files": files,
        "model": identify_model(job.model),
        "format": job.format,
        "column": job.column,
        "precision": job.precision,
        "batch_tokens": job.batch_tokens,
        "decoder": job.decoder,
        "part bytes": size,
        "parts": len(parts),
        "version": __version__,
    }
    return PlannedJob(job, parts, record)
