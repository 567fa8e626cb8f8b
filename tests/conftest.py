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
import tiny_models  # noqa: E402
from builders import EXAMPLE_SENTENCES, marked, write_corpus  # noqa: E402

from msra_ner.corpus import Sentence  # noqa: E402
from msra_ner.encoder import build_character_tokenizer  # noqa: E402
from msra_ner.labels import label_list  # noqa: E402

# Longer than two windows of the tiny encoder: its name list goes over every border.
LONG_SENTENCE = marked("出席的有" + "、".join(["[PER 王海燕]", "[PER 陈志远]"] * 60) + "等同志。")


@pytest.fixture(scope="session")
def tiny_corpus(tmp_path_factory):
    """A corpus of which train is also val and test, with one long sentence."""
    sentences: list[Sentence] = [*EXAMPLE_SENTENCES[:8], LONG_SENTENCE]
    folder = tmp_path_factory.mktemp("corpus") / "tiny"
    return write_corpus(folder, {"train": sentences, "val": sentences, "test": sentences})


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory):
    """A folder with a random two-layer encoder and its character tokenizer."""
    folder = tmp_path_factory.mktemp("encoder")
    characters = {char for sentence in EXAMPLE_SENTENCES for char in "".join(sentence.tokens)}
    tokenizer = build_character_tokenizer(characters | set("出席的有等同志。"))
    tokenizer.save_pretrained(folder)
    tiny_models.tiny_model(label_list(["A"]), len(tokenizer)).save_pretrained(folder)
    return folder
