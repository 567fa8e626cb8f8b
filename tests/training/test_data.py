import logging

import pytest
from helpers import tiny_models
from helpers.builders import EXAMPLE_SENTENCES, write_corpus

from msra_ner.labels import label_list
from msra_ner.metrics.scoring import collect_names
from msra_ner.training.data import encode_data, load_data
from msra_ner.training.task_settings import DataArguments

SPLITS = {"train": EXAMPLE_SENTENCES[:8], "val": EXAMPLE_SENTENCES[8:12]}


@pytest.fixture
def arguments(tmp_path):
    folder = write_corpus(tmp_path / "corpus", {**SPLITS, "test": EXAMPLE_SENTENCES[12:]})
    return DataArguments(data_dir=str(folder), max_eval_samples=2, window_overlap=2)


def test_the_sentences_are_those_of_the_files(arguments, caplog):
    caplog.set_level(logging.INFO, logger="msra_ner")
    data = load_data(arguments)
    assert data.sentences == {
        "train": EXAMPLE_SENTENCES[:8],
        "validation": EXAMPLE_SENTENCES[8:10],
        "test": EXAMPLE_SENTENCES[12:],
    }
    assert data.labels == label_list(["PER", "ORG", "LOC"])
    assert data.train_names == collect_names(EXAMPLE_SENTENCES[:8])
    characters = sum(len(sentence.tokens) for sentence in EXAMPLE_SENTENCES[8:10])
    assert f"val: 2 of 4 sentences, {characters} characters, 6 entities" in caplog.text
    assert data.counts["validation"] == {
        "sentences": 2,
        "of": 4,
        "tokens": characters,
        "entities": 6,
        "windows": None,
    }


def test_no_train_has_no_names(tmp_path):
    folder = write_corpus(tmp_path / "corpus", {"test": EXAMPLE_SENTENCES})
    assert load_data(DataArguments(data_dir=str(folder))).train_names is None


@pytest.mark.parametrize("splits", [None, ["test"], ["validation", "test"]])
def test_windows_of_the_splits_asked_for(arguments, splits):
    arguments.max_length = 12
    tokenizer = tiny_models.wordpiece()
    model = tiny_models.tiny_model(label_list(["PER", "ORG", "LOC"]), len(tokenizer))
    data = load_data(arguments)
    encoded, max_length = encode_data(arguments, data, model, tokenizer, splits)
    assert max_length == 12
    for split, count in encoded.counts.items():
        windows = len(encoded.encoded[split]) if split in encoded.encoded else None
        assert count == {**data.counts[split], "windows": windows}
    assert list(encoded.encoded) == (splits or ["train", "validation", "test"])
    for split, rows in encoded.encoded.items():
        assert set(rows["sentence"]) == set(range(len(data.sentences[split])))
        assert split == "train" or rows["length"] == sorted(rows["length"], reverse=True)
