"""The objects of a JSON array, or of a file of objects over several lines, one at a time."""

import codecs
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from msra_ner.corpus.lines import CHUNK_BYTES, MAX_LINE_BYTES, open_file, refuse, shorten

_WHITE_SPACE = " \t\r\n"


class JsonStream:
    """Reads the values of a file, each of them into memory, never the whole file.

    Args:
        path: The file.
        decoder: Decodes a value; ValueError is turned into a refusal.
    """

    def __init__(self, path: Path, decoder: json.JSONDecoder):
        self._path = path
        self._decoder = decoder
        self._text = ""  # what has been read and is not consumed
        self._position = 0  # of the next character in it
        self._line = 1

    def read(self) -> Iterator[tuple[str, Any]]:
        """Yield the location and value of each item of an array, or of each value of the file.

        Raises:
            CorpusError: The file is not JSON, or an item is longer than ``MAX_LINE_BYTES``.
        """
        with open_file(self._path) as file:
            decode = codecs.getincrementaldecoder("utf-8-sig")().decode
            self._read_more = lambda: self._append(file.read(CHUNK_BYTES), decode)
            in_array = self._peek() == "["
            if in_array:
                self._step()
            number, before = 0, 0
            while (character := self._peek()) and character != "]":
                number = number + 1 if self._line == before else 1
                before = self._line
                where = f"{self._path}:{self._line}" + (f" (item {number})" if number > 1 else "")
                yield where, self._decode(where)
                if in_array and self._peek() == ",":
                    self._step()
                    if self._peek() == "]":
                        self._refuse("a comma behind the last item", "remove it")
                elif in_array and self._peek() not in ("", "]"):
                    self._refuse(
                        f"{shorten(self._text[self._position :])} behind an item", "end it"
                    )
            if not in_array:
                return
            if self._peek() != "]":
                self._refuse("the end of the file inside an array", "look whether it is whole")
            self._step()
            if self._peek():
                self._refuse("something behind the array", "give one array a file")

    _read_more: Callable[[], bool]

    def _append(self, data: bytes, decode: Callable[..., str]) -> bool:
        """Add some bytes to the text; return whether there were any."""
        try:
            self._text = self._text[self._position :] + decode(data, final=not data)
        except UnicodeDecodeError as error:
            self._refuse(
                f"bytes that are not UTF-8 ({error.reason}), on this line or below it",
                "convert the file, for example with: iconv -f GB18030 -t UTF-8",
            )
        self._position = 0
        return bool(data)

    def _peek(self) -> str:
        """Return the next character that is not white space, or nothing at the end."""
        while True:
            while self._position < len(self._text):
                character = self._text[self._position]
                if character not in _WHITE_SPACE:
                    return character
                self._step()
            if not self._read_more():
                return ""

    def _step(self) -> None:
        self._line += self._text[self._position] == "\n"
        self._position += 1

    def _decode(self, where: str) -> Any:
        """Return the value that begins at the position."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._position)
            except json.JSONDecodeError as error:
                long = len(self._text) - self._position > MAX_LINE_BYTES
                if not long and self._read_more():
                    continue
                found = f"an item of more than {MAX_LINE_BYTES >> 20} MiB"
                if not long:
                    line = self._line + self._text.count("\n", self._position, error.pos)
                    found = f"{error.msg} in line {line}, column {error.colno}"
                refuse(where, found, "JSON", "correct it")
            except ValueError as error:
                refuse(where, str(error), "JSON", "correct it")
            except RecursionError:
                refuse(where, "JSON that is nested too deeply", "an object", "correct it")
            # A number may go on in the next piece; objects and lists end where they end.
            self._line += self._text.count("\n", self._position, end)
            self._position = end
            return value

    def _refuse(self, found: str, remedy: str) -> NoReturn:
        refuse(f"{self._path}:{self._line}", found, "a JSON array", remedy)
