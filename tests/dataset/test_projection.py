import numpy as np
import pytest
from helpers import tiny_models
from helpers.builders import EXAMPLE_SENTENCES, PROPERTY, write_corpus
from hypothesis import given, strategies as st

from msra_ner import load_msra
from msra_ner.dataset.projection import is_encoded, project_labels, project_rows, read_column
from msra_ner.errors import ScoreError

LENGTHS = [len(sentence.tokens) for sentence in EXAMPLE_SENTENCES]


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """Windows of a few pieces, of tokens that have several pieces here and there."""
    corpus = write_corpus(tmp_path_factory.mktemp("rows") / "c", {"test": EXAMPLE_SENTENCES})
    cache = tmp_path_factory.mktemp("cache")
    encoded = load_msra(corpus, tiny_models.byte_bpe(), max_length=12, overlap=4, cache_dir=cache)
    assert len(encoded["test"]) > len(EXAMPLE_SENTENCES)
    return encoded["test"]


def padded(lists, padding=-100):
    """Return lists as the Trainer gives them: one array, padded on the right."""
    found = np.full((len(lists), max(map(len, lists)) + 2), padding)
    for row, items in zip(found, lists, strict=True):
        row[: len(items)] = items
    return found


def project_one_by_one(encoded, predicted):
    labels = [np.full(length, -1) for length in LENGTHS]
    for row, pieces in zip(encoded, predicted, strict=True):
        start, end = row["own_start"], row["own_end"]
        labels[row["sentence"]][start:end] = project_labels(row["word_ids"], start, end, pieces)
    return [row.tolist() for row in labels]


@PROPERTY
@given(seed=st.integers(0, 2**32 - 1), as_lists=st.booleans())
def test_all_rows_at_once_are_those_one_by_one_in_any_order(rows, seed, as_lists):
    random = np.random.default_rng(seed)
    shuffled = rows.select(random.permutation(len(rows)))
    predicted = [random.integers(0, 7, length).tolist() for length in shuffled["length"]]
    found = project_rows(shuffled, predicted if as_lists else padded(predicted), LENGTHS)
    assert [row.tolist() for row in found] == project_one_by_one(shuffled, predicted)


@pytest.mark.parametrize(
    ("choose", "lengths"),
    [
        pytest.param(lambda count: range(1, count), LENGTHS, id="a row is lost"),
        pytest.param(lambda count: [0, *range(count)], LENGTHS, id="a row is there twice"),
        pytest.param(lambda count: range(count), LENGTHS[:-1], id="a sentence nobody knows"),
        pytest.param(lambda count: range(count), [*LENGTHS, 1], id="a sentence without a row"),
        pytest.param(lambda count: range(count), [*LENGTHS[:-1], 2], id="tokens nobody knows"),
    ],
)
def test_rows_of_another_split_are_refused(rows, choose, lengths):
    chosen = rows.select(choose(len(rows)))
    with pytest.raises(ScoreError, match="exactly one window"):
        project_rows(chosen, padded([[0] * length for length in chosen["length"]]), lengths)


def test_predictions_that_are_too_few_or_too_short_are_refused(rows):
    predicted = [[0] * length for length in rows["length"]]
    for wrong in (predicted[:-1], [*predicted[:-1], [0]], [*predicted, [0]]):
        with pytest.raises(ScoreError, match=f"found {len(wrong)} rows of"):
            project_rows(rows, wrong, LENGTHS)


def test_a_label_that_is_none_is_refused(rows):
    with pytest.raises(ScoreError, match="not at all"):
        project_rows(rows, [[-100] * length for length in rows["length"]], LENGTHS)


def test_no_rows_of_no_sentences(rows):
    assert project_rows(rows.select([]), [], []) == []


def test_inputs_are_the_rows_of_a_split_or_they_are_not(rows):
    inputs = padded(rows["input_ids"][:], padding=0)
    assert is_encoded(rows, inputs)
    assert is_encoded(rows.select(range(3)), inputs[:3])
    assert not is_encoded(rows, inputs[:-1])
    assert not is_encoded(rows, inputs[::-1])
    assert not is_encoded(rows, inputs[:, :4])
    inputs[2, 1] += 1
    assert not is_encoded(rows, inputs)


def test_a_column_comes_in_the_order_of_the_rows(rows):
    order = np.arange(len(rows))[::-1]
    assert read_column(rows.select(order), "length").to_pylist() == rows["length"][::-1]
