import itertools
import math

import datasets
import numpy as np
import pytest
from datasets import Dataset, DatasetDict

from msra_ner.errors import ArgumentsError
from msra_ner.inference.texts import check_texts, cut_chunks

TEXTS = ["王小明在北京", "", "上海 𠮷"]


def series(values, **settings):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    return pandas.Series(values, **settings)


@pytest.mark.parametrize(
    "make",
    [
        list,
        tuple,
        lambda texts: (text for text in texts),
        lambda texts: np.array(texts),
        lambda texts: np.array(texts, dtype=object),
        lambda texts: series(texts, index=[7, 3, 7]),
        lambda texts: series(texts, dtype="string"),
        lambda texts: series(texts, dtype="category"),
        lambda texts: Dataset.from_dict({"text": texts})["text"],
        lambda texts: Dataset.from_dict({"text": texts})[:]["text"],
        pytest.param(
            lambda texts: Dataset.from_dict({"text": texts}).to_iterable_dataset()["text"],
            marks=pytest.mark.skipif(
                datasets.__version__ < "4", reason="datasets 3 has no streamed column"
            ),
        ),
    ],
    ids=[
        *["list", "tuple", "generator", "numpy", "numpy of objects", "pandas", "pandas strings"],
        *["pandas categories", "datasets column", "datasets batch", "streamed column"],
    ],
)
def test_texts_come_from_whatever_holds_them_in_order(make):
    found = list(check_texts(make(TEXTS)))
    assert found == TEXTS
    assert all(isinstance(text, str) for text in found)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (3, "found int"),
        (None, "found NoneType"),
        (b"abc", "found bytes"),
        ({"text": TEXTS}, "found dict.*Give one column"),
        ({"北京", "上海"}, "found set, which has no order"),
        (DatasetDict({"train": Dataset.from_dict({"text": TEXTS})}), "found DatasetDict"),
    ],
)
def test_what_holds_no_texts_is_refused_at_once(texts, found):
    with pytest.raises(ArgumentsError, match=found):
        check_texts(texts)


@pytest.mark.parametrize("name", ["text", "other"])
def test_a_table_is_refused_and_not_taken_for_its_column_names(name):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    with pytest.raises(ArgumentsError, match=r"found DataFrame.*Give one column"):
        check_texts(pandas.DataFrame({name: TEXTS}))
    with pytest.raises(ArgumentsError, match=r"found Dataset.*Give one column"):
        check_texts(Dataset.from_dict({name: TEXTS}))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, "a missing value at index 2"),
        (math.nan, "a missing value at index 2"),
        (7, "int at index 2"),
        (b"abc", "bytes at index 2"),
        (["北"], "list at index 2"),
        (np.zeros(2), "ndarray at index 2"),
        ("北\ud800京", "half of a surrogate pair at index 2, character 1"),
    ],
)
def test_an_element_that_is_no_text_is_named_with_its_index(value, found):
    texts = check_texts(["北京", "", value])
    assert [next(texts), next(texts)] == ["北京", ""]
    with pytest.raises(ArgumentsError, match=found):
        next(texts)


def test_a_missing_value_of_pandas_is_named_with_its_index():
    for texts in (series(["北京", None]), series(["北京", None], dtype="string")):
        with pytest.raises(ArgumentsError, match=r"a missing value at index 1.*fillna"):
            list(check_texts(texts))


def test_an_endless_generator_is_read_a_chunk_at_a_time():
    numbers = itertools.count()
    chunks = cut_chunks(check_texts(str(number) for number in numbers), 100, 4)
    assert [next(chunks), next(chunks)] == [["0", "1", "2", "3"], ["4", "5", "6", "7"]]
    assert next(numbers) == 8


def test_a_chunk_ends_with_the_text_that_fills_it():
    assert list(cut_chunks(["ab", "c", "defg", "", "h"], 3, 9)) == [
        ["ab", "c"],
        ["defg"],
        ["", "h"],
    ]
    assert list(cut_chunks([], 3, 9)) == []
