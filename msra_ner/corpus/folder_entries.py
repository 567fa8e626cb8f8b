"""Which file or folder holds which split, and in which format."""

import logging
from pathlib import Path

from msra_ner.corpus.formats.catalogue import FORMATS, TagFormat, TextFormat, recognise_format
from msra_ner.corpus.formats.detect import guess_format, is_unlabelled
from msra_ner.corpus.formats.pair import SENTENCES_FILE, TAGS_FILE
from msra_ner.corpus.formats.unread import find_unread_form
from msra_ner.corpus.lines import open_file, refuse
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.split_names import recognise_split
from msra_ner.errors import CorpusError, CorpusNotFoundError

logger = logging.getLogger(__name__)

# Endings of files that are no split beside one, though their names may begin like it.
_NO_DATA = (
    *(".cfg", ".gif", ".htm", ".html", ".ini", ".jpg", ".log", ".md", ".pdf", ".png", ".py"),
    *(".rst", ".sh", ".svg", ".toml", ".yaml", ".yml", ".gz", ".tar", ".zip"),
)


def find_splits(folder: Path, entries: list[Path], options: ReadOptions) -> dict[str, Path]:
    """Return the entry of each split; refuse where two could be meant."""
    candidates: dict[str, list[Path]] = {}
    others: list[Path] = []
    for entry in entries:
        name = recognise_split(entry.name)
        if name is None:
            others.append(entry)
        else:
            candidates.setdefault(name, []).append(entry)
    found = {}
    for name, paths in candidates.items():
        # A log or a README may be named after a split; a lone candidate is read, so that its
        # reader says what is wrong in it.
        known = [path for path in paths if _match_format(path, options)]
        meant = [path for path in paths if path in known or _may_be_split(path)] or paths
        if len(meant) > 1:
            names = ", ".join(
                path.name if path in known else f"{path.name} (in no known format)"
                for path in meant
            )
            raise CorpusError(
                f"{folder}: found {names} for the split {name!r}, expected one file or folder. "
                "Remove or rename the others, or give --format."
            )
        if name == "test" and not known and is_unlabelled(paths[0]):
            logger.warning("%s: texts without labels, left out; 'predict' can tag them", paths[0])
            continue
        found[name] = meant[0]
        others += [path for path in paths if path != found[name]]
    if not found:
        raise CorpusNotFoundError(
            f"{folder}: found no split, expected a file or folder for each, named train, val (or "
            f"dev) and test: for example train/ with {SENTENCES_FILE} and {TAGS_FILE}, or "
            "train.txt, or train.jsonl. docs/reference/corpus.md shows what is read."
        )
    _report_others(folder, [path for path in others if not path.name.startswith(".")])
    return found


def _may_be_split(path: Path) -> bool:
    """Return whether a file or folder that no format recognises may have been meant as a split."""
    return any(path.iterdir()) if path.is_dir() else path.suffix.lower() not in _NO_DATA


def _report_others(folder: Path, others: list[Path]) -> None:
    """Say what is not read; what looks like a corpus is perhaps a split by another name."""
    others = [path for path in others if path.name != TAGS_FILE]
    known = [path.name for path in others if recognise_format(path)]
    if known:
        logger.warning(
            "%s: not read: %s. No split by the name, though it looks like one; rename it (train, "
            "val, test) to have it read",
            folder,
            ", ".join(known),
        )
    if rest := [path.name for path in others if path.name not in known]:
        logger.info("%s: not part of the corpus by their names: %s", folder, ", ".join(rest))


def is_parquet_folder(folder: Path, entries: list[Path], options: ReadOptions) -> bool:
    """Return whether a folder holds Parquet files; refuse where it holds another format too."""
    files = (path for pattern in ("*", "*/*") for path in folder.glob(f"{pattern}.parquet"))
    parquet = next(files, None)
    if parquet is None:
        return False
    splits = (path for path in entries if recognise_split(path.name))
    other = next((path for path in splits if _match_format(path, options)), None)
    if other is not None or is_split(folder):
        refuse(
            folder,
            f"{other.name if other else SENTENCES_FILE} and {parquet.relative_to(folder)}",
            "a corpus in one format",
            "give --format (hub for Parquet files), or remove what is not meant",
        )
    return True


def refuse_mixed(folder: Path, entries: list[Path]) -> None:
    """Refuse a folder that is a split by its files, though they, or folders in it, are splits."""
    inner = [path.name for path in entries if path.is_dir() and recognise_split(path.name)]
    documents = {recognise_split(path.stem): path.name for path in entries if path.suffix == ".ann"}
    documents.pop(None, None)
    if inner or len(documents) > 1:
        refuse(
            folder,
            f"{', '.join(inner or documents.values())} in a folder that is a split itself",
            "a folder for each split, or one split only",
            "move the files of each split into train/, val/ or test/, or name the folder of one",
        )


def is_split(folder: Path) -> bool:
    """Return whether a folder is itself a split, not a folder of splits."""
    # A corpus folder may hold a tags.txt too, with its label list.
    return (folder / SENTENCES_FILE).exists() or recognise_format(folder) == "brat"


def _match_format(path: Path, options: ReadOptions) -> TagFormat | TextFormat | None:
    """Return the format of a file or folder, asked for or recognised, if it fits."""
    name = recognise_format(path) if options.format == "auto" else options.format
    format = FORMATS.get(name or "")
    return format if format and format.is_folder == path.is_dir() else None


def find_format(path: Path, options: ReadOptions) -> TagFormat | TextFormat:
    """Return the format of what is meant to be a split."""
    format = _match_format(path, options)
    if format is None and not path.is_dir():
        open_file(path).close()  # says what is wrong with a broken link, a pipe, ...
        if options.format == "auto":
            if form := find_unread_form(path):
                refuse(path, form.name, "one of the formats that are read", form.remedy)
            # Its first line is broken, or it is something else: reading it says which.
            format = FORMATS[guess_format(path)]
    if format is None:
        auto = options.format == "auto"
        refuse(
            path,
            "a folder that is not a corpus" if path.is_dir() else "a file that is not a corpus",
            "one of the known formats" if auto else f"the format {options.format}",
            "check the name, or give --format; docs/reference/corpus.md shows what is read",
        )
    return format
