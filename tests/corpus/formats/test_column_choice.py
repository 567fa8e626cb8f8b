"""Which columns are read where nobody names them, and what is taken off all tokens."""

import pytest
from helpers.builders import read_columns

from msra_ner.corpus.sentence import Sentence
from msra_ner.errors import CorpusError

CHINA = [Sentence(["中", "国"], ["B-LOC", "I-LOC"]), Sentence(["好"], ["O"])]


def read(tmp_path, text, **options):
    path = tmp_path / "train.txt"
    path.write_text(text, encoding="utf-8")
    return read_columns(path, **options)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "1\t中\tB-LOC\n2\t国\tI-LOC\n\n1\t好\tO\n",
            "column 1, tags from column 2 (column 0 numbers",
        ),
        ("0 中 B-LOC\n1 国 I-LOC\n\n0 好 O\n", "column 1, tags from column 2 (column 0 numbers"),
        (
            "1\t中\tB-LOC\n2\t国\tI-LOC\n\n3\t好\tO\n",
            "column 1, tags from column 2 (column 0 numbers",
        ),
        ("B-LOC\t中\nI-LOC\t国\n\nO\t好\n", "column 1, tags from column 0"),
        ("中\tB-LOC\tx\n国\tI-LOC\ty\n\n好\tO\t\n", "column 0, tags from column 1"),
        ("1 中 n n B-NP B-LOC _\n2 国 n n I-NP I-LOC _\n\n1 好 a a B-NP O _\n", "from column 5"),
    ],
)
def test_the_columns_are_those_that_hold_tokens_and_tags(tmp_path, log, text, said):
    assert read(tmp_path, text) == CHINA
    assert said in log.messages[0]


def test_a_column_of_one_value_holds_no_tokens(tmp_path, log):
    row = "d1\t中\tB-LOC\nd1\t国\tI-LOC\n\nd1\t好\tO\n\n"
    assert read(tmp_path, row * 7) == CHINA * 7
    assert "column 0 is 'd1' in each row" in log.messages[0]


def test_a_few_equal_tokens_are_tokens(tmp_path):
    assert read(tmp_path, "哈\t叹\tO\n哈\t叹\tO\n")[0].tokens == ["哈", "哈"]


def test_numbers_that_do_not_count_up_are_tokens(tmp_path):
    text = "1\t数\tO\n9\t数\tO\n8\t数\tO\n\n年\t名\tO\n"
    assert [item.tokens for item in read(tmp_path, text)] == [["1", "9", "8"], ["年"]]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("中 B-LOC B-GPE\n国 I-LOC I-GPE\n", id="coarse and fine"),
        pytest.param("中 B-ORG O\n国 I-ORG O\n队 I-ORG O\n", id="nested, none of them in sight"),
    ],
)
def test_several_columns_of_tags_are_a_question(tmp_path, text):
    with pytest.raises(
        CorpusError, match=r"train\.txt:1: found tags in the columns 1, 2.*tag_column"
    ):
        read(tmp_path, text)
    assert read(tmp_path, text, tag_column=1)[0].tags[0].startswith("B-")


def test_tokens_that_look_like_tags_leave_the_usual_columns(tmp_path):
    assert read(tmp_path, "O\tB-PER\nB-2\tI-PER\n")[0].tokens == ["O", "B-2"]


def test_a_named_column_is_taken_as_it_is(tmp_path):
    assert read(tmp_path, "1\t中\tO\n2\t国\tO\n", token_column=0)[0].tokens == ["1", "2"]


def test_the_prefix_of_all_tokens_is_taken_off_and_said(tmp_path, log):
    text = "".join(f"zh:{token}\tO\n" for token in "周敏在苏州")
    assert read(tmp_path, text)[0].tokens == list("周敏在苏州")
    assert "the prefix 'zh:' taken off each token" in log.messages[0]
    assert read(tmp_path, text, word_positions="keep")[0].tokens[0] == "zh:周"


def test_a_token_without_the_prefix_of_the_others_is_refused(tmp_path):
    text = "".join(f"zh:{token}\tO\n" for token in "周敏在苏州到北京去看长城")
    with pytest.raises(
        CorpusError, match=r"train\.txt:13: found the token '的' without the prefix"
    ):
        read(tmp_path, text + "的\tO\n")


def test_words_that_begin_alike_have_no_prefix(tmp_path):
    assert read(tmp_path, "re:a\tO\nre:b\tO\n")[0].tokens == ["re:a", "re:b"]


@pytest.mark.parametrize("blank", [" ", "  ", "\t", " \t "])
def test_a_line_of_white_space_is_blank_and_counted(tmp_path, log, blank):
    assert read(tmp_path, f"中\tB-LOC\n国\tI-LOC\n{blank}\n好\tO\n") == CHINA
    assert "1 lines of white space taken for blank ones" in log.messages[-1]


def test_a_wide_space_alone_is_no_blank_line(tmp_path):
    with pytest.raises(CorpusError, match=r"train\.txt:2: found no tab"):
        read(tmp_path, "中\tO\n\u3000\n国\tO\n")


def test_remarks_may_fill_the_start_of_a_file(tmp_path):
    remarks = "".join(f"# remark {number} of many\n" for number in range(2000))
    assert read(tmp_path, remarks + "中\tB-LOC\n国\tI-LOC\n\n好\tO\n") == CHINA
