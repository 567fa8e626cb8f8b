"""Where the files of a job are: paths of this machine, or addresses in an object store.

An address is ``s3://BUCKET/NAME`` or another that ``pyarrow.fs`` opens. Keys, region and endpoint
come from the environment (``AWS_ACCESS_KEY_ID``, ``AWS_REGION``, ``AWS_ENDPOINT_URL``...), never
from the address, which is written into records and messages.
"""

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from msra_ner.errors import ArgumentsError, CorpusNotFoundError

if TYPE_CHECKING:
    import pyarrow.fs as fs
    import pyarrow.parquet as pq

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")  # two letters at least: C:// is a path
BLOCK = 1 << 20  # bytes that are read, and asked of a store, at once


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Size in bytes of a file, and when it was last changed, in nanoseconds."""

    size: int
    changed: int


def is_address(name: str) -> bool:
    """Return whether a name is an address, not a path."""
    return _ADDRESS.match(name) is not None


def locate(name: str) -> str:
    """Return a name that means the same in every folder."""
    return name if is_address(name) else str(Path(name).resolve())


@lru_cache(maxsize=64)
def open_store(address: str) -> "tuple[fs.FileSystem, str]":
    """Return the file system of an address, and the path in it.

    Raises:
        ArgumentsError: pyarrow has none for it, or the address holds a key or settings.
    """
    import pyarrow
    import pyarrow.fs as fs

    scheme, _, rest = address.partition("://")
    user = rest.partition("/")[0].rpartition("@")[0]  # of abfs:// a container, without a colon
    if ":" in user or "?" in rest:
        raise ArgumentsError(
            f"{scheme}://...: found a key or settings in the address, expected {scheme}://BUCKET/"
            "NAME alone. Put them into the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, "
            "AWS_REGION, AWS_ENDPOINT_URL."
        )
    try:
        return cast("tuple[fs.FileSystem, str]", fs.FileSystem.from_uri(address))
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError, OSError, ImportError) as error:
        raise ArgumentsError(
            f"{address}: found {_first_line(error)}; expected a path, or an address that pyarrow "
            "opens, such as s3://BUCKET/NAME."
        ) from error


def find_file(name: str) -> FileFacts:
    """Return size and last change of a file.

    Raises:
        ArgumentsError: It cannot be read, or is no file.
    """
    try:
        if not is_address(name):
            stat = Path(name).stat()
            facts, is_file = FileFacts(stat.st_size, stat.st_mtime_ns), Path(name).is_file()
        else:
            store, path = open_store(name)
            info = store.get_file_info(path)
            if info.type.name == "NotFound":
                raise FileNotFoundError(2, "no such file")
            facts, is_file = FileFacts(info.size or 0, info.mtime_ns or 0), info.is_file
    except OSError as error:
        raise ArgumentsError(f"{name}: cannot be read ({_first_line(error)}).") from error
    if not is_file:
        raise ArgumentsError(f"{name}: found no file, expected text to tag.")
    return facts


def open_file(name: str, block: int = BLOCK) -> IO[bytes]:
    """Open a file to read, also from its middle, ``block`` bytes at once.

    Raises:
        CorpusNotFoundError: It cannot be read.
    """
    try:
        if not is_address(name):
            return open(name, "rb", buffering=block)
        store, path = open_store(name)
        return cast(IO[bytes], io.BufferedReader(store.open_input_file(path), block))
    except OSError as error:
        raise CorpusNotFoundError(f"{name}: cannot be read ({_first_line(error)}).") from error


def open_parquet(name: str) -> "pq.ParquetFile":
    """Open a Parquet file to read.

    Raises:
        CorpusNotFoundError: It cannot be read.
        ArgumentsError: It is no Parquet.
    """
    import pyarrow
    import pyarrow.parquet as pq

    source: Any = name
    try:
        if is_address(name):
            store, path = open_store(name)
            source = store.open_input_file(path)
        return pq.ParquetFile(source)
    except OSError as error:
        raise CorpusNotFoundError(f"{name}: cannot be read ({_first_line(error)}).") from error
    except pyarrow.ArrowInvalid as error:
        raise ArgumentsError(f"{name}: found no Parquet file, expected one by its name.") from error


@contextmanager
def open_durable(path: Path) -> Iterator[IO[bytes]]:
    """Open a path to write; what was written is on the disk afterwards."""
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _first_line(error: BaseException) -> str:
    """Return what an error says, without the pages behind it."""
    reason = error.strerror if isinstance(error, OSError) else None
    return (reason or str(error)).strip().partition("\n")[0]
