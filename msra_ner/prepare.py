"""Turn the two raw two-column files into train, val and test folders."""

import random
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from msra_ner.corpus import TAGS_FILE, Scheme, Sentence, labels_of, read_columns, write_pair
from msra_ner.errors import CorpusError
from msra_ner.storage import staged_folder, write_json, write_text
from msra_ner.summary import SplitSummary, summarize_splits

RAW_TRAIN_FILE = "msra_train_bio"
RAW_TEST_FILE = "msra_test_bio"
DEFAULT_VAL_SIZE = 3000
# The seed and rule behind the usual 42,000/3,000 division of the official 45,000 sentences.
DEFAULT_SEED = 2019

Item = TypeVar("Item")


def split_train_val(
    items: Sequence[Item], val_size: int, seed: int = DEFAULT_SEED
) -> tuple[list[Item], list[Item]]:
    """Return train and val: the shuffled items, the last ``val_size`` of them for val.

    Source:
        The usual 42,000/3,000 division: the indices of the official 45,000 sentences are shuffled
        by Python's ``random`` with seed 2019.

    Raises:
        CorpusError: ``val_size`` is negative or leaves nothing for train.
    """
    if not 0 <= val_size < len(items):
        raise CorpusError(
            f"--val_size {val_size}: found {len(items)} sentences to divide, expected more than "
            "that. Give a smaller --val_size."
        )
    order = list(range(len(items)))
    random.Random(seed).shuffle(order)
    shuffled = [items[index] for index in order]
    return shuffled[: len(items) - val_size], shuffled[len(items) - val_size :]


def prepare_corpus(
    raw_dir: Path,
    output_dir: Path,
    *,
    val_size: int = DEFAULT_VAL_SIZE,
    seed: int = DEFAULT_SEED,
    scheme: Scheme = "auto",
    repair: bool = False,
    overwrite: bool = False,
    json_path: Path | None = None,
) -> dict[str, SplitSummary]:
    """Write ``train/ val/ test/`` and ``tags.txt`` from the raw files; return their summaries.

    Test keeps its order. Nothing stands in ``output_dir`` before everything is written.

    Args:
        raw_dir: Holds ``msra_train_bio`` and ``msra_test_bio``.
        output_dir: Folder to fill.
        val_size: Sentences taken from train for val.
        seed: Seed of the shuffle.
        scheme: Tagging scheme of the raw files, as in :func:`msra_ner.corpus.read_columns`.
        repair: Turn stray ``I-`` tags into ``B-`` instead of refusing them.
        overwrite: Replace what stands in ``output_dir``.
        json_path: Where to write the summaries as JSON too.

    Raises:
        CorpusNotFoundError: A raw file is missing.
        CorpusError: A raw file breaks the format, or ``val_size`` does not fit.
        OutputExistsError: The output stands already and ``overwrite`` is false.
    """
    train_and_val = read_columns(raw_dir / RAW_TRAIN_FILE, scheme=scheme, repair=repair)
    test = read_columns(raw_dir / RAW_TEST_FILE, scheme=scheme, repair=repair)
    train, val = split_train_val(train_and_val, val_size, seed)
    splits: dict[str, list[Sentence]] = {"train": train, "val": val, "test": test}
    with staged_folder(output_dir, [*splits, TAGS_FILE], overwrite=overwrite) as staged:
        for name, sentences in splits.items():
            (staged / name).mkdir()
            write_pair(staged / name, sentences)
        labels = labels_of([*train_and_val, *test])
        write_text(staged / TAGS_FILE, "".join(f"{label}\n" for label in labels))
    summaries = summarize_splits(splits)
    if json_path is not None:
        write_json(json_path, {name: asdict(summary) for name, summary in summaries.items()})
    return summaries
