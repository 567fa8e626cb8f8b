"""Read text files line by line, in bounded memory, and refuse what is not text, with its location.

Lines end at LF or CRLF only, so U+2028 and its like are characters as any other.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NoReturn

from msra_ner.errors import CorpusError, CorpusNotFoundError

CHUNK_BYTES = 1 << 20
# No sentence is that long; what is, is a file of another kind, and would not fit in memory.
_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
MAX_LINE_BYTES = 4 << 20


def refuse(where: str | Path, found: str, expected: str, remedy: str) -> NoReturn:
    """Raise the error for something wrong in a corpus.

    Raises:
        CorpusError: Always.
    """
    raise CorpusError(
        f"{where}: found {cut_text(found)}; expected {cut_text(expected)}. To fix it, {remedy}."
    )


def is_text(value: str) -> bool:
    r"""Return whether a string holds only whole characters, so that UTF-8 can hold it.

    JSON and Python strings can hold half of a surrogate pair, which is not a character.

    >>> is_text("😀"), is_text("\ud83d")
    (True, False)
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def shorten(text: str, limit: int = 40) -> str:
    """Return a text for a message: quoted, and cut where it is long."""
    return repr(cut_text(text, limit))


def cut_text(text: str, limit: int = 1000) -> str:
    """Return a part of a message, cut where a file with one endless item makes it endless."""
    return text if len(text) <= limit else text[:limit] + "…"


def open_file(path: Path) -> IO[bytes]:
    """Open a file of a corpus.

    Raises:
        CorpusNotFoundError: There is no such file.
        CorpusError: It cannot be opened, or is not a file.
    """
    if os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path)):
        # To open a pipe would wait for its writer, and the files are read more than once.
        raise CorpusError(
            f"{path}: found a pipe or device, expected a regular file; save it as a file."
        )
    try:
        return open(path, "rb")
    except FileNotFoundError as error:
        raise CorpusNotFoundError(
            f"{path}: no such file. Check the name; docs/reference/corpus.md shows the formats of "
            "a corpus and the files that belong to each."
        ) from error
    except IsADirectoryError as error:
        raise CorpusError(f"{path}: found a folder, expected a file.") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL
        reason = getattr(error, "strerror", None) or error
        raise CorpusError(f"{path}: cannot be read ({reason}). Check the file.") from error


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 file without BOM and line ends.

    Raises:
        CorpusNotFoundError: There is no such file.
        CorpusError: It cannot be read, is not UTF-8, holds NUL or a stray carriage return, or a
            line of more than ``MAX_LINE_BYTES``.
    """
    with open_file(path) as file:
        number, rest = 1, b""
        while True:
            try:
                chunk = file.read(CHUNK_BYTES)
            except OSError as error:
                raise CorpusError(f"{path}: cannot be read ({error.strerror}).") from error
            data = rest + chunk
            if number == 1 and data.startswith(b"\xef\xbb\xbf") and not rest:
                data = data[3:]
            end = data.rfind(b"\n") + 1 if chunk else len(data)
            lines = _decode(path, number, data[:end])
            yield from lines
            number += len(lines)
            rest = data[end:]
            if len(rest) > MAX_LINE_BYTES:
                refuse(
                    f"{path}:{number}",
                    f"a line of more than {MAX_LINE_BYTES >> 20} MiB",
                    "a line for each token, sentence or text",
                    "cut the text into sentences, or check that this is the right file",
                )
            if not chunk:
                return


def _decode(path: Path, first: int, data: bytes) -> list[str]:
    """Return the lines of some bytes that end where a line ends; ``first`` is their number."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_bytes(path, first, data, error.start)
    if "\0" in text:
        _refuse_compressed(path, first, data)
        number = first + text.count("\n", 0, text.index("\0"))
        refuse(
            f"{path}:{number}",
            "a NUL character",
            "UTF-8 text",
            "remove it; a file full of them is UTF-16 (convert with: iconv -f UTF-16 -t UTF-8) "
            "or not text at all",
        )
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    if "\r" in text:
        lines = [line.removesuffix("\r") for line in lines]
        for number, line in enumerate(lines, first):
            if "\r" in line:
                refuse(
                    f"{path}:{number}",
                    f"a carriage return inside {shorten(line)}",
                    "lines that end in LF or CRLF",
                    "convert the line ends, or remove the character",
                )
    return lines


def _refuse_compressed(path: Path, first: int, data: bytes) -> None:
    """Refuse the first bytes of gzip, zip, bzip2, xz, 7-Zip and RAR."""
    if first == 1 and data.startswith(_COMPRESSED):
        refuse(path, "a compressed file", "a file of text", "unpack it")


def _refuse_bytes(path: Path, first: int, data: bytes, position: int) -> NoReturn:
    number = first + data.count(b"\n", 0, position)
    column = position - data.rfind(b"\n", 0, position)
    _refuse_compressed(path, first, data)
    utf16 = first == 1 and data[:2] in (b"\xff\xfe", b"\xfe\xff")
    refuse(
        f"{path}:{number}",
        f"byte 0x{data[position]:02X} at byte {column} of the line, which is not UTF-8",
        "UTF-8 text",
        f"convert the file, for example with: iconv -f {'UTF-16' if utf16 else 'GB18030'} -t UTF-8",
    )
