from collections import Counter

import pytest
from helpers.builders import EXAMPLE_SENTENCES, PROPERTY, any_tags, marked
from helpers.oracles import repair
from hypothesis import given, strategies as st

from msra_ner.errors import ScoreError
from msra_ner.labels import decode_entities
from msra_ner.metrics.error_kinds import KINDS, find_errors, overlap_groups, summarise_kinds
from msra_ner.metrics.significance import compute_f1, count_sentences

# Long entities of one type, which overlap others more often than those of random tags do.
LONG = st.lists(st.sampled_from(["O", "B-PER", "I-PER", "I-PER", "I-PER"]), max_size=15)


@st.composite
def both_sides(draw):
    """Gold and predicted tags of a few sentences, stray I- tags included."""
    tags = any_tags() | LONG
    pairs = draw(st.lists(st.tuples(tags, tags), max_size=4))
    lengths = [min(map(len, pair)) for pair in pairs]
    return tuple(
        [pair[side][:length] for pair, length in zip(pairs, lengths, strict=True)]
        for side in (0, 1)
    )


def entities_of(side):
    return {(index, entity) for index, tags in enumerate(side) for entity in decode_entities(tags)}


def f1(gold, predicted):
    return compute_f1(count_sentences(gold, predicted).overall)


def overlap(left, right):
    return left.start < right.end and right.start < left.end


@pytest.mark.parametrize(
    ("gold", "predicted", "kind"),
    [
        ("在[LOC 北京]见面", "在北京见面", "missed"),
        ("在北京见面", "在[LOC 北京]见面", "spurious"),
        ("在[LOC 北京]见面", "在[ORG 北京]见面", "type"),
        ("在[LOC 北京]见面", "[LOC 在北京见]面", "too long"),
        ("在[LOC 北京]见面", "[LOC 在北京]见面", "too long"),
        ("在[ORG 北京大学]见面", "在[ORG 北京大]学见面", "too short"),
        ("在[ORG 北京大学]见面", "在北京[ORG 大学]见面", "too short"),
        ("在[LOC 北京]见面", "在北[LOC 京见]面", "shifted"),
        ("在[LOC 北京]见面", "[LOC 在北]京见面", "shifted"),
        ("在[ORG 北京大学]见面", "在[LOC 北京]大学见面", "type and boundary"),
        ("在[LOC 北京]见面", "在北[PER 京见]面", "type and boundary"),
        ("在[ORG 北京大学]见面", "在[LOC 北京][ORG 大学]见面", "split"),
        ("在[ORG 北京大学]见面", "在[ORG 北]京大[ORG 学见]面", "split"),
        ("在[ORG 北京大学]见面", "在北[LOC 京]大[LOC 学]见面", "split"),
        ("在[LOC 中][LOC 美]见面", "在[LOC 中美]见面", "merged"),
        ("在[LOC 中]、[LOC 美]见面", "在[ORG 中、美见]面", "merged"),
        ("在[LOC 北京][LOC 上海]见面", "在[LOC 北京上][LOC 海]见面", "tangled"),
    ],
)
def test_each_kind_by_example(gold, predicted, kind):
    [error] = find_errors([marked(gold).tags], [marked(predicted).tags])
    assert error.kind == kind
    assert list(error.gold) == decode_entities(marked(gold).tags)
    assert list(error.predicted) == decode_entities(marked(predicted).tags)


def test_errors_come_in_order_and_leave_correct_entities_out():
    gold = ["[PER 李明]在[LOC 北京]", "没有", "[PER 王芳]到[LOC 上海]，又到[LOC 广州]"]
    predicted = ["李明在[LOC 北京]", "[LOC 没]有", "[PER 王芳]到[ORG 上海]，[LOC 又到广州]"]
    errors = find_errors(*([marked(text).tags for text in side] for side in (gold, predicted)))
    assert [(error.sentence, error.kind) for error in errors] == [
        (0, "missed"),
        (1, "spurious"),
        (2, "type"),
        (2, "too long"),
    ]


@PROPERTY
@given(both_sides())
def test_every_wrong_entity_is_in_exactly_one_error(sides):
    errors = find_errors(*sides)
    gold, predicted = map(entities_of, sides)
    in_errors = [
        [(error.sentence, entity) for error in errors for entity in found(error)]
        for found in (lambda error: error.gold, lambda error: error.predicted)
    ]
    assert Counter(in_errors[0]) == Counter(gold - predicted)
    assert Counter(in_errors[1]) == Counter(predicted - gold)
    assert {error.kind for error in errors} <= set(KINDS)


@PROPERTY
@given(both_sides())
def test_groups_are_the_connected_parts_of_what_overlaps(sides):
    for tags in zip(*sides, strict=True):
        gold, predicted = map(decode_entities, tags)
        group_of = {}
        for number, group in enumerate(overlap_groups(gold, predicted)):
            for side, found in enumerate(group):
                group_of |= {(side, entity): number for entity in found}
            # What stands after a gap, or right after, is a group of its own.
            spans = sorted(entity for found in group for entity in found)
            reached = spans[0].end
            for entity in spans[1:]:
                assert entity.start < reached
                reached = max(reached, entity.end)
        assert len(group_of) == len(gold) + len(predicted)
        for left in gold:
            for right in predicted:
                if overlap(left, right):
                    assert group_of[0, left] == group_of[1, right]


@PROPERTY
@given(both_sides())
def test_the_sides_exchanged_give_the_mirrored_kinds(sides):
    mirror = {kind: kind for kind in KINDS}
    for one, other in (("missed", "spurious"), ("too long", "too short"), ("split", "merged")):
        mirror |= {one: other, other: one}
    turned = find_errors(sides[1], sides[0])
    assert [mirror[error.kind] for error in turned] == [error.kind for error in find_errors(*sides)]


@PROPERTY
@given(both_sides(), st.sets(st.sampled_from(list(KINDS))))
def test_repairing_leaves_the_other_errors_and_lowers_no_score(sides, kinds):
    gold, predicted = sides
    repaired = repair(gold, predicted, kinds)
    left = [error for error in find_errors(gold, predicted) if error.kind not in kinds]
    assert find_errors(gold, repaired) == left
    assert f1(gold, repaired) >= f1(gold, predicted)


@PROPERTY
@given(both_sides())
def test_repairing_everything_leaves_the_gold_entities(sides):
    repaired = repair(*sides, set(KINDS))
    assert entities_of(repaired) == entities_of(sides[0])
    if entities_of(sides[0]):
        assert f1(sides[0], repaired) == 1.0


@PROPERTY
@given(both_sides())
def test_the_summary_counts_the_errors_and_gives_the_score_of_the_repaired_tags(sides):
    summary = summarise_kinds(*sides)
    errors = find_errors(*sides)
    assert [row.kind for row in summary] == list(KINDS)
    for row in summary:
        here = [error for error in errors if error.kind == row.kind]
        assert row.errors == len(here)
        assert (row.gold, row.predicted) == (
            sum(len(error.gold) for error in here),
            sum(len(error.predicted) for error in here),
        )
        assert row.repaired_f1 == pytest.approx(f1(sides[0], repair(*sides, [row.kind])))


def test_a_perfect_prediction_has_no_errors():
    gold = [sentence.tags for sentence in EXAMPLE_SENTENCES]
    assert find_errors(gold, gold) == []
    assert {row.repaired_f1 for row in summarise_kinds(gold, gold)} == {1.0}


def test_nothing_at_all_has_no_errors_and_scores_zero():
    assert find_errors([], []) == []
    assert {row.repaired_f1 for row in summarise_kinds([["O"]], [["O"]])} == {0.0}


def test_a_lost_sentence_is_an_error():
    with pytest.raises(ScoreError, match="predictions for 0 sentences"):
        find_errors([["O"]], [])
