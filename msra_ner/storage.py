"""Write files and folders whole or not at all, read JSON, and name content by a hash."""

import hashlib
import json
import math
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from msra_ner.errors import MsraNerError, OutputExistsError

# Entries of a folder that a message names.
MOST_NAMED = 5


@contextmanager
def staged_folder(
    target: Path, names: Iterable[str], *, overwrite: bool, obsolete: Iterable[str] = ()
) -> Iterator[Path]:
    """Yield a temporary folder whose entries are moved into ``target`` when the block ends well.

    Args:
        target: Folder to fill; made if it is not there. Other entries in it stay as they are.
        names: The entries that the block writes; a name with slashes is that of an entry in a
            folder, which stays with what else is in it.
        overwrite: Replace entries of these names that stand in ``target``.
        obsolete: Entries that must not stand beside the new ones; they go when these come.

    Raises:
        OutputExistsError: An entry stands in ``target`` and ``overwrite`` is false.
    """
    names, obsolete = list(names), list(obsolete)
    standing = [name for name in [*names, *obsolete] if (target / name).exists()]
    if standing and not overwrite:
        others = f" and {len(standing) - MOST_NAMED} more" if len(standing) > MOST_NAMED else ""
        raise OutputExistsError(
            f"{target}: found {', '.join(standing[:MOST_NAMED])}{others}, expected none of what "
            "is to be written. Nothing was changed: "
            "choose another folder, or give --overwrite to replace them."
        )
    made = [folder for folder in (target, *target.parents) if not folder.exists()]
    target.mkdir(parents=True, exist_ok=True)
    # Beside the final place, so that moving is a rename on one file system.
    with (
        _gone_on_failure(made),
        tempfile.TemporaryDirectory(prefix=".partial-", dir=target) as name,
    ):
        staged = Path(name)
        yield staged
        replaced = staged / ".replaced"
        replaced.mkdir()
        moves = []
        try:
            for entry in [*obsolete, *names]:
                if (target / entry).exists():
                    (replaced / entry).parent.mkdir(parents=True, exist_ok=True)
                    moves.append((target / entry, replaced / entry))
                    (target / entry).rename(replaced / entry)
            for entry in names:
                (target / entry).parent.mkdir(parents=True, exist_ok=True)
                moves.append((staged / entry, target / entry))
                (staged / entry).rename(target / entry)
        except BaseException:
            # The folder of what was replaced goes with the block, so all of it moves back first.
            for source, destination in reversed(moves):
                if destination.exists():
                    destination.rename(source)
            raise


def remove_files(folder: Path, files: Iterable[Path]) -> None:
    """Remove files below a folder, and the folders in between that are empty then."""
    files = list(files)
    for file in files:
        file.unlink(missing_ok=True)
    _remove_empty(folder, files)


def move_files(folder: Path, files: Iterable[Path], target: Path) -> None:
    """Move files below a folder to the same places below another on the same file system."""
    files = list(files)
    for file in files:
        place = target / file.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.rename(place)
    _remove_empty(folder, files)


def _remove_empty(folder: Path, files: Iterable[Path]) -> None:
    between = {parent for file in files for parent in file.relative_to(folder).parents}
    for parent in sorted(between - {Path()}, key=lambda path: len(path.parts), reverse=True):
        with suppress(OSError):  # something of others is in it
            (folder / parent).rmdir()


@contextmanager
def _gone_on_failure(folders: Iterable[Path]) -> Iterator[None]:
    """Remove the folders, the innermost first, if the block fails and left them empty."""
    try:
        yield
    except BaseException:
        with suppress(OSError):  # Something was put there meanwhile.
            for folder in folders:
                folder.rmdir()
        raise


def check_absent(target: Path, overwrite: bool) -> None:
    """Refuse to write a file that is there already, unless it may be replaced.

    Raises:
        OutputExistsError: It is there and ``overwrite`` is false.
    """
    if target.exists() and not overwrite:
        raise OutputExistsError(
            f"{target}: found a file, expected none. Give another name, or --overwrite."
        )


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8 with LF, moved to its place when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=path.parent) as folder:
        partial = Path(folder) / path.name
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(path)


def write_json(path: Path, data: Any) -> None:
    """Write data as indented JSON with a line end, keys in the order given.

    JSON has no word for what is no number: it is the text that Python's ``float`` reads.
    """
    text = json.dumps(spell_numbers(data), indent=2, ensure_ascii=False, allow_nan=False)
    write_text(path, f"{text}\n")


def spell_numbers(data: Any) -> Any:
    """Return data for JSON in which ``nan`` and infinities are text.

    >>> spell_numbers({"loss": [0.5, float("nan"), float("-inf")]})
    {'loss': [0.5, 'nan', '-inf']}
    """
    if isinstance(data, Mapping):
        return {key: spell_numbers(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [spell_numbers(value) for value in data]
    return str(data) if isinstance(data, float) and not math.isfinite(data) else data


def read_json_object(path: Path, *, error: type[MsraNerError], remedy: str) -> dict[str, Any]:
    """Return the JSON object that a file holds.

    Raises:
        MsraNerError: Of the kind ``error``: the file cannot be read, is not JSON, or holds
            another value than an object. The sentence ``remedy`` ends the message.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as cause:
        raise error(
            f"{path}: found no valid JSON ({cause}), expected an object. {remedy}"
        ) from cause
    if not isinstance(data, dict):
        raise error(f"{path}: found a {type(data).__name__}, expected a JSON object. {remedy}")
    return data


def content_hash(parts: Iterable[bytes]) -> str:
    """Return a hash of byte strings that changes when any of them, or a border, changes."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()[:32]


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's content in hexadecimal digits, whatever its size."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
