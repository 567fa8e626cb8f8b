import pytest
from helpers.builders import EXAMPLE_SENTENCES, write_columns

from msra_ner.corpus.column_names import parse_column_names
from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.options import ReadOptions
from msra_ner.errors import ArgumentsError


def test_no_option_names_nothing():
    assert parse_column_names(None) == {}


def test_a_name_may_hold_an_equals_sign_and_spaces():
    assert parse_column_names("sentence=Sentence # , text=a=b") == {
        "sentence": "Sentence #",
        "text": "a=b",
    }


@pytest.mark.parametrize("value", ["", "words", "tokens=", "words=tokens", "tokens=a,", "=a"])
def test_what_is_not_role_and_name_is_refused(value):
    with pytest.raises(ArgumentsError, match=r"column: found .*expected ROLE=COLUMN.*tokens"):
        ReadOptions(column=value)


def test_a_role_twice_is_refused():
    with pytest.raises(ArgumentsError, match=r"found tags twice \(a and b\)"):
        ReadOptions(column="tags=a,tags=b")


def test_a_role_that_the_format_does_not_have_is_refused(tmp_path):
    write_columns(tmp_path / "train.txt", EXAMPLE_SENTENCES)
    with pytest.raises(ArgumentsError, match=r"found layer for the format columns.*format"):
        open_corpus(tmp_path, ReadOptions(column="layer=NamedEntity"))
