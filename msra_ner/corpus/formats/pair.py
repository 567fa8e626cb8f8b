"""The pair of ``sentences.txt`` and ``tags.txt``: one sentence a line, one tag a token.

Items are separated by the ASCII space alone, so U+3000, U+00A0, U+2028 and the like are tokens.
Nothing is ever padded, cut or guessed. A slow reader names what is wrong; a fast one reads whole
blocks and gives way to it where anything is odd.
"""

from collections.abc import Iterable, Iterator
from itertools import islice, repeat, zip_longest
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
import pyarrow as pa

from msra_ner.corpus.block import Block, OddFileError, check_text, slice_strings
from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.lines import CHUNK_BYTES, MAX_LINE_BYTES, open_file, read_lines, refuse
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.schemes import encode_scheme
from msra_ner.corpus.sentence import Sentence, check_writable

if TYPE_CHECKING:
    from numpy.typing import NDArray


SENTENCES_FILE = "sentences.txt"
TAGS_FILE = "tags.txt"


def is_pair(head: Head) -> bool:
    """Return whether a folder holds one of the two files."""
    return not head.names.isdisjoint((SENTENCES_FILE, TAGS_FILE))


def read_pair(folder: Path, options: ReadOptions | None = None) -> Iterator[Sentence]:
    """Yield the sentences of a folder's ``sentences.txt`` and ``tags.txt``, tags as written."""
    paths = (folder / SENTENCES_FILE, folder / TAGS_FILE)
    # Opens both, so that a missing file is met before a long one is read.
    lines = [_read_to_last_line(path) for path in paths]
    number = 0
    for number, pair in enumerate(zip_longest(*lines), 1):
        if None in pair:
            _refuse_length(paths, lines, number, pair.index(None))
        for path, line in zip(paths, pair, strict=True):
            if not line or line[0] == " " or line[-1] == " " or "  " in line:
                _refuse_items(path, number, line)
        tokens, tags = (line.split(" ") for line in pair)
        if len(tokens) != len(tags):
            found = f"{len(tags)} tags for the {len(tokens)} tokens of {paths[0]}:{number}"
            remedy = "look for a missing or extra space in either line"
            refuse(f"{paths[1]}:{number}", found, "one tag a token", remedy)
        yield Sentence(tokens, tags, f"{paths[0]}:{number}")


def locate_tag(sentence: Sentence, position: int) -> str:
    """Return the location of the tag of a token of :func:`read_pair`."""
    path, _, number = sentence.location.rpartition(":")
    return f"{Path(path).parent / TAGS_FILE}:{number} (token {position + 1})"


def write_pair(folder: Path, sentences: Iterable[Sentence], scheme: str = "iob2") -> None:
    """Write ``sentences.txt`` and ``tags.txt`` into an existing folder.

    Raises:
        CorpusError: A token is empty or holds a space or a line end, or a sentence has no tokens
            or not one tag a token; the format cannot carry these.
    """
    with (
        open(folder / SENTENCES_FILE, "w", encoding="utf-8", newline="\n") as token_file,
        open(folder / TAGS_FILE, "w", encoding="utf-8", newline="\n") as tag_file,
    ):
        for index, sentence in enumerate(sentences):
            check_writable(sentence, index, " \n\r\0", SENTENCES_FILE)
            # Readers take one U+FEFF at the start for a BOM, so a token of it needs a BOM before.
            if index == 0 and sentence.tokens[0].startswith("\ufeff"):
                token_file.write("\ufeff")
            token_file.write(" ".join(sentence.tokens) + "\n")
            tag_file.write(" ".join(encode_scheme(sentence.tags, scheme)) + "\n")


def _read_to_last_line(path: Path) -> Iterator[str]:
    """Yield the lines of a file but for blank ones at its end."""
    blank = 0
    for line in read_lines(path):
        if line:
            yield from repeat("", blank)
            yield line
        blank = 0 if line else blank + 1


def _refuse_length(
    paths: tuple[Path, Path], lines: list[Iterator[str]], number: int, shorter: int
) -> None:
    """Raise for the file that ends first, with the number of lines of both."""
    counts = [number - 1, number - 1]
    counts[1 - shorter] += 1 + sum(1 for _ in lines[1 - shorter])
    refuse(
        f"{paths[shorter]}:{number}",
        f"the end of the file, with {counts[0]} sentences and {counts[1]} lines of tags",
        "as many lines in both files",
        "find the line that one of the files lacks",
    )


def _refuse_items(path: Path, number: int, line: str) -> None:
    """Raise for an empty line, or two separators in a row."""
    if not line:
        refuse(f"{path}:{number}", "an empty line", "a sentence", "remove it from both files")
    position = line.split(" ").index("") + 1
    refuse(
        f"{path}:{number}",
        f"nothing where item {position} should be",
        "items separated by one space, none at the ends of the line",
        "remove the extra space",
    )


SPACE, LINE_END = 32, 10
BLOCK_BYTES = CHUNK_BYTES
# Bytes that the line reader treats specially, or refuses.
ODD = (b"\r", b"\0", b"\xef\xbb\xbf")


def read_pair_blocks(folder: Path, *, with_tokens: bool = True) -> Iterator[Block]:
    """Yield the sentences of a folder's ``sentences.txt`` and ``tags.txt``.

    Raises:
        OddFileError: The files do not match, or hold something that needs a closer look.
        CorpusError: A file is missing, or cannot be opened.
    """
    with open_file(folder / SENTENCES_FILE) as file, open_file(folder / TAGS_FILE) as tag_file:
        lines, tag_lines = _read_lines(file), _read_lines(tag_file)
        while taken := _take_block(lines):
            data, tag_data = b"".join(taken), b"".join(islice(tag_lines, len(taken)))
            starts, ends, offsets = _find_items(data)
            tag_starts, tag_ends, tag_offsets = _find_items(tag_data)
            # One tag a token. A line too long to be read at once makes more reads than lines.
            if len(offsets) - 1 != len(taken) or not np.array_equal(offsets, tag_offsets):
                raise OddFileError
            raw, tag_raw = np.frombuffer(data, np.uint8), np.frombuffer(tag_data, np.uint8)
            yield Block(
                offsets,
                slice_strings(raw, starts, ends) if with_tokens else pa.array([], pa.string()),
                slice_strings(tag_raw, tag_starts, tag_ends).dictionary_encode(),
            )
        if next(tag_lines, None) is not None:
            raise OddFileError


def _read_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file, each with its end, in pieces where one is too long."""
    while line := file.readline(MAX_LINE_BYTES):
        # The last line of a file may lack its end.
        yield line if line.endswith(b"\n") or len(line) == MAX_LINE_BYTES else line + b"\n"


def _take_block(lines: Iterator[bytes]) -> list[bytes]:
    """Return the next lines, as many as make up a block."""
    taken, size = [], 0
    for line in lines:
        taken.append(line)
        size += len(line)
        if size >= BLOCK_BYTES:
            break
    return taken


def _find_items(
    data: bytes,
) -> tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int32]"]:
    """Return where the items of some lines start and end, and the number of the first of each line.

    The last array has one item more than there are lines: the number of items.
    """
    check_text(data, ODD)
    raw = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero((raw == SPACE) | (raw == LINE_END))
    starts = np.concatenate(([0], ends[:-1] + 1))
    if (starts == ends).any():  # two separators in a row, or one at an end of a line
        raise OddFileError
    line_ends = np.flatnonzero(raw[ends] == LINE_END)
    return starts, ends, np.concatenate(([0], line_ends + 1)).astype(np.int32)
