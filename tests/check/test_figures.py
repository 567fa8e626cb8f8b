from collections import Counter

import pytest
from helpers.builders import PROPERTY, marked
from helpers.checked_corpora import corpora, list_mentions, make_healthy
from hypothesis import given

from msra_ner.check.figures import Lengths, measure_lengths
from msra_ner.check.run import check_sentences
from msra_ner.corpus.sentence import Sentence


def test_figures_of_a_split():
    splits = {
        "train": [marked("[PER 李明]到[LOC 北京]。"), marked("有雨。")],
        "test": [marked("[PER 李明]、[PER 孙伟]在[ORG 北京]。"), marked("[LOC 黄河]")],
    }
    test = check_sentences(splits).splits["test"]
    assert (test.sentences, test.without_entities, test.tokens, test.outside) == (2, 0, 11, 3)
    assert test.lengths == Lengths(2, 2, 9, 9)
    assert test.longest_location == "test sentence 1"
    assert {name: number for name, number in test.histogram.items() if number} == {"1-16": 2}
    # Seen or not goes by the text alone: 北京 was an entity of another type.
    assert (test.entities.mentions, test.entities.unseen) == (4, 2)
    assert (test.types["ORG"].mentions, test.types["ORG"].unseen) == (1, 0)
    assert (test.types["LOC"].mentions, test.types["LOC"].unseen) == (1, 1)


def test_nothing_is_unseen_without_train_to_compare_with():
    splits = {"train": [], "test": [marked("[LOC 黄河]")]}
    assert check_sentences(splits).splits["test"].entities.unseen is None
    assert check_sentences(make_healthy()).splits["train"].entities.unseen is None


def test_entity_lengths_go_over_all_splits():
    splits = {"train": [marked("[PER 王海燕][LOC 中]")], "test": [marked("[LOC 北京市区]")]}
    report = check_sentences(splits)
    assert report.type_lengths == {"PER": Lengths(3, 3, 3, 3), "LOC": Lengths(1, 1, 4, 4)}
    assert report.entity_lengths == Lengths(1, 3, 4, 4)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], Lengths(0, 0, 0, 0)),
        ([7], Lengths(7, 7, 7, 7)),
        ([4, 1], Lengths(1, 1, 4, 4)),
        (list(range(1, 101)), Lengths(1, 50, 95, 100)),
        (list(range(1, 22)), Lengths(1, 11, 20, 21)),
    ],
)
def test_median_and_percentile_are_values_that_occur(values, expected):
    assert measure_lengths(values) == expected


def test_lengths_at_the_borders_of_the_bars():
    sentences = [Sentence(["字"] * n, ["O"] * n) for n in (1, 16, 17, 32, 512, 513, 9000)]
    histogram = check_sentences({"train": sentences}).splits["train"].histogram
    assert {name: number for name, number in histogram.items() if number} == {
        "1-16": 2,
        "17-32": 2,
        "257-512": 1,
        "513+": 2,
    }


@PROPERTY
@given(corpora())
def test_figures_are_those_of_a_plain_count(splits):
    report = check_sentences(splits)
    known = {text for text, _ in list_mentions(splits["train"])}
    for name, sentences in splits.items():
        figures = report.splits[name]
        mentions = list_mentions(sentences)
        tags = [tag for item in sentences for tag in item.tags]
        assert figures.sentences == sum(figures.histogram.values()) + count_empty(sentences)
        assert (figures.tokens, figures.outside) == (len(tags), tags.count("O"))
        assert figures.entities.mentions == len(mentions)
        assert {key: item.mentions for key, item in figures.types.items() if item.mentions} == (
            Counter(entity_type for _, entity_type in mentions)
        )
        if name != "train" and splits["train"]:
            assert figures.entities.unseen == sum(text not in known for text, _ in mentions)
            assert figures.entities.unseen == sum(
                item.unseen or 0 for item in figures.types.values()
            )


def count_empty(sentences):
    """Return the sentences without a token, which only tests make and no bar counts."""
    return sum(not item.tags for item in sentences)
