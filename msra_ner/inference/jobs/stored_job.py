"""A job whose output is a folder in an object store, such as ``s3://BUCKET/NAME/``.

A store knows no renaming, but an object comes whole or not at all. So the parts are written where
they stay, and ``_SUCCESS`` beside them says that all are there. Nothing keeps two from the same
folder: with the same command they write the same objects, and another command is refused.
"""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msra_ner.errors import JobError, OutputExistsError
from msra_ner.inference.jobs.input import Part
from msra_ner.inference.jobs.job import PlannedJob
from msra_ner.inference.jobs.parts_folder import DONE_FILE, JOB_FILE, STORED_OWN
from msra_ner.inference.jobs.places import open_store

if TYPE_CHECKING:
    import pyarrow.fs as fs

    from msra_ner.inference.tagger import Tagger


class StoredJob(PlannedJob):
    """A planned job that writes its parts into an object store."""

    @property
    def place(self) -> str:
        """The address of the folder."""
        return str(self.job.output)

    @cached_property
    def _store(self) -> "tuple[fs.FileSystem, str]":
        store, path = open_store(self.place)
        return store, path.rstrip("/")

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the connection, which another process opens itself."""
        return {key: value for key, value in vars(self).items() if key != "_store"}

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Do nothing: a store has no locks."""
        yield

    def open(self, *, overwrite: bool = False) -> None:
        """Begin the folder, or go on with one of the very same job.

        Raises:
            OutputExistsError: The folder holds what no job wrote, a finished output, or parts of
                another job.
        """
        names = self._list_names()
        if others := sorted(name for name in names if not STORED_OWN.fullmatch(name)):
            raise OutputExistsError(
                f"{self.place}: found {others[0]}, expected an empty folder, or one that predict "
                "wrote. Nothing was changed: choose another name."
            )
        if names and not overwrite:
            if DONE_FILE in names:
                raise OutputExistsError(
                    f"{self.place}: found a finished output, expected nothing. Nothing was "
                    "changed: choose another name, or give --overwrite."
                )
            differing = self.find_differences()
            if differing and names != [JOB_FILE]:
                self._refuse_other_job(differing)
        if DONE_FILE in names or self.find_differences():
            # First what says that the output is whole, then the rest.
            for name in sorted(names):
                self._delete(name)
            self._put(JOB_FILE, json.dumps(self.record, ensure_ascii=False, indent=2).encode())

    def write(self, part: Part, tagger: "Tagger") -> int:
        """Tag a part, put its object in place and return its rows."""
        file = io.BytesIO()
        rows = self._writer.write(file, part, tagger)
        self._put(self.name(part), file.getbuffer())
        return rows

    def finish(self, *, overwrite: bool = False) -> int:
        """Check all parts against the input, say that they are whole, and return their rows.

        Raises:
            JobError: A part has more or fewer rows than its stretch of the input.
            CorpusError: The input was changed meanwhile.
        """
        rows = self._count_rows()
        self._put(DONE_FILE, b"")
        return rows

    def _file(self, part: Part) -> str:
        return f"{self.place}{self.name(part)}"

    def _remove(self, part: Part) -> None:
        self._delete(self.name(part))

    def _read_record(self) -> dict[str, Any]:
        store, folder = self._store
        try:
            with store.open_input_stream(f"{folder}/{JOB_FILE}") as file:
                found = json.loads(file.read())
        except (FileNotFoundError, ValueError) as error:
            raise JobError(f"{self.place}: found no record of a job.") from error
        return found if isinstance(found, dict) else {}

    def _list_names(self) -> list[str]:
        import pyarrow.fs as fs

        store, folder = self._store
        found = store.get_file_info(fs.FileSelector(folder, allow_not_found=True))
        return [info.base_name for info in found]

    def _put(self, name: str, content: Any) -> None:
        store, folder = self._store
        # One write and its end: an object that is left half written would be put in place.
        with store.open_output_stream(f"{folder}/{name}") as file:
            file.write(content)

    def _delete(self, name: str) -> None:
        store, folder = self._store
        store.delete_file(f"{folder}/{name}")
