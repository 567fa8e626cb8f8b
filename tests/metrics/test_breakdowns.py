from collections import Counter

import pytest
from helpers.builders import EXAMPLE_SENTENCES, PROPERTY, any_tags, marked
from hypothesis import given, strategies as st

from msra_ner.errors import ScoreError
from msra_ner.labels import decode_entities
from msra_ner.metrics.breakdowns import (
    BreakdownRow,
    break_down,
    confuse_types,
    name_rows,
    score_by_length,
    score_by_position,
    score_by_train_count,
)
from msra_ner.metrics.error_kinds import find_errors
from msra_ner.metrics.scoring import collect_names, score_tags
from msra_ner.metrics.significance import count_sentences
from msra_ner.metrics.surface_forms import count_names, find_wrong_forms


def sides_of(*pairs):
    """Return tokens, gold and predicted tags of pairs of marked texts."""
    gold, predicted = ([marked(pair[side]) for pair in pairs] for side in (0, 1))
    return [s.tokens for s in gold], [s.tags for s in gold], [s.tags for s in predicted]


def found(rows):
    """Return the counts of the rows that have any."""
    counts = {row.name: (row.gold, row.predicted, row.correct) for row in rows}
    return {name: numbers for name, numbers in counts.items() if any(numbers)}


@st.composite
def all_sides(draw):
    """Tokens, gold and predicted tags of a few sentences of any tags."""
    pairs = draw(st.lists(st.tuples(any_tags(), any_tags()), max_size=4))
    lengths = [min(map(len, pair)) for pair in pairs]
    gold, predicted = (
        [pair[side][:length] for pair, length in zip(pairs, lengths, strict=True)]
        for side in (0, 1)
    )
    token = st.sampled_from("中美北京")
    return [draw(st.lists(token, min_size=n, max_size=n)) for n in lengths], gold, predicted


@PROPERTY
@given(all_sides(), st.dictionaries(st.text("中美北京", max_size=2), st.integers(0, 30)))
def test_the_rows_of_every_breakdown_add_up_to_the_counts(sides, train_counts):
    tokens, gold, predicted = sides
    counts = count_sentences(gold, predicted)
    correct, predicted_total, gold_total = counts.overall.sum(axis=0)
    for rows in (
        break_down(gold, predicted, lambda _, entity: entity.type),
        score_by_length(gold, predicted),
        score_by_position(gold, predicted),
        score_by_train_count(tokens, gold, predicted, train_counts),
    ):
        assert sum(row.gold for row in rows) == gold_total
        assert sum(row.predicted for row in rows) == predicted_total
        assert sum(row.correct for row in rows) == correct
    assert {
        row.name: [row.correct, row.predicted, row.gold]
        for row in break_down(gold, predicted, lambda _, entity: entity.type)
    } == {name: part.sum(axis=0).tolist() for name, part in counts.by_type.items()}


@PROPERTY
@given(all_sides())
def test_the_confusion_adds_up_to_the_entities_of_both_sides(sides):
    _, gold, predicted = sides
    confusion = confuse_types(gold, predicted)
    sums = [
        Counter(entity.type for tags in side for entity in decode_entities(tags))
        for side in (gold, predicted)
    ]
    assert confusion.names[-1] == "O"
    assert confusion.matrix[-1][-1] == 0
    for index, name in enumerate(confusion.names[:-1]):
        assert sum(confusion.matrix[index]) == sums[0][name]
        assert sum(row[index] for row in confusion.matrix) == sums[1][name]


@PROPERTY
@given(all_sides())
def test_the_wrong_forms_hold_every_wrong_gold_entity_and_every_spurious_one(sides):
    tokens, gold, predicted = sides
    rows = find_wrong_forms(tokens, gold, predicted, limit=None)
    errors = find_errors(gold, predicted)
    assert sum(row.wrong for row in rows if row.type != "O") == sum(len(e.gold) for e in errors)
    spurious = [error for error in errors if error.kind == "spurious"]
    assert sum(row.wrong for row in rows if row.type == "O") == len(spurious)
    for row in rows:
        assert row.wrong == sum(times for _, times in row.predicted_as) > 0
        assert row.gold == row.found + (row.wrong if row.type != "O" else 0)


def test_ratios_of_a_row():
    row = BreakdownRow("PER", gold=4, predicted=2, correct=1)
    assert (row.precision, row.recall, row.f1) == (0.5, 0.25, pytest.approx(1 / 3))
    empty = BreakdownRow("PER", 0, 0, 0)
    assert (empty.precision, empty.recall, empty.f1) == (0, 0, 0)


@pytest.mark.parametrize(
    ("length", "row"),
    [(1, "1"), (4, "4"), (5, "5-6"), (6, "5-6"), (7, "7-9"), (10, "10+"), (60, "10+")],
)
def test_an_entity_counts_in_the_row_of_its_length(length, row):
    tags = [["B-LOC", *["I-LOC"] * (length - 1)]]
    assert found(score_by_length(tags, tags)) == {row: (1, 1, 1)}


@pytest.mark.parametrize(
    ("last", "row"),
    [(2, "1-32"), (32, "1-32"), (33, "33-64"), (510, "257-510"), (511, "511+"), (900, "511+")],
)
def test_an_entity_counts_where_its_last_token_stands(last, row):
    tags = [[*["O"] * (last - 2), "B-LOC", "I-LOC"]]
    assert found(score_by_position(tags, tags)) == {row: (1, 1, 1)}


def test_gold_and_prediction_of_different_length_count_in_their_own_rows():
    _, gold, predicted = sides_of(("在[LOC 北京]见", "在[LOC 北京见]"))
    assert found(score_by_length(gold, predicted)) == {"2": (1, 0, 0), "3": (0, 1, 0)}


def test_rows_without_entities_stay_so_that_two_runs_have_the_same_rows():
    assert [row.name for row in score_by_length([], [])] == [
        "1",
        "2",
        "3",
        "4",
        "5-6",
        "7-9",
        "10+",
    ]


def test_rows_by_frequency_in_train():
    train = [marked("[LOC 北京][PER 北京][LOC 上海]"), *[marked("[LOC 广州]")] * 20]
    sides = sides_of(
        ("[LOC 北京]、[LOC 上海]、[LOC 广州]、[LOC 武汉]", "[ORG 北京]、上海、[LOC 广州]、武汉")
    )
    counts = count_names(train)
    assert counts == {"北京": 2, "上海": 1, "广州": 20}
    assert found(score_by_train_count(*sides, counts)) == {
        "0": (1, 0, 0),
        "1": (1, 0, 0),
        "2-4": (1, 1, 0),
        "20+": (1, 1, 1),
    }


def test_the_row_of_unseen_names_is_the_score_of_unseen_names():
    train, test = EXAMPLE_SENTENCES[:8], EXAMPLE_SENTENCES
    gold = [sentence.tags for sentence in test]
    predicted = [["O"] * 3 + tags[3:] for tags in gold]
    scores = score_tags(test, predicted, collect_names(train)).to_dict()
    rows = score_by_train_count([s.tokens for s in test], gold, predicted, count_names(train))
    assert rows[0].f1 == pytest.approx(scores["unseen_f1"])
    assert rows[0].gold == scores["unseen_support"] > 0
    assert sum(row.gold for row in rows[1:]) == scores["seen_support"] > 0


def test_wrong_forms_with_what_was_predicted_instead():
    sides = sides_of(
        ("[ORG 北京大学]开学", "[LOC 北京][ORG 大学]开学"),
        ("[ORG 北京大学]开学", "北京大学开学"),
        ("[ORG 北京大学]开学", "北京大学开学"),
        ("[ORG 北京大学]开学", "[ORG 北京大学]开学"),
        ("他在长城", "他在[LOC 长城]"),
    )
    first, second = find_wrong_forms(*sides)
    assert (first.text, first.type, first.gold, first.found, first.wrong) == (
        "北京大学",
        "ORG",
        4,
        1,
        3,
    )
    assert first.predicted_as == (("O", 2), ("LOC 北京 + ORG 大学", 1))
    assert (second.text, second.type, second.gold, second.found, second.wrong) == (
        "长城",
        "O",
        0,
        0,
        1,
    )
    assert second.predicted_as == (("LOC 长城", 1),)
    assert find_wrong_forms(*sides, limit=1) == [first]


def test_confusion_of_types():
    _, gold, predicted = sides_of(
        ("[LOC 北京]", "[ORG 北京]"),
        ("[LOC 北京]见", "[LOC 北京见]"),
        ("[PER 李明]见", "李明见"),
        ("他见", "[PER 他]见"),
        # The longer part of a split is the partner; of equal parts the one of the same type.
        ("[ORG 北京大学]", "[LOC 北][ORG 京大学]"),
        ("[ORG 北京大学]", "[LOC 北京][ORG 大学]"),
    )
    confusion = confuse_types(gold, predicted)
    assert confusion.names == ("PER", "ORG", "LOC", "O")
    assert confusion.matrix == ((0, 0, 0, 1), (0, 2, 0, 0), (0, 1, 1, 0), (1, 0, 2, 0))


def test_texts_need_the_tokens():
    with pytest.raises(ScoreError, match="found 0 tokens in 1 sentences for 2 tags"):
        find_wrong_forms([[]], [["O", "O"]], [["O", "O"]])
    with pytest.raises(ScoreError, match="expected one tag a token"):
        score_by_train_count([], [["O"]], [["O"]], {})


def test_names_of_rows():
    assert name_rows((0, 1, 2, 5, 20)) == ["0", "1", "2-4", "5-19", "20+"]
