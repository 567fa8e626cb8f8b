import pyarrow as pa
import pytest
from helpers import tiny_models
from helpers.builders import PROPERTY
from helpers.odd_tokens import KINDS, ODD, SHARED, tokens_strategy
from helpers.oracles import align_labels
from hypothesis import given, strategies as st
from tokenizers import Tokenizer, models
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from msra_ner.dataset.aligned_table import align_block
from msra_ner.dataset.alignment import Aligner
from msra_ner.errors import TokenizerError

INSIDE_IDS = [0, 2, 2, 4, 4, 6, 6]


@st.composite
def labelled_sentences(draw):
    """Return sentences, empty ones among them, and a label id for each token."""
    sentences = draw(st.lists(tokens_strategy, max_size=6))
    label = st.integers(0, len(INSIDE_IDS) - 1)
    return sentences, [
        draw(st.lists(label, min_size=len(tokens), max_size=len(tokens))) for tokens in sentences
    ]


def rows_one_by_one(aligner, sentences, labels, first, inside_ids):
    """Return the rows as the aligner says them, a sentence and a window at a time."""
    return [
        {
            "id": str(number),
            "sentence": number,
            "own_start": window.own_start,
            "own_end": window.own_end,
            "input_ids": window.input_ids,
            "attention_mask": [1] * len(window.input_ids),
            "labels": align_labels(window, row, inside_ids=inside_ids),
            "word_ids": window.word_ids,
            "length": len(window.input_ids),
        }
        for number, (tokens, row) in enumerate(zip(sentences, labels, strict=True), first)
        for window in aligner.encode(tokens)
    ]


def rows_at_once(aligner, sentences, labels, first, inside_ids):
    table = align_block(
        aligner,
        pa.array(sentences, pa.list_(pa.string())),
        pa.array([label for row in labels for label in row], pa.int64()),
        first=first,
        inside_ids=inside_ids,
    )
    table.validate(full=True)
    return table.to_pylist()


@pytest.mark.parametrize("kind", KINDS)
@PROPERTY
@given(
    labelled=labelled_sentences(),
    max_length=st.integers(4, 40) | st.just(512),
    overlap_share=st.floats(0, 0.95),
    first=st.integers(0, 10**6),
    inside_ids=st.sampled_from([None, INSIDE_IDS]),
)
def test_many_sentences_at_once_are_those_one_by_one(
    kind, labelled, max_length, overlap_share, first, inside_ids
):
    overlap = min(int(overlap_share * (max_length - 2)), max_length - 3)
    aligner = Aligner(KINDS[kind](), max_length, overlap)
    arguments = (aligner, *labelled, first, inside_ids)
    assert rows_at_once(*arguments) == rows_one_by_one(*arguments)


@pytest.mark.parametrize("name", ["e5-small-zh-char", "unigram-tokenizer"])
def test_real_tokenizers_too(name):
    folder = SHARED / "models" / name
    if not folder.is_dir():
        pytest.skip(f"no {name} beside the repository")
    aligner = Aligner(AutoTokenizer.from_pretrained(folder), 32, 8)
    odd = list("北京\u3000大学２００８年ＩＢＭ中国" * 5 + ODD)
    sentences = [odd, odd[:9], [], ["hello", "world wide", "龘" * 40, "é"], odd[::-1]]
    labels = [[index % 7 for index in range(len(tokens))] for tokens in sentences]
    for inside_ids in (None, INSIDE_IDS):
        arguments = (aligner, sentences, labels, 0, inside_ids)
        assert rows_at_once(*arguments) == rows_one_by_one(*arguments)


def test_a_tokenizer_without_special_pieces():
    engine = Tokenizer(models.WordLevel({"a": 0, "b": 1, "?": 2}, unk_token="?"))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=engine, unk_token="?")
    arguments = (Aligner(tokenizer, 2, 1), [list("ab"), list("abab")], [[1, 2], [1, 2, 3, 4]], 7)
    assert rows_at_once(*arguments, None) == rows_one_by_one(*arguments, None)


def test_a_dropped_token_without_any_replacement_is_refused():
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE({"a": 0}, [])))
    with pytest.raises(TokenizerError, match="unk_token"):
        rows_at_once(Aligner(tokenizer, 512, 0), [["\u3000"]], [[0]], 0, None)


def test_no_sentence_is_no_row():
    assert rows_at_once(Aligner(tiny_models.wordpiece(), 512), [], [], 0, None) == []
