"""A whole corpus: which splits a folder holds, in which form, and which labels."""

import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from msra_ner.corpus import SAMPLE, SENTENCES_FILE, TAGS_FILE, Sentence
from msra_ner.corpus_split import DividedSplit, Split
from msra_ner.errors import CorpusError, CorpusNotFoundError, MsraNerError
from msra_ner.forms import FORMS, TagForm, TextForm, is_bare_text, nearest, recognise
from msra_ner.hub_rows import load_hub_dataset
from msra_ner.labels import MSRA_TYPES, label_list
from msra_ner.lines import open_file, read_lines, refuse
from msra_ner.read_options import ReadOptions
from msra_ner.schemes import parse_tag
from msra_ner.splits import DEFAULT_VAL_SIZE, RAW_TRAIN_FILE, SPLIT_WORDS, split_of

logger = logging.getLogger(__name__)

HUB_PREFIX = "hub:"
SAMPLE_DIR = Path(__file__).parent / SAMPLE


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
    splits: dict[str, Split | DividedSplit]
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
        CorpusError: Two entries for one split, or an entry of no known form.
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
            entries and options.format == "auto" and _is_parquet(folder, entries, options)
        ):
            return _open_hub(str(folder), options)
        if entries is None or _is_split(folder):
            _refuse_mixed(folder, entries or [])
            alone = Split(folder, _form_of(folder, options), options)
            only: dict[str, Split | DividedSplit] = {"train": alone}
            _divide(only, options.val_size or 0)
            _log_rest(alone)
            return Corpus(folder, _in_order(only))
        splits: dict[str, Split | DividedSplit] = {
            name: Split(path, _form_of(path, options), options)
            for name, path in _find_splits(folder, entries, options).items()
        }
    except (OSError, ValueError) as error:
        if isinstance(error, MsraNerError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise CorpusError(f"{folder}: cannot be read ({reason}). Check the folder.") from error
    for split in splits.values():
        _log_rest(split)
    _divide_as_asked(splits, options)
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
    form = FORMS["columns"]
    splits: dict[str, Split | DividedSplit] = {
        name: Split(path, form, options) for name, path in paths.items()
    }
    size = DEFAULT_VAL_SIZE if options.val_size is None else options.val_size
    _divide(splits, size)
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
                types.append(parse_tag(line).type)
            except ValueError as error:
                raise CorpusError(
                    f"{path}:{number}: found the tag {error}. Correct it; this file holds one tag "
                    "a line, each tag once."
                ) from error
    return label_list(entity_type for entity_type in types if entity_type)


def _find_splits(folder: Path, entries: list[Path], options: ReadOptions) -> dict[str, Path]:
    """Return the entry of each split; refuse where two could be meant."""
    candidates: dict[str, list[Path]] = {}
    others = []
    for entry in entries:
        name = split_of(entry.name)
        if name is None:
            others.append(entry.name)
        else:
            candidates.setdefault(name, []).append(entry)
    found = {}
    for name, paths in candidates.items():
        # Beside a corpus there may lie a log or a README of a split; a lone candidate is read, so
        # that what is wrong in it is told.
        known = [path for path in paths if _known_form(path, options)]
        if len(known) > 1 or (len(paths) > 1 and not known):
            names = ", ".join(path.name for path in known or paths)
            raise CorpusError(
                f"{folder}: found {names} for the split {name!r}, expected one of them. Remove or "
                "rename the others, or give --format."
            )
        if name == "test" and not known and is_bare_text(paths[0]):
            logger.warning("%s: texts without labels, left out; 'predict' can tag them", paths[0])
            continue
        found[name] = (known or paths)[0]
        others += [path.name for path in paths if path != found[name]]
    if not found:
        raise CorpusNotFoundError(
            f"{folder}: found no split, expected a file or folder for each, named train, val (or "
            f"dev) and test: for example train/ with {SENTENCES_FILE} and {TAGS_FILE}, or "
            "train.txt, or train.jsonl. docs/corpus.md shows what is read."
        )
    others = [name for name in others if name != TAGS_FILE and not name.startswith(".")]
    if others:
        logger.info("%s: no part of the corpus by their names: %s", folder, ", ".join(others))
    return found


def _log_rest(split: Split | DividedSplit) -> None:
    """Name in the log what a folder of two files holds beside them."""
    if split.form is FORMS["pair"]:
        names = {path.name for path in split.path.iterdir() if not path.name.startswith(".")}
        if rest := sorted(names - {SENTENCES_FILE, TAGS_FILE}):
            logger.info("%s: not read: %s", split.path, ", ".join(rest))


def _is_parquet(folder: Path, entries: list[Path], options: ReadOptions) -> bool:
    """Return whether a folder holds Parquet files; refuse where it holds another form too."""
    files = (path for pattern in ("*", "*/*") for path in folder.glob(f"{pattern}.parquet"))
    parquet = next(files, None)
    if parquet is None:
        return False
    splits = (path for path in entries if split_of(path.name))
    other = next((path for path in splits if _known_form(path, options)), None)
    if other is not None or _is_split(folder):
        refuse(
            folder,
            f"{other.name if other else SENTENCES_FILE} and {parquet.relative_to(folder)}",
            "a corpus in one form",
            "give --format (hub for Parquet files), or remove what is not meant",
        )
    return True


def _refuse_mixed(folder: Path, entries: list[Path]) -> None:
    """Refuse a folder that is a split by its files, though they, or folders in it, are splits."""
    inner = [path.name for path in entries if path.is_dir() and split_of(path.name)]
    documents = {split_of(path.stem): path.name for path in entries if path.suffix == ".ann"}
    documents.pop(None, None)
    if inner or len(documents) > 1:
        refuse(
            folder,
            f"{', '.join(inner or documents.values())} in a folder that is a split itself",
            "a folder for each split, or one split alone",
            "move the files of each split into train/, val/ or test/, or name the folder of one",
        )


def _is_split(folder: Path) -> bool:
    """Return whether a folder is itself a split, not a folder of splits."""
    # A corpus folder may hold a tags.txt too, with its label list.
    return (folder / SENTENCES_FILE).exists() or recognise(folder) == "brat"


def _known_form(path: Path, options: ReadOptions) -> TagForm | TextForm | None:
    """Return the form of a file or folder, the one asked for or the one recognised, if it fits."""
    form = FORMS.get(recognise(path) or "" if options.format == "auto" else options.format)
    return form if form is None or form.is_folder == path.is_dir() else None


def _form_of(path: Path, options: ReadOptions) -> TagForm | TextForm:
    """Return the form of what is meant to be a split."""
    form = _known_form(path, options)
    if form is None and not path.is_dir():
        open_file(path).close()  # says what is wrong with a broken link, a pipe, ...
        if options.format == "auto":
            # Its first line is broken, or it is something else: reading it says which.
            form = FORMS[nearest(path)]
    if form is None:
        refuse(
            path,
            f"a {'folder' if path.is_dir() else 'file'} that is no corpus",
            f"the form {options.format}" if options.format != "auto" else "one of the known forms",
            "check the name, or give --format; docs/corpus.md shows what is read",
        )
    return form


def _open_hub(name: str, options: ReadOptions) -> Corpus:
    """Return the corpus of a dataset of the Hub, or of a folder that `datasets` can load."""
    dataset = load_hub_dataset(name)
    identity = "".join(split.fingerprint for split in dataset.splits.values())
    splits: dict[str, Split | DividedSplit] = {
        split: Split(Path(name), TagForm("hub", rows.read, _read_only), options)
        for split, rows in dataset.splits.items()
    }
    _divide_as_asked(splits, options)
    return Corpus(Path(name), _in_order(splits), dataset.labels, identity.encode())


def _read_only(path: Path, sentences: Iterable[Sentence], scheme: str) -> None:
    raise CorpusError(
        f"{path}: the form hub is written by 'msra-ner dataset export', not by convert. Use that."
    )


def _divide_as_asked(splits: dict[str, Split | DividedSplit], options: ReadOptions) -> None:
    """Take val from train where there is none and it was asked for, or the files are MSRA's."""
    size = options.val_size
    if size is None:
        is_raw = "train" in splits and splits["train"].path.stem == RAW_TRAIN_FILE
        size = DEFAULT_VAL_SIZE if is_raw else 0
    _divide(splits, size)


def _divide(splits: dict[str, Split | DividedSplit], size: int) -> None:
    train = splits.get("train")
    if size and "validation" not in splits and isinstance(train, Split):
        logger.info("%s: %d sentences of it for val (the rule of 'prepare')", train.path, size)
        splits["train"] = DividedSplit(train, size, is_val=False)
        splits["validation"] = DividedSplit(train, size, is_val=True)


def _in_order(splits: dict[str, Split | DividedSplit]) -> dict[str, Split | DividedSplit]:
    return {name: splits[name] for name in SPLIT_WORDS if name in splits}
