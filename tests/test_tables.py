import pytest
from wcwidth import width

from msra_ner.tables import clip_text, format_percent, format_share, format_table, wrap_text


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


def test_a_head_of_two_lines_stands_on_its_column():
    text = format_table([["split", "without\nentity"], ["train", "3"]])
    assert text.splitlines() == ["       without", "split   entity", "train        3"]


def test_a_text_is_as_wide_as_the_screen_has_it():
    lines = wrap_text("北京" * 60 + " --max_length or a-b", "  > ", "    ")
    assert all(width(line) <= 80 for line in lines)
    assert lines[0].startswith("  > 北京")
    assert lines[1].startswith("    ")
    assert "--max_length or a-b" in lines[-1]


def test_a_long_text_is_cut_by_columns():
    assert clip_text("北京大学", 8) == "北京大学"
    assert clip_text("北京大学", 6) == "北京…"
    assert clip_text("abcdef", 4) == "abc…"
