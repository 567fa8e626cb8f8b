"""What formats are recognised by: the first lines of a file, or the names in a folder."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from msra_ner.corpus.formats.json_lines import read_objects
from msra_ner.corpus.lines import open_file, read_lines
from msra_ner.errors import MsraNerError

LINES_LOOKED_AT = 1000
_BYTES_LOOKED_AT = 4096


@dataclass(frozen=True)
class Head:
    """The start of a file, or the names in a folder; a file that is not text has no lines.

    Attributes:
        path: The file or folder, which need not exist.
    """

    path: Path

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the entries of a folder."""
        return frozenset(
            entry.name for entry in (self.path.iterdir() if self.path.is_dir() else ())
        )

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The first lines of a file, blank ones too, as far as they are text."""
        lines: list[str] = []
        if self.path.is_file():
            with suppress(MsraNerError):
                lines.extend(islice(read_lines(self.path), LINES_LOOKED_AT))
        return tuple(lines)

    @cached_property
    def first_object(self) -> dict[str, Any] | None:
        """The first object of a file of JSON, or None where there is none."""
        with suppress(MsraNerError, OSError):
            if self._start[:1] in (b"{", b"["):
                return next((item for _, item in read_objects(self.path)), None)
        return None

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the first object."""
        return frozenset(self.first_object or ())

    @property
    def _start(self) -> bytes:
        """The first bytes that are not white space; a line of JSON may be too long for a line."""
        if not self.path.is_file():
            return b""
        with open_file(self.path) as file:
            return file.read(_BYTES_LOOKED_AT).removeprefix(b"\xef\xbb\xbf").lstrip()
