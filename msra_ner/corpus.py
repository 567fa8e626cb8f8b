"""Read and write corpus files, and refuse what is wrong in them with file and line.

Two forms: a folder with ``sentences.txt`` and ``tags.txt`` (one sentence a line, items separated
by one ASCII space), and two columns (token TAB tag, a blank line after each sentence). Both are
UTF-8. Lines end at LF or CRLF alone and items at the ASCII space or the tab alone, so U+3000,
U+00A0, U+2028 and their kin are tokens. Nothing is ever padded, cut or guessed.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

from msra_ner.errors import CorpusError, CorpusNotFoundError
from msra_ner.labels import (
    OUTSIDE,
    follows_its_entity,
    is_iob1,
    label_list,
    split_tag,
    start_entities,
)

logger = logging.getLogger(__name__)

SAMPLE = "sample"  # the name of the corpus that comes with the package
SENTENCES_FILE = "sentences.txt"
TAGS_FILE = "tags.txt"
Scheme = Literal["auto", "iob2", "iob1"]
# From the index of a sentence and of a token in it to the place in the file, for messages.
Locate = Callable[[int, int], str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: ``tokens`` (in MSRA one character each) and as many IOB2 ``tags``."""

    tokens: list[str]
    tags: list[str]


def read_pair(
    folder: Path,
    *,
    scheme: Scheme = "auto",
    repair: bool = False,
    labels: Sequence[str] | None = None,
) -> list[Sentence]:
    """Return the sentences of a folder's ``sentences.txt`` and ``tags.txt``, tags as IOB2.

    Args:
        folder: Folder of one split.
        scheme: ``iob1`` converts, ``iob2`` does not, ``auto`` converts a file that can only be
            IOB1 and says so in the log.
        repair: Turn an ``I-`` that follows nothing into ``B-``, counted in the log, instead of
            refusing it.
        labels: The tags that may occur; None allows every well-formed tag.

    Raises:
        CorpusNotFoundError: A file is missing.
        CorpusError: A file breaks the format; the message names file and line.
    """
    sentences_path, tags_path = folder / SENTENCES_FILE, folder / TAGS_FILE
    sentence_lines, tag_lines = _read_lines(sentences_path), _read_lines(tags_path)
    for path, lines in ((sentences_path, sentence_lines), (tags_path, tag_lines)):
        while lines and not lines[-1]:
            lines.pop()
        for number, line in enumerate(lines, 1):
            _check_items(path, number, line)
    tokens = [line.split(" ") for line in sentence_lines]
    tags = [line.split(" ") for line in tag_lines]
    for number, (sentence, sentence_tags) in enumerate(zip(tokens, tags, strict=False), 1):
        if len(sentence) != len(sentence_tags):
            _refuse(
                f"{tags_path}:{number}",
                f"{len(sentence_tags)} tags for the {len(sentence)} tokens of "
                f"{sentences_path}:{number}",
                "one tag a token",
                "look for a missing or extra space in either line",
            )
    if len(tokens) != len(tags):
        shorter = sentences_path if len(tokens) < len(tags) else tags_path
        _refuse(
            f"{shorter}:{min(len(tokens), len(tags)) + 1}",
            f"the end of the file, with {len(tokens)} sentences and {len(tags)} lines of tags",
            "as many lines in both files",
            "find the line that one of the files lacks",
        )

    def locate(index: int, position: int) -> str:
        return f"{tags_path}:{index + 1} (token {position + 1})"

    tags = _check_tags(tags_path, tags, locate, scheme, repair, labels)
    return [Sentence(*pair) for pair in zip(tokens, tags, strict=True)]


def read_columns(
    path: Path,
    *,
    scheme: Scheme = "auto",
    repair: bool = False,
    labels: Sequence[str] | None = None,
) -> list[Sentence]:
    """Return the sentences of a two-column file (token TAB tag), tags as IOB2.

    Arguments and errors are those of :func:`read_pair`.
    """
    tokens: list[list[str]] = []
    tags: list[list[str]] = []
    first_lines: list[int] = []
    previous = ""
    for number, line in enumerate(_read_lines(path), 1):
        if line:
            if not previous:
                tokens.append([])
                tags.append([])
                first_lines.append(number)
            token, tag = _split_columns(path, number, line)
            tokens[-1].append(token)
            tags[-1].append(tag)
        previous = line

    def locate(index: int, position: int) -> str:
        return f"{path}:{first_lines[index] + position}"

    tags = _check_tags(path, tags, locate, scheme, repair, labels)
    return [Sentence(*pair) for pair in zip(tokens, tags, strict=True)]


def read_labels(path: Path) -> tuple[str, ...]:
    """Return the label list of a ``tags.txt`` that has one tag a line.

    ``O`` and the ``B-`` and ``I-`` tag of each type that occurs are always in it.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: A line is no tag.
    """
    types = []
    for number, line in enumerate(_read_lines(path), 1):
        if line:
            types.append(_tag_type(f"{path}:{number}", line))
    return label_list(entity_type for entity_type in types if entity_type)


def labels_of(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """Return the label list that the tags of sentences need, types in alphabetical order."""
    tags = {tag for sentence in sentences for tag in sentence.tags}
    return label_list(sorted({split_tag(tag)[1] for tag in tags} - {""}))


def write_pair(folder: Path, sentences: Sequence[Sentence]) -> None:
    """Write ``sentences.txt`` and ``tags.txt`` into an existing folder.

    Raises:
        CorpusError: A token is empty or holds a space or a line end, or a sentence has no tokens
            or not one tag a token; the form cannot carry these.
    """
    for index, sentence in enumerate(sentences):
        if not len(sentence.tokens) == len(sentence.tags) > 0:
            raise CorpusError(
                f"sentence {index}: found {len(sentence.tokens)} tokens and {len(sentence.tags)} "
                "tags, expected one tag a token and at least one token; leave the sentence out, or "
                "add what is missing"
            )
        for token in sentence.tokens:
            if not token or any(mark in token for mark in " \n\r"):
                raise CorpusError(
                    f"sentence {index}: found the token {token!r}, expected no empty token, space "
                    f"or line end; {SENTENCES_FILE} cannot hold it, so change or join the token"
                )
    # Readers take one U+FEFF at the start for a BOM, so a token of it needs a BOM before it.
    bom = "\ufeff" if sentences and sentences[0].tokens[0].startswith("\ufeff") else ""
    for name, start, rows in (
        (SENTENCES_FILE, bom, (sentence.tokens for sentence in sentences)),
        (TAGS_FILE, "", (sentence.tags for sentence in sentences)),
    ):
        with open(folder / name, "w", encoding="utf-8", newline="\n") as file:
            file.write(start)
            file.writelines(" ".join(row) + "\n" for row in rows)


def _read_lines(path: Path) -> list[str]:
    """Return the lines of a UTF-8 file without BOM and line ends."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise CorpusNotFoundError(
            f"{path}: no such file. A corpus folder holds {SENTENCES_FILE} and {TAGS_FILE} for "
            "each split; 'msra-ner prepare' writes them from msra_train_bio and msra_test_bio."
        ) from error
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}).") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        data = error.object  # Without the BOM: so counts error.start.
        line_number = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        _refuse(
            f"{path}:{line_number}",
            f"byte 0x{data[error.start]:02X} at byte {column} of the line, which is not UTF-8",
            "UTF-8 text",
            "convert the file, for example with: iconv -f GB18030 -t UTF-8",
        )
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, 1):
        if "\r" in line:
            _refuse(
                f"{path}:{number}",
                f"a carriage return inside {_shorten(line)}",
                "lines that end in LF or CRLF",
                "convert the line ends, or remove the character",
            )
    return lines


def _check_items(path: Path, number: int, line: str) -> None:
    """Refuse an empty line, and two separators in a row."""
    if not line:
        _refuse(f"{path}:{number}", "an empty line", "a sentence", "remove it from both files")
    if line[0] == " " or line[-1] == " " or "  " in line:
        position = line.split(" ").index("") + 1
        _refuse(
            f"{path}:{number}",
            f"nothing where item {position} should stand",
            "items separated by one space, none at the ends of the line",
            "remove the extra space",
        )


def _split_columns(path: Path, number: int, line: str) -> tuple[str, str]:
    """Return token and tag of one line of a two-column file."""
    fields = line.split("\t")
    if len(fields) != 2 or not fields[0] or not fields[1]:
        found = "no tab" if len(fields) == 1 else f"{len(fields)} fields"
        if len(fields) == 2:
            found = "an empty token" if not fields[0] else "a token without a tag"
        _refuse(
            f"{path}:{number}",
            f"{found} in {_shorten(line)}",
            "token TAB tag, or a blank line between sentences",
            "add what is missing",
        )
    if " " in fields[0]:
        _refuse(
            f"{path}:{number}",
            f"a space in the token {fields[0]!r}",
            "tokens without a space",
            "remove the line or the space; full-width spaces (U+3000) may stand",
        )
    return fields[0], fields[1]


def _check_tags(
    path: Path,
    rows: list[list[str]],
    locate: Locate,
    scheme: Scheme,
    repair: bool,
    labels: Sequence[str] | None,
) -> list[list[str]]:
    """Return the rows of tags as valid IOB2, or refuse the first tag that is not."""
    neighbours = [set(zip([OUTSIDE, *row], row, strict=False)) for row in rows]
    transitions = set().union(*neighbours)
    bad_tags = {}
    for tag in {tag for _, tag in transitions}:
        try:
            split_tag(tag)
        except ValueError as error:
            bad_tags[tag] = f"the tag {error}"
        else:
            if labels is not None and tag not in labels:
                bad_tags[tag] = f"the unknown tag {tag!r}"
    for index, row in enumerate(rows if bad_tags else ()):
        for position, tag in enumerate(row):
            if tag in bad_tags:
                _refuse(
                    locate(index, position),
                    bad_tags[tag],
                    ", ".join(labels) if labels is not None else "O, B-TYPE or I-TYPE",
                    f"correct the tag, or add its type to the corpus's {TAGS_FILE}",
                )
    stray = {pair for pair in transitions if not follows_its_entity(*pair)}
    if scheme == "iob1" or (scheme == "auto" and is_iob1(transitions)):
        logger.info("%s: IOB1 tags (entities start with I-), converted to IOB2", path)
        repair = True
    elif stray and not repair:
        _refuse_stray(rows, locate, neighbours, stray)
    if not (stray and repair):
        return rows
    started = [start_entities(row) for row in rows]
    changed = sum(count for _, count in started)
    logger.info("%s: %d I- tags that started an entity are now B-", path, changed)
    return [row for row, _ in started]


def _refuse_stray(
    rows: list[list[str]],
    locate: Locate,
    neighbours: list[set[tuple[str, str]]],
    stray: set[tuple[str, str]],
) -> NoReturn:
    """Raise for the first I- tag that follows nothing, with the number of them all."""
    index = next(index for index, pairs in enumerate(neighbours) if pairs & stray)
    row = rows[index]
    pairs = list(zip([OUTSIDE, *row], row, strict=False))
    position = next(position for position, pair in enumerate(pairs) if pair in stray)
    total = sum(start_entities(row)[1] for row in rows)
    before = f"after {pairs[position][0]}" if position else "at the start of the sentence"
    _refuse(
        locate(index, position),
        f"{row[position]} {before} (and {total - 1} more like it in the file)",
        "B- at the first token of each entity (IOB2)",
        "correct the tag, let --repair_tags turn such tags into B-, or give --scheme iob1",
    )


def _tag_type(where: str, tag: str) -> str:
    try:
        return split_tag(tag)[1]
    except ValueError as error:
        raise CorpusError(f"{where}: found the tag {error}. Correct it.") from error


def _shorten(line: str) -> str:
    return repr(line if len(line) <= 40 else line[:40] + "…")


def _refuse(where: str, found: str, expected: str, remedy: str) -> NoReturn:
    """Raise the one kind of message there is: where, found, expected, what to do."""
    raise CorpusError(f"{where}: found {found}; expected {expected}. To mend it, {remedy}.")
