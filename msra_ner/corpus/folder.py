"""A whole corpus: its splits, their labels, and the files that they come from."""

import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from msra_ner.corpus.folder_entries import (
    find_format,
    find_splits,
    is_parquet_folder,
    is_split,
    refuse_mixed,
)
from msra_ner.corpus.formats.catalogue import FORMATS, TagFormat
from msra_ner.corpus.formats.hub import load_hub_dataset
from msra_ner.corpus.formats.pair import SENTENCES_FILE, TAGS_FILE
from msra_ner.corpus.lines import open_file, read_lines
from msra_ner.corpus.location import HUB_PREFIX, SAMPLE, SAMPLE_DIR
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.sentence import Sentence
from msra_ner.corpus.split import HeldOutSplit, Split
from msra_ner.corpus.split_names import DEFAULT_VAL_SIZE, RAW_TRAIN_FILE, SPLIT_WORDS
from msra_ner.errors import CorpusError, CorpusNotFoundError, MsraNerError
from msra_ner.labels import MSRA_TYPES, label_list, parse_tag

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Corpus:
    """The splits of a corpus, under datasets' names, in the order train, validation, test.

    Args:
        folder: Where it is, for messages.
        splits: The files of each split.
        known_labels: The label list that comes with the corpus (``tags.txt``), or None.
        identity: What the sentences depend on beside the files of the splits.
    """

    folder: Path
    splits: dict[str, Split | HeldOutSplit]
    known_labels: tuple[str, ...] | None = None
    identity: bytes = b""

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The label list: that which came with the corpus, else from the tags of all splits."""
        if self.known_labels is not None:
            return self.known_labels
        return label_list(sorted(set().union(*(split.types for split in self.splits.values()))))

    def files(self) -> list[Path]:
        """Return all files of the splits, in a fixed order."""
        files: set[Path] = set()
        for split in self.splits.values():
            inside = split.path.iterdir() if split.path.is_dir() else [split.path]
            files.update(path for path in inside if path.is_file())
        return sorted(files)


def open_corpus(data_dir: str | Path, options: ReadOptions | None = None) -> Corpus:
    """Return the corpus of a folder, of one file (as train), or the embedded ``sample``.

    A split is a file or folder whose name says so (``train``, ``val`` or ``dev``, ``test``). What
    belongs to no split is named in the log.

    Raises:
        CorpusNotFoundError: No such folder, or no split in it.
        CorpusError: Two entries for one split, or an entry of no known format.
    """
    options = options or ReadOptions()
    if str(data_dir).startswith(HUB_PREFIX):
        name = str(data_dir).removeprefix(HUB_PREFIX)
        if not name:
            raise CorpusNotFoundError(f"{data_dir}: found no name, expected {HUB_PREFIX}USER/NAME.")
        return _open_hub(name, options)
    folder = SAMPLE_DIR if str(data_dir) == SAMPLE else Path(data_dir)
    try:
        entries = sorted(folder.iterdir()) if folder.is_dir() else None
        if entries is None and not folder.is_file():
            if os.path.lexists(folder):
                open_file(folder).close()  # says why not: a loop of links, a pipe, ...
            raise CorpusNotFoundError(
                f"{folder}: no such folder. Give the folder of a corpus (docs/corpus.md shows what "
                f"is read), hub:NAME for a dataset of the Hub, or '{SAMPLE}' for the embedded "
                "sample corpus."
            )
        if (options.format == "hub" and folder != SAMPLE_DIR) or (
            entries and options.format == "auto" and is_parquet_folder(folder, entries, options)
        ):
            return _open_hub(str(folder), options)
        if entries is None or is_split(folder):
            refuse_mixed(folder, entries or [])
            alone = Split(folder, find_format(folder, options), options)
            only: dict[str, Split | HeldOutSplit] = {"train": alone}
            _hold_out(only, options.val_size or 0)
            _log_rest(alone)
            return Corpus(folder, _in_order(only))
        splits: dict[str, Split | HeldOutSplit] = {
            name: Split(path, find_format(path, options), options)
            for name, path in find_splits(folder, entries, options).items()
        }
    except (OSError, ValueError) as error:
        if isinstance(error, MsraNerError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise CorpusError(f"{folder}: cannot be read ({reason}). Check the folder.") from error
    for split in splits.values():
        _log_rest(split)
    _hold_out_as_asked(splits, options)
    label_file = folder / TAGS_FILE
    # A folder or a broken link of that name is refused, not passed over.
    has_labels = os.path.lexists(label_file)
    return Corpus(
        folder,
        _in_order(splits),
        read_labels(label_file) if has_labels else None,
        label_file.read_bytes() if has_labels else b"",
    )


def open_raw_files(paths: Mapping[str, Path], options: ReadOptions) -> Corpus:
    """Return the corpus of the two raw files, val taken from train as ``prepare`` does.

    Args:
        paths: The files of ``train`` and ``test``.
        options: How to read them; ``val_size=0`` leaves train whole.
    """
    format = FORMATS["columns"]
    splits: dict[str, Split | HeldOutSplit] = {
        name: Split(path, format, options) for name, path in paths.items()
    }
    size = DEFAULT_VAL_SIZE if options.val_size is None else options.val_size
    _hold_out(splits, size)
    return Corpus(paths["train"].parent, _in_order(splits), label_list(MSRA_TYPES))


def read_labels(path: Path) -> tuple[str, ...]:
    """Return the label list of a ``tags.txt`` that has one tag a line, of any scheme.

    ``O`` and the ``B-`` and ``I-`` tag of each type that occurs are always in it.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: A line is no tag.
    """
    types = []
    for number, line in enumerate(read_lines(path), 1):
        if line:
            try:
                types.append(parse_tag(line, any_scheme=True).type)
            except ValueError as error:
                raise CorpusError(
                    f"{path}:{number}: found the tag {error}. Correct it; this file holds one tag "
                    "a line, each tag once."
                ) from error
    return label_list(entity_type for entity_type in types if entity_type)


def _log_rest(split: Split | HeldOutSplit) -> None:
    """Name in the log what a folder of two files holds beside them."""
    if split.format is FORMATS["pair"]:
        names = {path.name for path in split.path.iterdir() if not path.name.startswith(".")}
        if rest := sorted(names - {SENTENCES_FILE, TAGS_FILE}):
            logger.info("%s: not read: %s", split.path, ", ".join(rest))


def _open_hub(name: str, options: ReadOptions) -> Corpus:
    """Return the corpus of a dataset of the Hub, or of a folder that `datasets` can load."""
    dataset = load_hub_dataset(name)
    identity = "".join(split.fingerprint for split in dataset.splits.values())
    splits: dict[str, Split | HeldOutSplit] = {
        split: Split(Path(name), TagFormat("hub", rows.read, _read_only), options)
        for split, rows in dataset.splits.items()
    }
    _hold_out_as_asked(splits, options)
    return Corpus(Path(name), _in_order(splits), dataset.labels, identity.encode())


def _read_only(path: Path, sentences: Iterable[Sentence], scheme: str) -> None:
    raise CorpusError(
        f"{path}: the format hub is written by 'msra-ner dataset export', not by convert. Use that."
    )


def _hold_out_as_asked(splits: dict[str, Split | HeldOutSplit], options: ReadOptions) -> None:
    """Take val from train where there is none and it was asked for, or the files are MSRA's."""
    size = options.val_size
    if size is None:
        is_raw = "train" in splits and splits["train"].path.stem == RAW_TRAIN_FILE
        size = DEFAULT_VAL_SIZE if is_raw else 0
    _hold_out(splits, size)


def _hold_out(splits: dict[str, Split | HeldOutSplit], size: int) -> None:
    train = splits.get("train")
    if size and "validation" not in splits and isinstance(train, Split):
        logger.info("%s: %d sentences of it for val (the rule of 'prepare')", train.path, size)
        splits["train"] = HeldOutSplit(train, size, is_val=False)
        splits["validation"] = HeldOutSplit(train, size, is_val=True)


def _in_order(splits: dict[str, Split | HeldOutSplit]) -> dict[str, Split | HeldOutSplit]:
    return {name: splits[name] for name in SPLIT_WORDS if name in splits}
