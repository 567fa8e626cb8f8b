"""Fixtures for the tests that train. No test needs the network, a GPU or another test."""

import os
import tempfile

# Before anything of Hugging Face is imported: it reads these once.
_cache = tempfile.mkdtemp(prefix="msra-ner-tests-")
os.environ.update(
    HF_HOME=_cache,
    HF_DATASETS_CACHE=f"{_cache}/datasets",
    HF_HUB_OFFLINE="1",
    TOKENIZERS_PARALLELISM="false",
)

import pytest  # noqa: E402
from helpers.builders import EXAMPLE_SENTENCES, LONG_SENTENCE, write_corpus  # noqa: E402


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
