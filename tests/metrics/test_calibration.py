"""Scores against how many entities are right."""

import pytest

from msra_ner.metrics import measure_calibration


def test_scores_that_are_what_they_say_have_no_error():
    scores = [0.75] * 4 + [0.5] * 2
    found = measure_calibration(scores, [True, True, True, False, True, False])
    assert found.error == 0
    assert [(row.low, row.entities, row.score, row.precision) for row in found.bins] == [
        (0.5, 2, 0.5, 0.5),
        (0.7, 4, 0.75, 0.75),
    ]


def test_the_error_is_the_mean_distance_weighted_by_entities():
    found = measure_calibration([1.0, 1.0, 1.0, 0.0], [True, False, False, True])
    assert found.error == pytest.approx((3 * (1 - 1 / 3) + 1 * 1) / 4)
    assert found.entities == 4
    assert [row.low for row in found.bins] == [0.0, 0.9], "a score of 1 is in the last bin"


def test_of_nothing_nothing_is_known():
    assert measure_calibration([], []) is None
