import json

import pytest
from helpers.builders import EXAMPLE_SENTENCES, write_corpus

from msra_ner.annotation import read_texts
from msra_ner.corpus import Sentence, Span
from msra_ner.errors import ArgumentsError


def test_every_split_is_read_in_order(tmp_path):
    write_corpus(tmp_path / "c", {"test": EXAMPLE_SENTENCES[:1], "train": EXAMPLE_SENTENCES[1:3]})
    found = list(read_texts(tmp_path / "c"))
    assert [split for split, _ in found] == ["train", "train", "test"]
    assert found[2][1].text == "王海燕昨天从北京飞往巴黎，出席联合国教科文组织的会议。"
    assert found[2][1].spans[1] == Span(6, 8, "LOC")
    assert [document for _, document in read_texts(tmp_path / "c", "test")] == [found[2][1]]
    with pytest.raises(ArgumentsError, match=r"expected one of .*: train, test"):
        list(read_texts(tmp_path / "c", "val"))


def test_words_have_a_space_between_them(tmp_path):
    row = Sentence(["New", "York", "is", "a", "city"], ["B-LOC", "I-LOC", "O", "O", "O"])
    write_corpus(tmp_path / "c", {"train": [row, row]})
    assert next(read_texts(tmp_path / "c"))[1].text == "New York is a city"


def test_what_predict_wrote_is_read_with_spans_that_overlap(tmp_path):
    entities = [
        {"type": "ORG", "start": 1, "end": 5, "text": "北京大学", "score": 0.9},
        {"type": "LOC", "start": 1, "end": 3, "text": "北京", "score": 0.8},
    ]
    path = tmp_path / "tagged.jsonl"
    path.write_text(json.dumps({"text": "在北京大学", "entities": entities}) + "\n")
    ((_, document),) = read_texts(path)
    assert document.spans == (Span(1, 5, "ORG"), Span(1, 3, "LOC"))
