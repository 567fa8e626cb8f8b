from dataclasses import replace

import pytest
from helpers.builders import PROPERTY, marked
from helpers.checked_corpora import (
    add_to_healthy,
    by_name,
    corpora,
    find_only,
    list_locations,
    list_texts,
    make_healthy,
)
from hypothesis import given

from msra_ner.check.run import check_sentences
from msra_ner.corpus.sentence import Sentence


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        ({"train": None}, "train is not there"),
        ({"train": []}, "train holds no sentence"),
        ({"test": [marked("有雨。")]}, "test holds no entity"),
    ],
)
def test_a_split_that_must_hold_something(changed, detail):
    splits = {
        name: split for name, split in (make_healthy() | changed).items() if split is not None
    }
    finding = by_name(check_sentences(splits))["empty_splits"]
    assert finding.wrong
    assert [f"{case.text} {case.detail}" for case in finding.cases] == [detail]


def test_a_corpus_without_validation_is_not_wrong():
    finding = find_only(
        {"train": make_healthy()["train"], "test": make_healthy()["test"]}, "missing_splits"
    )
    assert not finding.wrong
    assert [case.text for case in finding.cases] == ["validation"]


def test_a_leak_names_both_locations():
    splits = make_healthy()
    splits["test"] = splits["test"] + [replace(splits["train"][4], location="new test:1")]
    finding = find_only(splits, "leaks")
    assert finding.wrong
    (case,) = finding.cases
    assert case.text == "".join(splits["train"][4].tokens)
    assert list_locations(case) == ["train:5", "new test:1"]
    assert "1 of 21 sentences of test (4.8 %), 1 of them with entities" in finding.title


def test_a_leak_from_validation_to_test():
    both = [marked("有雨。")]
    finding = find_only(add_to_healthy(validation=both, test=both), "leaks")
    assert list_locations(finding.cases[0]) == ["new validation:1", "new test:1"]
    assert "validation" in finding.title
    assert "0 of them with entities" in finding.title


def test_each_split_of_a_leak_is_among_the_first_locations():
    both = [marked("有雨。")]
    report = check_sentences(add_to_healthy(train=both * 3, test=both))
    (case,) = by_name(report)["leaks"].cases
    assert list_locations(case) == ["new train:1", "new test:1", "new train:2", "new train:3"]


def test_a_type_that_train_lacks():
    finding = find_only(add_to_healthy(test=[marked("[GPE 巴黎]很大。")]), "types_not_in_train")
    assert finding.wrong
    (case,) = finding.cases
    assert (case.text, case.count) == ("GPE", 1)
    assert case.locations[0].location == "new test:1 (token 1)"


def test_a_type_that_is_rare_in_a_split():
    finding = find_only(
        add_to_healthy(train=[marked(f"[GPE {c}国]很大。") for c in "甲乙丙"]), "few_mentions"
    )
    assert not finding.wrong
    assert [(case.text, case.detail) for case in finding.cases] == [
        ("GPE", "0 mentions in validation"),
        ("GPE", "0 mentions in test"),
        ("GPE", "3 mentions in train"),
    ]


def test_a_split_with_other_entities_than_train():
    # Longer sentences in train, so that all types are rarer there.
    padded = [
        Sentence([*item.tokens, *["字"] * 15], [*item.tags, *["O"] * 15])
        for item in make_healthy()["train"]
    ]
    finding = find_only(make_healthy() | {"train": padded}, "uneven_splits")
    assert not finding.wrong
    assert len(finding.cases) == 6
    assert finding.cases[0].detail == (
        "71.4 mentions in 1,000 tokens of validation (20), 34.5 in train (60)"
    )


def test_a_split_larger_than_train():
    splits = make_healthy()
    splits["train"], splits["test"] = splits["test"], splits["train"]
    (case,) = find_only(splits, "uneven_splits").cases
    assert (case.text, case.detail) == ("test", "60 sentences, train 20")


def test_texts_that_occur_twice_in_a_split():
    twice = [marked("谢谢各位。"), marked("谢谢各位。"), marked("谢谢。"), marked("谢谢各位。")]
    finding = find_only(add_to_healthy(validation=twice), "duplicates")
    assert not finding.wrong
    assert finding.title.startswith("2 of 24 sentences of validation (8.3 %)")
    (case,) = finding.cases
    assert list_locations(case) == ["new validation:1", "new validation:2", "new validation:4"]


@PROPERTY
@given(corpora())
def test_texts_are_compared_as_in_a_plain_count(splits):
    report = by_name(check_sentences(splits))
    rows = [
        (name, "".join(item.tokens), tuple(item.tags))
        for name, split in splits.items()
        for item in split
    ]
    texts = {text for _, text, _ in rows}
    leaks = {text for text in texts if len({name for name, other, _ in rows if other == text}) > 1}
    assert leaks == list_texts(report, "leaks")
    conflicts = {
        text for text in texts if len({tags for _, other, tags in rows if other == text}) > 1
    }
    assert conflicts == list_texts(report, "conflicts")
    repeated = sum(
        len(split) - len({tuple(item.tokens) for item in split}) for split in splits.values()
    )
    duplicates = report["duplicates"].cases if "duplicates" in report else []
    assert repeated == sum(case.count - 1 for case in duplicates)
