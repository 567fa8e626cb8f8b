import pytest

from msra_ner.corpus.sentence import is_of_characters, join_tokens


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        pytest.param(["中", "𠮷", "a"], True, id="single characters"),
        pytest.param(["于", "2008", "年"], True, id="most are single"),
        pytest.param(["I", "live", "in", "Paris"], False, id="most are words"),
        pytest.param([], True, id="none"),
    ],
)
def test_most_tokens_say_whether_they_are_characters(tokens, expected):
    assert is_of_characters(tokens) is expected


def test_characters_are_joined_side_by_side_and_words_by_spaces():
    assert join_tokens(["北", "京"], by_character=True) == "北京"
    assert join_tokens(["New", "York"], by_character=False) == "New York"
