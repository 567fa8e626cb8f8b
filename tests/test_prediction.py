import copy
import itertools
import random

import pytest
import tiny_models
import torch
from builders import EXAMPLE_SENTENCES, PROPERTY
from conftest import LONG_SENTENCE
from hypothesis import given
from hypothesis import strategies as st

from msra_ner import prediction
from msra_ner.errors import ArgumentsError, ModelError
from msra_ner.labels import label_list
from msra_ner.passages import split_text
from msra_ner.prediction import Tagger, TextEntity, cut_batches

LABELS = label_list(["PER", "ORG", "LOC"])


@pytest.fixture(scope="module")
def tagger():
    """A tagger with random weights and small windows: it finds entities everywhere."""
    tokenizer = tiny_models.wordpiece()
    model = tiny_models.tiny_model(LABELS, len(tokenizer))
    model.config.msra_ner = {"max_length": 24, "window_overlap": 8, "token": "character"}
    return Tagger(model, tokenizer, device="cpu")


@PROPERTY
@given(st.text(max_size=40), st.booleans())
def test_tokens_and_offsets_give_the_text_back(text, by_character):
    tokens, offsets = split_text(text, by_character)
    rebuilt = [" "] * len(text)
    for token, offset in zip(tokens, offsets, strict=True):
        assert text[offset : offset + len(token)] == token
        rebuilt[offset : offset + len(token)] = token
    missing = [text[index] for index, mark in enumerate(rebuilt) if mark != text[index]]
    assert set(missing) <= set("\t\n\r\f\v"), "only ASCII white space is no token"
    if not by_character:
        assert tokens == [part for part in _split_ascii(text) if part]


def _split_ascii(text):
    return text.translate(str.maketrans("\t\n\r\f\v", "     ")).split(" ")


def test_digits_and_latin_words_are_split_as_in_the_corpus():
    assert split_text("NBA 2024")[0] == ["N", "B", "A", "2", "0", "2", "4"]
    assert split_text("全\u3000角")[0] == ["全", "\u3000", "角"]
    assert split_text("New York", by_character=False) == (["New", "York"], [0, 4])


@PROPERTY
@given(text=st.text(st.sampled_from([*tiny_models.CHARACTERS, " ", "\u3000", "龘"]), max_size=80))
def test_offsets_point_into_the_original_text(tagger, text):
    previous = 0
    for entity in tagger(text):
        assert text[entity.start : entity.end] == entity.text
        assert previous <= entity.start < entity.end <= len(text)
        assert not entity.text[0].isspace() or entity.text[0] == "\u3000"
        assert 0 < entity.score <= 1
        previous = entity.end


def test_an_entity_keeps_a_space_that_stands_inside_it(tagger, monkeypatch):
    tags = ["O", "B-LOC", "I-LOC", "O"]
    monkeypatch.setattr(tagger, "_tag", lambda sentences: [(tags, [0.5, 1.0, 0.5, 0.5])])
    assert tagger("在北 京大") == [TextEntity("LOC", 1, 4, "北 京", 0.75)]


def test_batches_and_order_change_nothing(tagger, monkeypatch):
    texts = ["".join(sentence.tokens) for sentence in [*EXAMPLE_SENTENCES, LONG_SENTENCE]] * 3
    random.Random(0).shuffle(texts)
    alone = [tagger(text) for text in texts]
    for tokens, chunk in ((8192, 512), (60, 512), (8192, 5), (1, 3)):
        monkeypatch.setattr(tagger, "batch_tokens", tokens)
        monkeypatch.setattr(prediction, "CHUNK_TEXTS", chunk)
        for row, expected in zip(tagger(texts), alone, strict=True):
            assert [(e.type, e.start, e.end) for e in row] == [
                (e.type, e.start, e.end) for e in expected
            ]
            assert [e.score for e in row] == pytest.approx([e.score for e in expected], abs=1e-4)


@PROPERTY
@given(
    lengths=st.lists(st.integers(1, 600), max_size=60).map(lambda rows: sorted(rows, reverse=True)),
    tokens=st.integers(1, 4096),
)
def test_batches_hold_each_row_once_within_their_budget(lengths, tokens):
    batches = list(cut_batches(lengths, tokens))
    assert [row for start, end in batches for row in range(start, end)] == list(range(len(lengths)))
    for start, end in batches:
        computed = (end - start) * lengths[start]
        assert computed <= tokens or end - start == 1
        assert computed - sum(lengths[start:end]) <= tokens * prediction.PADDING_SHARE


def test_every_token_gets_a_tag_windows_or_not(tagger):
    tags = tagger.tag_tokens([LONG_SENTENCE.tokens, ["\u3000"], []])
    assert [len(row) for row in tags] == [len(LONG_SENTENCE.tokens), 1, 0]
    assert {tag for row in tags for tag in row} <= set(LABELS)


def test_a_token_is_tagged_by_the_window_that_owns_it(tagger):
    # The reference: each window alone through the model, written where it owns.
    tokens = LONG_SENTENCE.tokens
    expected = [""] * len(tokens)
    for window in tagger.aligner.encode(tokens):
        with torch.inference_mode():
            logits = tagger.model(input_ids=torch.tensor([window.input_ids])).logits[0]
        for position, token in enumerate(window.word_ids):
            if window.own_start <= token < window.own_end:
                expected[token] = LABELS[int(logits[position].argmax())]
    assert tagger.tag_tokens([tokens]) == [expected]


def endless(read, text):
    while True:
        next(read)
        yield text


@pytest.mark.parametrize(
    ("text", "ahead"),
    [("", 50), ("北京", 50), ("北" * 100, 4), ("北" * 399, 2), ("北" * 1000, 1)],
)
def test_a_stream_holds_a_bounded_number_of_texts_and_characters(tagger, monkeypatch, text, ahead):
    monkeypatch.setattr(prediction, "CHUNK_TEXTS", 50)
    monkeypatch.setattr(prediction, "CHUNK_BATCHES", 4)
    monkeypatch.setattr(tagger, "batch_tokens", 100)
    read = itertools.count()
    stream = tagger.stream(endless(read, text))
    for done in range(ahead + 1):
        next(stream)
        assert next(copy.copy(read)) == ahead * (done // ahead + 1)


def test_with_a_chunk_of_one_each_text_is_answered_before_the_next_is_read(tagger):
    read = itertools.count()
    stream = tagger.stream(endless(read, "北京"), chunk_size=1)
    for done in range(1, 5):
        next(stream)
        assert next(copy.copy(read)) == done


def test_a_budget_below_one_is_refused(tagger):
    with pytest.raises(ArgumentsError, match="--batch_tokens: found 0"):
        Tagger(tagger.model, tagger.aligner.tokenizer, "cpu", batch_tokens=0)


def test_a_model_without_a_trained_head_is_refused(tmp_path):
    from transformers import BertConfig, BertModel

    tokenizer = tiny_models.wordpiece()
    tokenizer.save_pretrained(tmp_path)
    sizes = {"hidden_size": 8, "num_attention_heads": 1, "num_hidden_layers": 1}
    BertModel(BertConfig(vocab_size=len(tokenizer), intermediate_size=8, **sizes)).save_pretrained(
        tmp_path
    )
    with pytest.raises(ModelError, match="Train one first"):
        Tagger.from_pretrained(tmp_path)
