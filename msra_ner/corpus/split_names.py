"""The splits of a corpus: their names, and the rule that takes val from train."""

import random
import re
from collections.abc import Sequence
from typing import TypeVar

from msra_ner.errors import CorpusError

# Words in the name of a file or folder that say which split it holds, under datasets' names.
SPLIT_WORDS = {
    "train": ("train", "training", "trainset", "训练"),
    "validation": (
        *("val", "valid", "validate", "validation", "valset", "eval", "evaluation"),
        *("dev", "devel", "development", "devset", "testa", "验证", "开发"),
    ),
    "test": ("test", "testing", "testset", "testb", "测试"),
}
# How this project names the folder or file of each split.
SPLIT_NAMES = {"train": "train", "validation": "val", "test": "test"}
# From those names, which people give, to datasets'.
SPLIT_KEYS = {entry: name for name, entry in SPLIT_NAMES.items()}
# The flag that limits how many sentences of a split a run uses.
SAMPLE_LIMITS = {
    "train": "max_train_samples",
    "validation": "max_eval_samples",
    "test": "max_test_samples",
}
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
    shuffled = list(items)
    random.Random(seed).shuffle(shuffled)
    return shuffled[: len(items) - val_size], shuffled[len(items) - val_size :]


def recognise_split(name: str) -> str | None:
    """Return the split that the name of a file or folder means, or None if not exactly one.

    >>> recognise_split("weiboNER_2nd_conll.dev")
    'validation'
    """
    # Chinese is written without spaces: 训练集.txt.
    words = set(re.findall(r"[a-z]+|训练|验证|开发|测试", name.lower()))
    found = [split for split, known in SPLIT_WORDS.items() if words & set(known)]
    return found[0] if len(found) == 1 else None
