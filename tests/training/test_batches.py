import numpy as np
import pytest
import torch
from helpers import tiny_models
from hypothesis import given, strategies as st
from transformers import DataCollatorForTokenClassification

import msra_ner
from msra_ner.errors import ArgumentsError
from msra_ner.training.batches import TokenBatches, WindowTable, cut_batches, mean_budget, pad_batch

SETTINGS = st.tuples(
    st.lists(st.integers(1, 60), min_size=8, max_size=120),
    st.integers(1, 200),
    st.integers(1, 8),
    st.integers(0, 2**32 - 1),
    st.integers(0, 50),
)


def parts_of(lengths, tokens, processes, seed, epoch):
    """The batches of each process."""
    parts = []
    for process in range(processes):
        batches = TokenBatches(lengths, tokens, processes=processes, process=process, seed=seed)
        batches.set_epoch(epoch)
        parts.append(list(batches))
        assert len(parts[-1]) == len(batches)
    return parts


@given(SETTINGS)
def test_each_row_is_seen_once_an_epoch(settings):
    parts = parts_of(*settings)
    seen = sorted(row for part in parts for batch in part for row in batch)
    assert seen == list(range(len(settings[0])))


@given(SETTINGS)
def test_processes_share_each_batch_equally(settings):
    lengths = settings[0]
    for shares in zip(*parts_of(*settings), strict=True):
        rows = [len(share) for share in shares]
        assert min(rows) >= 1
        assert max(rows) - min(rows) <= 1
        # Of nearly the same length: no share's longest row is shorter than another's second.
        longest = [sorted((lengths[row] for row in share), reverse=True) for share in shares]
        for share in longest:
            assert all(share[0] >= other[1] for other in longest if len(other) > 1)


@given(SETTINGS)
def test_no_batch_is_over_the_budget_but_a_single_row_and_the_shortest(settings):
    lengths, tokens, processes = settings[:3]
    over = [
        sorted(lengths[row] for row in batch)
        for part in parts_of(*settings)
        for batch in part
        if len(batch) > 1 and len(batch) * max(lengths[row] for row in batch) > tokens
    ]
    # Rows too few for all processes join the batch before: then the shortest share one.
    assert len(over) <= processes
    assert all(len(batch) == 2 for batch in over)


@given(SETTINGS)
def test_the_order_is_a_function_of_seed_and_epoch(settings):
    assert parts_of(*settings) == parts_of(*settings)
    lengths, tokens, processes, seed, epoch = settings
    batches = TokenBatches(lengths, tokens, processes=processes, seed=seed)
    earlier = list(batches)  # another epoch before leaves no trace
    batches.set_epoch(epoch)
    assert list(batches) == parts_of(*settings)[0]
    assert len(earlier) == len(batches)


def test_epochs_and_seeds_differ_in_batches_and_in_their_rows():
    lengths = np.random.default_rng(0).integers(5, 60, 2000)
    batches = TokenBatches(lengths, 512)
    first = list(batches)
    batches.set_epoch(1)
    second = list(batches)
    third = list(TokenBatches(lengths, 512, seed=1))
    for other in (second, third):
        assert first != other
        same_rows = {frozenset(batch) for batch in first} & {frozenset(batch) for batch in other}
        assert len(same_rows) < len(first) / 5


def test_the_longest_row_is_in_the_first_batch():
    batches = TokenBatches([3, 9, 4, 50, 7, 2], 20)
    for epoch in range(5):
        batches.set_epoch(epoch)
        assert 3 in next(iter(batches))


def test_hardly_anything_is_padding():
    lengths = np.random.default_rng(0).geometric(0.03, 30_000) + 2
    assert TokenBatches(lengths, 1500).padding() < 0.01
    assert TokenBatches(lengths, 1500, processes=8).padding() < 0.05
    assert TokenBatches([4, 2], 8).padding() == pytest.approx(0.25)


def test_too_many_processes_and_no_budget_are_refused():
    with pytest.raises(ArgumentsError, match="2 windows of train for 3 processes"):
        cut_batches([5, 4], 100, processes=3)
    with pytest.raises(ArgumentsError, match="per_device_train_tokens: found 0"):
        cut_batches([5, 4], 0)


def test_a_rest_too_small_for_all_takes_from_the_batch_before():
    # Four rows a batch, two processes: nine rows leave one over.
    assert cut_batches([5] * 9, 10, processes=2) == [0, 4, 7, 9]
    # The batch before has none to spare: the rest joins it.
    assert cut_batches([8, 8, 8], 10, processes=2) == [0, 3]


def test_the_default_budget_holds_rows_of_average_length():
    assert mean_budget([10, 20, 30], 4) == 80


def test_batches_are_those_of_the_usual_collator(tiny_corpus):
    tokenizer = tiny_models.wordpiece()
    rows = msra_ner.load_msra(tiny_corpus, tokenizer, max_length=64)["train"]
    rows = rows.select([5, 1, 7, 0, 8])  # not as they lie in the table
    expected = DataCollatorForTokenClassification(tokenizer)(
        [{key: rows[index][key] for key in ("input_ids", "labels")} for index in (3, 0, 2)]
    )
    batch = pad_batch(WindowTable(rows).__getitems__([3, 0, 2]), tokenizer.pad_token_id)
    assert set(batch) == {"input_ids", "attention_mask", "labels"}
    for name, tensor in batch.items():
        assert torch.equal(tensor, expected[name]), name
    assert len(WindowTable(rows)) == 5
    alone = pad_batch(WindowTable(rows).__getitems__([3]), tokenizer.pad_token_id)
    assert set(alone) == {"input_ids", "labels"}, "no mask where nothing is padding"
