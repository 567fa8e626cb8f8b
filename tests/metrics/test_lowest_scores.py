import pytest

from msra_ner.metrics import score_by_lowest


def test_a_row_counts_what_scores_at_least_so_much():
    rows = score_by_lowest([0.2, 0.5, 0.94, 0.99], [False, True, True, False], gold=4)
    assert {row.name: (row.predicted, row.correct, row.gold) for row in rows} == {
        "0": (4, 2, 4),
        "0.3": (3, 2, 4),
        "0.5": (3, 2, 4),
        "0.7": (2, 1, 4),
        "0.8": (2, 1, 4),
        "0.9": (2, 1, 4),
        "0.95": (1, 0, 4),
        "0.98": (1, 0, 4),
        "0.99": (1, 0, 4),
    }
    assert (rows[0].precision, rows[0].recall) == (0.5, 0.5)
    assert rows[1].precision == pytest.approx(2 / 3)


def test_without_an_entity_there_is_no_row():
    assert score_by_lowest([], [], gold=3) == []
    assert [row.name for row in score_by_lowest([0.1], [True], gold=1)] == ["0"]
