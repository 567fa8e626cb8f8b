"""A sentence, and the form of a split with ``sentences.txt`` and ``tags.txt``.

One sentence a line, items separated by the ASCII space alone, so U+3000, U+00A0, U+2028 and their
kin are tokens. Nothing is ever padded, cut or guessed.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from msra_ner.errors import CorpusError
from msra_ner.labels import label_list, split_tag
from msra_ner.lines import read_lines, refuse, shorten

SAMPLE = "sample"  # the name of the corpus that comes with the package
DEFAULT_DATA_DIR = "data/msra"
DATA_DIR_VARIABLE = "MSRA_NER_DATA_DIR"  # the environment may name the corpus
SENTENCES_FILE = "sentences.txt"
TAGS_FILE = "tags.txt"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: ``tokens`` (in MSRA one character each) and as many IOB2 ``tags``.

    ``place`` says where it stands, for people: file and line. It plays no part in comparisons.
    """

    tokens: list[str]
    tags: list[str]
    place: str = field(default="", compare=False)


def choose_data_dir(data_dir: str | None) -> str:
    """Return the corpus to use: given, in the environment, ``data/msra`` if there, or sample."""
    if data_dir := data_dir or os.environ.get(DATA_DIR_VARIABLE):
        return data_dir
    return DEFAULT_DATA_DIR if Path(DEFAULT_DATA_DIR).is_dir() else SAMPLE


def read_pair(folder: Path) -> Iterator[Sentence]:
    """Yield the sentences of a folder's ``sentences.txt`` and ``tags.txt``, tags as they stand.

    Raises:
        CorpusNotFoundError: A file is missing.
        CorpusError: A file breaks the format; the message names file and line.
    """
    paths = (folder / SENTENCES_FILE, folder / TAGS_FILE)
    # Opens both, so that a missing file is met before a long one is read.
    lines = [_without_blank_end(path) for path in paths]
    number = 0
    for number, pair in enumerate(zip_longest(*lines), 1):
        if None in pair:
            _refuse_length(paths, lines, number, pair.index(None))
        for path, line in zip(paths, pair, strict=True):
            if not line or line[0] == " " or line[-1] == " " or "  " in line:
                _refuse_items(path, number, line)
        tokens, tags = (line.split(" ") for line in pair)
        if len(tokens) != len(tags):
            refuse(
                f"{paths[1]}:{number}",
                f"{len(tags)} tags for the {len(tokens)} tokens of {paths[0]}:{number}",
                "one tag a token",
                "look for a missing or extra space in either line",
            )
        yield Sentence(tokens, tags, f"{paths[0]}:{number}")


def tag_place(sentence: Sentence, position: int) -> str:
    """Return where the tag of a token of :func:`read_pair` stands."""
    path, _, number = sentence.place.rpartition(":")
    return f"{Path(path).parent / TAGS_FILE}:{number} (token {position + 1})"


def labels_of(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """Return the label list that the tags of sentences need, types in alphabetical order."""
    tags: set[str] = set()
    for sentence in sentences:
        tags.update(sentence.tags)
    return label_list(sorted({split_tag(tag)[1] for tag in tags} - {""}))


def write_pair(folder: Path, sentences: Iterable[Sentence]) -> None:
    """Write ``sentences.txt`` and ``tags.txt`` into an existing folder.

    Raises:
        CorpusError: A token is empty or holds a space or a line end, or a sentence has no tokens
            or not one tag a token; the form cannot carry these.
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
            tag_file.write(" ".join(sentence.tags) + "\n")


def check_writable(
    sentence: Sentence, index: int, marks: str, form: str, allowed: str | None = None
) -> None:
    """Refuse a sentence that cannot be written into a form of a token a line, or an item.

    Args:
        sentence: The sentence.
        index: Its number, for the message where it has no place.
        marks: Characters that end a token in the form.
        form: Name of the form.
        allowed: A token that may stand in spite of its marks.

    Raises:
        CorpusError: It has no token, not one tag a token, or a token that is empty or holds one of
            the marks.
    """
    where = sentence.place or f"sentence {index}"
    if not len(sentence.tokens) == len(sentence.tags) > 0:
        raise CorpusError(
            f"{where}: found {len(sentence.tokens)} tokens and {len(sentence.tags)} tags, expected "
            "one tag a token and at least one token; leave the sentence out, or add what is missing"
        )
    for token in sentence.tokens:
        if not token or (token != allowed and any(mark in token for mark in marks)):
            raise CorpusError(
                f"{where}: found the token {shorten(token)}, expected no empty token, space, NUL "
                f"or line end; {form} cannot hold it, so change or join the token"
            )


def _without_blank_end(path: Path) -> Iterator[str]:
    """Yield the lines of a file but for blank ones at its end."""
    blank = 0
    for line in read_lines(path):
        if not line:
            blank += 1
            continue
        for _ in range(blank):
            yield ""
        blank = 0
        yield line


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
        f"nothing where item {position} should stand",
        "items separated by one space, none at the ends of the line",
        "remove the extra space",
    )
