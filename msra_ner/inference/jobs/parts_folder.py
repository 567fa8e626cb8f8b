"""The folder of a job's parts: what in it is a job's own, and its removal without the rest."""

import re
import shutil
from pathlib import Path

from msra_ner.errors import OutputExistsError

# With an underscore, which those who read a folder of Parquet leave out.
JOB_FILE = "_job.json"
DONE_FILE = "_SUCCESS"  # in an object store, where a folder cannot be put in place by its name
# The record, parts, and what a process that was killed has left of either.
_PART = r"part-\d{6}\.(jsonl|parquet)"
_OWN = re.compile(rf"{re.escape(JOB_FILE)}|{_PART}|(part-\d{{6}}|joined)\..+\.partial")
STORED_OWN = re.compile(rf"{re.escape(JOB_FILE)}|{DONE_FILE}|{_PART}")  # of an object store
_OWN_FOLDER = re.compile(r"\.partial-\w+")


def check_own(folder: Path) -> None:
    """Refuse a folder with anything in it that no job wrote.

    Raises:
        OutputExistsError: It is a link, or has another entry, or entries and no record of a job.
    """
    entries = sorted(path.name for path in folder.iterdir() if not _is_own(path))
    if folder.is_symlink():
        entries = ["a link to another place"]
    elif not entries and not (folder / JOB_FILE).is_file():
        entries = sorted(path.name for path in folder.iterdir())
    if entries:
        raise OutputExistsError(
            f"{folder}: found {entries[0]}, and expected nothing that predict did not write, since "
            "--overwrite would remove it. Nothing was changed: choose another name."
        )


def remove_parts(folder: Path) -> None:
    """Remove what jobs wrote in a folder, and the folder with it if that was all."""
    for path in folder.iterdir():
        if _is_own(path):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    folder.rmdir()


def _is_own(path: Path) -> bool:
    if path.is_dir():
        return not path.is_symlink() and _OWN_FOLDER.fullmatch(path.name) is not None
    return _OWN.fullmatch(path.name) is not None
