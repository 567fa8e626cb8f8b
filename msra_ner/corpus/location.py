"""Where the corpus is by default, and the names and prefixes that mean one."""

import os
from pathlib import Path

SAMPLE = "sample"  # the name of the corpus that comes with the package
SAMPLE_DIR = Path(__file__).parent / SAMPLE
HUB_PREFIX = "hub:"  # before the name of a dataset of the Hub
DEFAULT_DATA_DIR = "data/msra"
DATA_DIR_VARIABLE = "MSRA_NER_DATA_DIR"  # the environment may name the corpus


def choose_data_dir(data_dir: str | None) -> str:
    """Return the corpus to use: given, in the environment, ``data/msra`` if there, or sample."""
    if data_dir := data_dir or os.environ.get(DATA_DIR_VARIABLE):
        return data_dir
    return DEFAULT_DATA_DIR if Path(DEFAULT_DATA_DIR).is_dir() else SAMPLE
