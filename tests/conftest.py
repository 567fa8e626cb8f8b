"""Fixtures, options and the order of the tests. No test needs a GPU or another test."""

import os
import tempfile
from pathlib import Path

# Before anything of Hugging Face is imported: it reads these once.
_cache = tempfile.mkdtemp(prefix="msra-ner-tests-")
os.environ.update(
    HF_HOME=_cache,
    HF_DATASETS_CACHE=f"{_cache}/datasets",
    HF_HUB_OFFLINE="1",
    LANGUAGE="en",
    TOKENIZERS_PARALLELISM="false",
)

import pytest  # noqa: E402
from helpers.builders import EXAMPLE_SENTENCES, LONG_SENTENCE, write_corpus  # noqa: E402

pytest_plugins = ["helpers.skips", "pytester"]
# What --without-torch runs, less the tests that ask for a model.
WITHOUT_TORCH = (
    "corpus",
    "decoding",
    "metrics",
    "report",
    "serving",
    "test_labels.py",
    "test_storage.py",
    "test_tables.py",
)


def pytest_addoption(parser):
    parser.addoption(
        "--without-torch", action="store_true", help="run only the tests that need no torch"
    )


def pytest_ignore_collect(collection_path, config):
    if config.getoption("--without-torch") and collection_path.parent == Path(__file__).parent:
        return collection_path.name not in WITHOUT_TORCH or None
    return None


def pytest_collection_modifyitems(config, items):
    """Start with the files that hold most slow tests, so that all processes end together."""
    if config.getoption("--without-torch"):
        needy = [item for item in items if "tiny_encoder" in item.fixturenames]
        config.hook.pytest_deselected(items=needy)
        items[:] = [item for item in items if item not in needy]
    slow = [item.path for item in items if item.get_closest_marker("slow")]
    items.sort(key=lambda item: (-slow.count(item.path), item.path))


@pytest.fixture(scope="session")
def tiny_corpus(tmp_path_factory):
    """A corpus of which train is also val and test, with one long sentence."""
    sentences = [*EXAMPLE_SENTENCES[:8], LONG_SENTENCE]
    folder = tmp_path_factory.mktemp("corpus") / "tiny"
    return write_corpus(folder, {"train": sentences, "val": sentences, "test": sentences})


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory):
    """A folder with a random two-layer encoder and its character tokenizer."""
    from helpers import tiny_models

    from msra_ner.labels import label_list
    from msra_ner.models.small import build_character_tokenizer

    folder = tmp_path_factory.mktemp("encoder")
    characters = {char for sentence in EXAMPLE_SENTENCES for char in "".join(sentence.tokens)}
    tokenizer = build_character_tokenizer(characters | set("出席的有等同志。"))
    tokenizer.save_pretrained(folder)
    tiny_models.tiny_model(label_list(["A"]), len(tokenizer)).save_pretrained(folder)
    return folder
