"""A whole corpus: its splits, their labels, and the files that they come from."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from msra_ner.argument_types import check_argument_types
from msra_ner.corpus.column_names import check_column_roles
from msra_ner.corpus.folder_entries import (
    find_format,
    find_splits,
    is_parquet_folder,
    is_split,
    refuse_mixed,
)
from msra_ner.corpus.formats.catalogue import FORMATS, TagFormat
from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.formats.hub import load_hub_dataset
from msra_ner.corpus.formats.pair import SENTENCES_FILE, TAGS_FILE
from msra_ner.corpus.lines import open_file, read_lines, refuse
from msra_ner.corpus.location import HUB_PREFIX, SAMPLE, SAMPLE_DIR
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.split import CorpusSplit, HeldOutSplit, TagSplit, join_splits, open_split
from msra_ner.corpus.split_names import DEFAULT_VAL_SIZE, RAW_TRAIN_FILE, SPLIT_WORDS
from msra_ner.errors import CorpusError, CorpusNotFoundError, MsraNerError
from msra_ner.labels import MSRA_TYPES, label_list, parse_tag

logger = logging.getLogger(__name__)

MANY_TYPES = 500


@dataclass(frozen=True)
class Corpus:
    """The splits of a corpus, under datasets' names, in the order train, validation, test.

    Attributes:
        folder: Where it is, for messages.
        splits: The files of each split.
        known_labels: The label list that comes with the corpus (``tags.txt``), or None.
        identity: What the sentences depend on besides the files of the splits.
    """

    folder: Path
    splits: dict[str, CorpusSplit]
    known_labels: tuple[str, ...] | None = None
    identity: bytes = b""

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The label list that comes with the corpus, else that of the tags of all splits."""
        if self.known_labels is not None:
            return self.known_labels
        types = set().union(*(split.types for split in self.splits.values()))
        if len(types) > MANY_TYPES:
            what = "entity types; so many are rather ids: see whether --tag_column is right"
            logger.warning("%s: %d %s", self.folder, len(types), what)
        return label_list(sorted(types))

    def files(self) -> list[Path]:
        """Return all files of the splits, in a fixed order."""
        files: set[Path] = set()
        for split in self.splits.values():
            inside = split.path.iterdir() if split.path.is_dir() else [split.path]
            files.update(path for path in inside if path.is_file())
        return sorted(files)


@check_argument_types
def open_corpus(data_dir: str | Path, options: ReadOptions | None = None) -> Corpus:
    """Return the corpus of a folder, of one file (as train), of the Hub, or the ``sample``.

    A split is a file or folder whose name says so (``train``, ``val`` or ``dev``, ``test``). What
    belongs to no split is named in the log.

    Raises:
        CorpusNotFoundError: No such folder, or no split in it.
        CorpusError: Two entries for one split, or an entry of no known format.
    """
    options = options or ReadOptions()
    if str(data_dir).startswith(HUB_PREFIX):
        if name := str(data_dir).removeprefix(HUB_PREFIX):
            return _open_hub(name, options)
        raise CorpusNotFoundError(f"{data_dir}: found no name, expected {HUB_PREFIX}USER/NAME.")
    path = SAMPLE_DIR if str(data_dir) == SAMPLE else Path(data_dir)
    try:
        return _open_path(path, options)
    except MsraNerError:
        raise
    except (OSError, ValueError) as error:  # no right to read it, or a name with a NUL
        reason = getattr(error, "strerror", None) or error
        raise CorpusError(f"{path}: cannot be read ({reason}). Check the folder.") from error


def _open_path(path: Path, options: ReadOptions) -> Corpus:
    """Return the corpus of a folder or file."""
    is_file = path.is_file()
    if not is_file and not path.is_dir():
        if os.path.lexists(path):
            open_file(path).close()  # says why not: a loop of links, a pipe, ...
        raise CorpusNotFoundError(
            f"{path}: no such folder. Give the folder of a corpus (docs/reference/corpus.md "
            f"shows what is read), hub:NAME for a dataset of the Hub, or '{SAMPLE}' for "
            "the embedded sample."
        )
    entries = [] if is_file else sorted(path.iterdir())
    if (options.format == "hub" and path != SAMPLE_DIR) or (
        options.format == "auto" and is_parquet_folder(path, entries, options)
    ):
        return _open_hub(str(path), options)
    if is_file or is_split(path):
        refuse_mixed(path, entries)
        splits = _open_splits({"train": path}, options)
        return Corpus(path, _hold_out(splits, options.val_size or 0))
    splits = _open_splits(find_splits(path, entries, options), options)
    held_out = _hold_out(splits, _choose_val_size(splits, options))
    label_file = path / TAGS_FILE
    # A folder or a broken link of that name is refused, not passed over.
    if not os.path.lexists(label_file):
        return Corpus(path, held_out)
    return Corpus(path, held_out, read_labels(label_file), label_file.read_bytes())


def open_raw_files(paths: Mapping[str, Path], options: ReadOptions) -> Corpus:
    """Return the corpus of the two raw files, of ``train`` and ``test``.

    Val is taken from train as ``prepare`` does, except with ``val_size=0``.
    """
    splits = {name: open_split(path, FORMATS["columns"], options) for name, path in paths.items()}
    join_splits(splits.values())
    size = DEFAULT_VAL_SIZE if options.val_size is None else options.val_size
    return Corpus(paths["train"].parent, _hold_out(splits, size), label_list(MSRA_TYPES))


def read_labels(path: Path) -> tuple[str, ...]:
    """Return the label list of a ``tags.txt`` that has one tag a line, of any scheme.

    ``O`` and the ``B-`` and ``I-`` tag of each type that occurs are always in it.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: A line is not a tag.
    """
    types = []
    for number, line in enumerate(read_lines(path), 1):
        if line:
            try:
                types.append(parse_tag(line, any_scheme=True).type)
            except ValueError as error:
                expected = "one tag a line, each tag once"
                refuse(f"{path}:{number}", f"the tag {error}", expected, "correct it")
    return label_list(entity_type for entity_type in types if entity_type)


def _open_splits(paths: Mapping[str, Path], options: ReadOptions) -> dict[str, CorpusSplit]:
    splits = {
        name: open_split(path, find_format(path, options), options) for name, path in paths.items()
    }
    join_splits(splits.values())
    for split in splits.values():
        if split.format is FORMATS["pair"]:
            names = {path.name for path in split.path.iterdir() if not path.name.startswith(".")}
            if rest := sorted(names - {SENTENCES_FILE, TAGS_FILE}):
                logger.info("%s: not read: %s", split.path, ", ".join(rest))
    return splits


def _open_hub(name: str, options: ReadOptions) -> Corpus:
    """Return the corpus of a dataset of the Hub, or of a folder that `datasets` can load."""
    check_column_roles(options.column, "hub", ("tokens", "tags"))
    found, labels = load_hub_dataset(name, options)
    splits = {
        split: TagSplit(Path(name), TagFormat("hub", _is_no_file, rows.read), options)
        for split, rows in found.items()
    }
    join_splits(splits.values())
    identity = "".join(rows.hash_rows() for rows in found.values())
    held_out = _hold_out(splits, _choose_val_size(splits, options))
    return Corpus(Path(name), held_out, labels, identity.encode())


def _is_no_file(head: Head) -> bool:
    return False


def _choose_val_size(splits: Mapping[str, CorpusSplit], options: ReadOptions) -> int:
    """Return how many sentences val takes from train: as asked, and as usual for MSRA's files."""
    if options.val_size is not None:
        return options.val_size
    is_raw = "train" in splits and splits["train"].path.stem == RAW_TRAIN_FILE
    return DEFAULT_VAL_SIZE if is_raw else 0


def _hold_out(splits: Mapping[str, CorpusSplit], size: int) -> dict[str, CorpusSplit]:
    """Return the splits in order, val taken from train where there is none."""
    found = dict(splits)
    if size and "train" in found and "validation" not in found:
        train = found["train"]
        logger.info("%s: %d sentences of it for val (the rule of 'prepare')", train.path, size)
        for name, is_val in (("train", False), ("validation", True)):
            found[name] = HeldOutSplit(train.path, train.format, train, size, is_val)
    return {name: found[name] for name in SPLIT_WORDS if name in found}
