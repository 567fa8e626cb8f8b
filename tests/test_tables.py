import pytest
from wcwidth import width

from msra_ner.tables import format_percent, format_share, format_table


def test_columns_stand_under_each_other():
    text = format_table([["split", "n"], ["a", "1,000"], ["longest name", "7"]])
    assert text.splitlines() == [
        "split             n",
        "a             1,000",
        "longest name      7",
    ]


def test_chinese_cells_line_up_on_the_screen():
    lines = format_table([["token", "王", "海", "a"], ["gold", "B-PER", "I-PER", "O"]]).splitlines()
    assert lines == ["token     王     海  a", "gold   B-PER  I-PER  O"]
    assert {width(line) for line in lines} == {22}
    assert format_table([["北京", "1"], ["abcde", "2"]]).splitlines() == ["北京   1", "abcde  2"]


def test_a_score_in_per_cent():
    assert [format_percent(score) for score in (0.9013, 0, 1)] == ["90.13", "0.00", "100.00"]


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (19, 200, "9.5 %"),
        (1, 3, "33.3 %"),
        (9, 9, "100.0 %"),
        (1, 100, "1.0 %"),
        (1, 3000, "0.033 %"),
        (0, 9, "0 %"),
        (0, 0, "0 %"),
    ],
)
def test_a_share(part, whole, text):
    assert format_share(part, whole) == text
