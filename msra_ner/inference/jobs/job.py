"""A job that tags files in parts: each part is a file of its own, and all are joined at the end.

While the job runs, ``OUTPUT.parts/`` lies beside the output: ``_job.json``, which says what is
tagged with what, and a file for each part. A part is written under another name and then renamed,
and it is the same whichever process writes it. So a job that was killed goes on with the parts
that are missing, with any number of processes.

    job = TagJob("runs/bert", ["a.txt"], Path("out.jsonl"))   # what is asked for
    planned = plan_job(job)                                   # how the files are cut into parts
    with planned.hold():
        planned.open()
        for part in planned.find_missing():
            planned.write(part, tagger)
        planned.finish()
"""

import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from msra_ner.errors import ArgumentsError, CorpusError, JobError, OutputExistsError
from msra_ner.inference.dictionary import Term
from msra_ner.inference.jobs.formats import PARQUET
from msra_ner.inference.jobs.identity import identify_files
from msra_ner.inference.jobs.input import PARQUET_SUFFIX, Part, count_rows
from msra_ner.inference.jobs.output import PartWriter, count_written_rows
from msra_ner.inference.jobs.parts_folder import DONE_FILE, JOB_FILE, check_own, remove_parts
from msra_ner.inference.jobs.places import find_file, open_durable
from msra_ner.inference.min_score import MinScore
from msra_ner.storage import read_json_object, write_json
from msra_ner.write_lock import WriteLock

if TYPE_CHECKING:
    from msra_ner.inference.tagger import Tagger


# What is lost when a process is killed, and what one process does while others wait for it: some
# twenty seconds on a CPU.
PART_BYTES = 256 << 10


@dataclass(frozen=True)
class TagJob:
    """What is tagged, with what, and where it goes.

    Attributes:
        model: Folder or Hub name.
        files: Files to tag, in order.
        output: File to write; or a folder, whose parts then stay as they are. The address of a
            folder in an object store stays text.
        format: A name of ``FORMATS``, or ``parquet``.
        as_folder: Whether ``output`` is a folder.
        column: Column with the text, of JSON lines and Parquet.
        precision: As in ``Tagger.from_pretrained``, and so are ``batch_tokens``, ``device``,
            ``decoder``, ``min_score`` and ``dictionary``.
        part_bytes: About how many bytes of text a part has.
    """

    model: str
    files: Sequence[str]
    output: Path | str
    format: str = "jsonl"
    as_folder: bool = False
    column: str = "text"
    precision: str | None = None
    batch_tokens: int | None = None
    device: str | None = None
    decoder: str | None = None
    min_score: MinScore | None = None
    dictionary: Sequence[Term] | None = None
    part_bytes: int = PART_BYTES

    @property
    def path(self) -> Path:
        """The output, where it is no address."""
        return Path(self.output)

    @property
    def folder(self) -> Path:
        """Where the parts are until all are there, where the output is no address."""
        return self.path.with_name(f"{self.path.name}.parts")

    def read_change_time(self) -> int | None:
        """Return when the output was changed, in nanoseconds; None while it is not whole."""
        try:
            if isinstance(self.output, str):
                return find_file(f"{self.output}{DONE_FILE}").changed
            return self.output.stat().st_mtime_ns
        except (OSError, ArgumentsError):
            return None

    def load_tagger(self, device: str | None = None) -> "Tagger":
        """Return the tagger of the model."""
        from msra_ner.inference.tagger import Tagger

        return Tagger.from_pretrained(
            self.model,
            device or self.device,
            self.precision,
            self.batch_tokens,
            self.decoder,
            self.min_score,
            self.dictionary,
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

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep others from writing the same output; one process does it for all.

        Raises:
            OutputExistsError: Another process holds it.
        """
        lock = WriteLock(
            self.job.path.with_name(f"{self.job.folder.name}.lock"),
            f"{self.job.output}: found another predict that is writing it, expected none. Nothing "
            "was changed: choose another name, or wait until it has ended.",
        )
        with lock:
            lock.take()
            yield

    @property
    def place(self) -> str:
        """Where the parts are, for messages."""
        return str(self.job.folder)

    def open(self, *, overwrite: bool = False) -> None:
        """Make the folder of parts, or go on with one of the very same job.

        Raises:
            OutputExistsError: The output is there already, or parts of another job are.
        """
        output, folder = self.job.path, self.job.folder
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
                self._refuse_other_job(differing)
            check_own(folder)
            remove_parts(folder)
        folder.mkdir(parents=True)
        write_json(folder / JOB_FILE, self.record)

    def _refuse_other_job(self, differing: Sequence[str]) -> NoReturn:
        raise OutputExistsError(
            f"{self.place}: found parts of another job (other {', '.join(differing)}), "
            "expected those of this one. Repeat that job to finish it, or give "
            "--overwrite to start again."
        )

    def find_differences(self) -> list[str]:
        """Return the keys in which the folder's record differs; ``job`` if it has none."""
        try:
            found = self._read_record()
        except JobError:
            return ["job"]
        return [key for key in self.record if found.get(key) != self.record[key]]

    def _read_record(self) -> dict[str, Any]:
        return read_json_object(self.job.folder / JOB_FILE, error=JobError, remedy="")

    def find_missing(self) -> list[Part]:
        """Return the parts that are not done."""
        # One listing: there may be thousands of parts, on a file system that is far away.
        done = set(self._list_names())
        return [part for part in self.parts if self.name(part) not in done]

    def _list_names(self) -> list[str]:
        return [entry.name for entry in os.scandir(self.job.folder)]

    def name(self, part: Part) -> str:
        """Return the name of the file of a part."""
        suffix = PARQUET_SUFFIX if self.job.format == PARQUET else ".jsonl"
        return f"part-{part.number:06d}{suffix}"

    def path(self, part: Part) -> Path:
        """Return the file of a part."""
        return self.job.folder / self.name(part)

    def write(self, part: Part, tagger: "Tagger") -> int:
        """Tag a part, put its file in place and return its rows."""
        # Another process may write the same part: the name is this one's own.
        partial = self.path(part).with_suffix(f".{platform.node()}-{os.getpid()}.partial")
        try:
            with open_durable(partial) as file:
                rows = self._writer.write(file, part, tagger)
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
        rows = self._count_rows()
        for partial in self.job.folder.glob("part-*.partial"):
            partial.unlink()  # of processes that were killed
        paths = [self.path(part) for part in self.parts]
        if self.job.as_folder:
            if self.job.path.exists():
                check_own(self.job.path)
                remove_parts(self.job.path)
            self.job.folder.rename(self.job.path)
        else:
            # Two may join at once, one of them left over from a launcher that was killed.
            joined = self.job.folder / f"joined.{platform.node()}-{os.getpid()}.partial"
            self._writer.join(paths, joined)
            self._put_in_place(joined, overwrite=overwrite)
            with suppress(OSError):  # something was put there meanwhile: it stays
                remove_parts(self.job.folder)
        return rows

    def _put_in_place(self, joined: Path, *, overwrite: bool) -> None:
        output = self.job.path
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

    @cached_property  # it looks only once at the columns of the input
    def _writer(self) -> PartWriter:
        has_rules = self.job.dictionary is not None
        return PartWriter(self.job.format, self.job.column, self.job.files, has_rules)

    def _count_rows(self) -> int:
        """Return how many rows the output has, each part against its stretch of the input."""
        if identify_files(self.job.files) != self.record["files"]:
            raise CorpusError(
                f"{', '.join(self.job.files)}: found a file that was changed while it was tagged, "
                f"expected the same as at the start. The parts stay in {self.place}."
            )
        return sum(self._check_rows(part, self._file(part)) for part in self.parts)

    def _check_rows(self, part: Part, file: str) -> int:
        """Return how many rows a part has; a file with other rows is removed."""
        expected, found = count_rows(part), count_written_rows(file)
        if found != expected:
            self._remove(part)
            raise JobError(
                f"{file}: found {found} rows, expected the {expected} of its part of {part.file}. "
                "The damaged part was removed: repeat the command, and it is tagged again."
            )
        return expected

    def _file(self, part: Part) -> str:
        return str(self.path(part))

    def _remove(self, part: Part) -> None:
        self.path(part).unlink(missing_ok=True)
