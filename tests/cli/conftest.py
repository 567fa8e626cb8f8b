"""What several commands are tried on."""

import pytest
from helpers.builders import EXAMPLE_SENTENCES, write_corpus


@pytest.fixture
def corpus(tmp_path):
    """A corpus in which nothing is wrong."""
    splits = {"train": EXAMPLE_SENTENCES[:10], "val": EXAMPLE_SENTENCES[10:13]}
    return write_corpus(tmp_path / "corpus", splits | {"test": EXAMPLE_SENTENCES[13:]})
