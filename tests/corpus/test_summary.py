import pytest
from helpers.builders import EXAMPLE_SENTENCES, PROPERTY, marked, msra_folder, read_pair, valid_tags
from hypothesis import given, strategies as st

from msra_ner.corpus.sentence import Sentence
from msra_ner.corpus.summary import SplitSummary, count_entities, summarize_splits

RIVER = marked("[LOC 黄河]水位上涨。")
TEAM = marked("[PER 李明]和[PER 孙伟]代表[ORG 广东队]。")
RAIN = marked("天气预报说有雨。")


def test_counts_of_each_split():
    summaries = summarize_splits(
        {"train": [RIVER, TEAM, RIVER, RIVER], "val": [RAIN], "test": [RIVER, RAIN, RIVER, TEAM]}
    )
    assert summaries == {
        "train": SplitSummary(
            sentences=4,
            characters=32,
            entities={"PER": 2, "ORG": 1, "LOC": 3},
            longest=11,
            duplicates=2,
            also_in_train=0,
        ),
        "val": SplitSummary(
            sentences=1, characters=8, entities={}, longest=8, duplicates=0, also_in_train=0
        ),
        "test": SplitSummary(
            sentences=4,
            characters=33,
            entities={"PER": 2, "ORG": 1, "LOC": 2},
            longest=11,
            duplicates=1,
            also_in_train=3,
        ),
    }


def test_an_empty_split_counts_nothing():
    assert summarize_splits({"train": []})["train"] == SplitSummary(0, 0, {}, 0, 0, 0)


def test_without_train_nothing_is_also_in_it():
    assert summarize_splits({"test": [RIVER]})["test"].also_in_train == 0


def test_texts_are_compared_token_by_token():
    one = Sentence(["北京", "市"], ["O", "O"])
    other = Sentence(["北", "京市"], ["O", "O"])
    assert summarize_splits({"train": [one, other]})["train"].duplicates == 0
    assert summarize_splits({"train": [one], "test": [other]})["test"].also_in_train == 0


def test_texts_with_other_tags_are_the_same_text():
    tagged = Sentence(RAIN.tokens, ["B-LOC"] + ["O"] * (len(RAIN.tokens) - 1))
    assert summarize_splits({"train": [RAIN, tagged]})["train"].duplicates == 1
    assert summarize_splits({"train": [RAIN], "test": [tagged]})["test"].also_in_train == 1


def test_types_of_msra_come_first_then_the_others_by_name():
    types = ["TIME", "LOC", "GPE", "PER"]
    counts = count_entities([Sentence(["字"], [f"B-{name}"]) for name in types])
    assert list(counts) == ["PER", "LOC", "GPE", "TIME"]


@PROPERTY
@given(st.lists(valid_tags(), max_size=6))
def test_each_entity_counts_once_under_its_type(rows):
    counts = count_entities([Sentence(["字"] * len(tags), tags) for tags in rows])
    tags = [tag for row in rows for tag in row]
    assert counts == {tag[2:]: tags.count(tag) for tag in tags if tag.startswith("B-")}


def test_the_table_has_a_column_a_split_and_a_row_a_type():
    text = repr(summarize_splits({"train": [TEAM, RIVER] * 600, "test": [RAIN]}))
    assert [line.split() for line in text.splitlines()] == [
        ["split", "train", "test"],
        ["sentences", "1,200", "1"],
        ["characters", "10,800", "8"],
        ["longest", "sentence", "11", "8"],
        ["duplicates", "1,198", "0"],
        ["also", "in", "train", "0", "0"],
        ["entities", "2,400", "0"],
        ["PER", "1,200", "0"],
        ["ORG", "600", "0"],
        ["LOC", "600", "0"],
    ]


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        ("val", (3000, 142980, {"PER": 1203, "ORG": 1394, "LOC": 2414}, 587)),
        ("test", (3442, 172601, {"PER": 1973, "ORG": 1331, "LOC": 2886}, 2427)),
    ],
)
def test_counts_of_the_real_corpus(split, expected):
    found = summarize_splits({split: read_pair(msra_folder() / split)})[split]
    assert (found.sentences, found.characters, found.entities, found.longest) == expected


def test_example_sentences_hold_no_text_twice():
    assert summarize_splits({"train": EXAMPLE_SENTENCES})["train"].duplicates == 0
