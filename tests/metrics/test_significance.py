import numpy as np
import pytest
from helpers.builders import EXAMPLE_SENTENCES, PROPERTY, any_tags
from hypothesis import given, strategies as st

from msra_ner.errors import ScoreError
from msra_ner.metrics.scoring import score_entities
from msra_ner.metrics.significance import (
    FIGURES,
    bootstrap_interval,
    compute_f1,
    count_sentences,
    paired_test,
    score_counts,
)


@st.composite
def both_sides(draw):
    """Gold and predicted tags of a few sentences, unlike each other or nearly alike."""
    gold = draw(st.lists(any_tags(), min_size=1, max_size=5))
    predicted = []
    for tags in gold:
        other = draw(any_tags())[: len(tags)]
        predicted.append([*other, *tags[len(other) :]])
    return gold, predicted


def random_counts(sentences, right=0.8, seed=0):
    """Counts of sentences with up to three entities, each found with the same chance."""
    random = np.random.default_rng(seed)
    gold = np.random.default_rng(99).integers(0, 4, size=sentences)
    correct = random.binomial(gold, right)
    return np.stack([correct, correct + random.binomial(gold, (1 - right) / 2), gold], axis=1)


def rows(*counts):
    return np.array(counts, dtype=np.int64).reshape(-1, 3)


@PROPERTY
@given(both_sides())
def test_the_sums_are_the_scores_of_seqeval(sides):
    counts = count_sentences(*sides)
    expected = score_entities(*sides, lenient=False)
    for prefix, part in [("", counts.overall), *((f"{n}_", c) for n, c in counts.by_type.items())]:
        figures = np.nan_to_num(score_counts(part.sum(axis=0)))
        for name, figure in zip(FIGURES, figures, strict=True):
            assert figure == pytest.approx(expected[f"{prefix}{name}"], abs=1e-12)
        assert part[:, 2].sum() == expected[f"{prefix}support"]
        assert compute_f1(part) == figures[2]
    types = {key.removesuffix("_f1") for key in expected if key.endswith("_f1")}
    assert set(counts.by_type) == types


def test_types_come_in_the_order_of_a_label_list():
    tags = [["B-LOC", "B-ORG", "B-PER"]]
    assert list(count_sentences(tags, tags).by_type) == ["PER", "ORG", "LOC"]


def test_a_lost_token_is_an_error():
    with pytest.raises(ScoreError, match="sentence 0: found 0 predicted tags"):
        count_sentences([["O"]], [[]])


@pytest.mark.parametrize("figure", FIGURES)
def test_the_interval_holds_the_score_and_shrinks_with_more_sentences(figure):
    widths = []
    for sentences in (50, 500, 5000):
        counts = random_counts(sentences)
        interval = bootstrap_interval(counts, figure=figure)
        point = score_counts(counts.sum(axis=0))[FIGURES.index(figure)]
        assert interval.low < point < interval.high
        assert interval.level == 0.95
        widths.append(interval.high - interval.low)
    assert widths[0] > 2 * widths[1] > 4 * widths[2]


def test_the_interval_depends_on_seed_and_level_but_not_on_the_order_of_sentences():
    counts = random_counts(200)
    interval = bootstrap_interval(counts)
    assert interval == bootstrap_interval(counts) == bootstrap_interval(counts[::-1])
    assert interval != bootstrap_interval(counts, seed=1)
    narrow = bootstrap_interval(counts, level=0.5)
    assert interval.low < narrow.low < narrow.high < interval.high


def test_the_interval_equals_one_from_drawing_sentence_by_sentence():
    counts = random_counts(300)
    random = np.random.default_rng(5)
    drawn = counts[random.integers(0, 300, size=(4000, 300))].sum(axis=1)
    low, high = np.quantile(score_counts(drawn)[:, 2], [0.025, 0.975])
    interval = bootstrap_interval(counts, samples=4000)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=0.004)


def test_draws_in_chunks_are_those_in_one(monkeypatch):
    first, second = random_counts(60), random_counts(60, seed=1)
    whole = bootstrap_interval(first), paired_test(first, second, samples=500)
    monkeypatch.setattr("msra_ner.metrics.significance.CHUNK", 100)
    assert (bootstrap_interval(first), paired_test(first, second, samples=500)) == whole


def test_intervals_cover_the_true_score_about_as_often_as_they_say():
    # Recall of what is found with a chance of 0.8 is 0.8; 300 trials at 95 % have a standard
    # deviation of 1.3 %.
    found = 0
    for seed in range(300):
        counts = random_counts(150, seed=seed)
        interval = bootstrap_interval(counts, figure="recall", samples=300, seed=seed)
        found += interval.low <= 0.8 <= interval.high
    assert 0.90 <= found / 300 <= 0.98


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        (rows(), 0, 0),
        (rows([0, 0, 0], [0, 0, 0]), 0, 0),
        (rows([2, 3, 4]), 4 / 7, 4 / 7),
        (rows([2, 2, 2], [1, 1, 1], [0, 0, 0]), 1, 1),
        (rows([0, 2, 1], [0, 1, 3]), 0, 0),
        (rows([1, 1, 1], *[[0, 0, 0]] * 99), 1, 1),
    ],
    ids=["no sentence", "no entity", "one sentence", "all right", "all wrong", "one entity"],
)
def test_degenerate_intervals(counts, low, high):
    interval = bootstrap_interval(counts)
    assert (interval.low, interval.high) == pytest.approx((low, high))
    assert compute_f1(counts) == pytest.approx(low)


def test_equal_predictions_do_not_differ():
    counts = random_counts(100)
    test = paired_test(counts, counts.copy())
    assert (test.difference, test.p_value, test.changed) == (0, 1, 0)
    assert (test.interval.low, test.interval.high) == (0, 0)


def test_a_clearly_better_prediction_has_the_smallest_p_value():
    test = paired_test(random_counts(500, 0.95), random_counts(500, 0.6, seed=1), samples=999)
    assert test.p_value == pytest.approx(1 / 1000)
    assert 0 < test.interval.low < test.difference < test.interval.high
    assert test.changed > 100


def test_the_test_is_symmetric():
    first, second = random_counts(80, 0.8), random_counts(80, 0.75, seed=1)
    test, turned = paired_test(first, second), paired_test(second, first)
    assert (test.difference, test.p_value) == (-turned.difference, turned.p_value)
    assert test.interval.low == pytest.approx(-turned.interval.high, abs=0.01)
    assert test == paired_test(first, second)


def test_the_p_value_equals_that_of_all_exchanges():
    first = rows([2, 2, 2], [1, 1, 1], [0, 1, 2], [1, 1, 1], [3, 3, 3], [0, 0, 0], [1, 1, 1])
    second = rows([1, 2, 2], [0, 0, 1], [1, 1, 2], [0, 2, 1], [3, 3, 3], [0, 1, 0], [0, 1, 1])
    observed = abs(compute_f1(first) - compute_f1(second))
    hits = 0
    for number in range(2**7):
        swap = np.array([number >> bit & 1 for bit in range(7)], dtype=bool)[:, None]
        sides = np.where(swap, second, first), np.where(swap, first, second)
        hits += abs(compute_f1(sides[0]) - compute_f1(sides[1])) >= observed - 1e-12
    test = paired_test(first, second, samples=20_000)
    assert 0.05 < hits / 2**7 < 0.95
    assert test.p_value == pytest.approx(hits / 2**7, abs=0.015)
    assert test.changed == 6


def test_p_values_are_uniform_where_both_are_equally_good():
    p_values = np.array(
        [
            paired_test(
                random_counts(200, seed=seed), random_counts(200, seed=1000 + seed), samples=200
            ).p_value
            for seed in range(400)
        ]
    )
    # The standard deviation of each share is at most 2.5 %.
    for share in (0.05, 0.25, 0.5, 0.75):
        assert np.mean(p_values <= share) == pytest.approx(share, abs=0.07)
    assert np.mean(p_values <= 0.05) < 0.09


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (rows([0, 0, 1]), "found 2 and 1 sentences"),
        (rows([0, 0, 1], [0, 0, 2]), "sentence 1: found 1 and 2 gold entities"),
    ],
    ids=["another number of sentences", "other gold entities"],
)
def test_predictions_of_different_sentences_are_an_error(second, message):
    with pytest.raises(ScoreError, match=message):
        paired_test(rows([0, 0, 1], [0, 0, 1]), second)


def test_no_sentence_and_no_entity_show_no_difference():
    for counts in (rows(), rows([0, 0, 0])):
        test = paired_test(counts, counts)
        assert (test.difference, test.p_value, test.interval.low) == (0, 1, 0)


def test_counts_of_the_example_sentences():
    gold = [sentence.tags for sentence in EXAMPLE_SENTENCES]
    silent = [["O"] * len(tags) for tags in gold]
    counts = count_sentences(gold, [gold[0], *silent[1:]])
    assert counts.overall[:2].tolist() == [[4, 4, 4], [0, 0, 3]]
    assert counts.by_type["LOC"][0].tolist() == [2, 2, 2]
