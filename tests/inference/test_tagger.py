import copy
import itertools
import random

import numpy as np
import pytest
import torch
from datasets import Dataset, Features, Value
from helpers import tiny_models
from helpers.builders import EXAMPLE_SENTENCES, LONG_SENTENCE, PROPERTY
from hypothesis import given, strategies as st

from msra_ner.corpus.documents import split_text
from msra_ner.errors import ArgumentsError, ModelError
from msra_ner.inference import tagger as prediction
from msra_ner.inference.batches import PADDING_SHARE, cut_by_padding
from msra_ner.inference.decode import ScoredEntity, TaggedTokens
from msra_ner.inference.dictionary import RuledEntity
from msra_ner.inference.entities import TextEntity
from msra_ner.inference.tagger import Tagger, describe_tagger
from msra_ner.labels import Entity, decode_entities, encode_entities, label_list
from msra_ner.models.small import build_character_tokenizer

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
    assert set(missing) <= set("\t\n\r\f\v"), "only ASCII white space is not a token"
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
        assert 0 <= entity.score <= 1
        previous = entity.end


def test_an_entity_keeps_a_space_that_stands_inside_it(tagger, monkeypatch):
    tags = ["O", "B-LOC", "I-LOC", "O"]
    found = TaggedTokens(tags, [ScoredEntity(RuledEntity(Entity(1, 3, "LOC")), 0.75)])
    monkeypatch.setattr(tagger, "_tag", lambda sentences: [found])
    assert tagger("在北 京大") == [TextEntity("LOC", 1, 4, "北 京", 0.75)]


def test_no_entity_starts_inside_and_windows_are_decoded_as_one(tagger):
    tokens = LONG_SENTENCE.tokens
    (found,) = tagger.tag_tokens([tokens])
    assert encode_entities(decode_entities(found), len(tokens)) == found
    logits = np.zeros((len(tokens), len(LABELS)), dtype=np.float32)
    for window in tagger.aligner.encode(tokens):
        ids = np.array([window.input_ids])
        rows = tagger.runtime.compute_logits(ids, np.ones_like(ids))[0]
        for row, token in zip(rows, window.word_ids, strict=True):
            if window.own_start <= token < window.own_end:
                logits[token] = row
    (path,) = tagger.decoder.find_labels([logits])
    assert [LABELS[label] for label in path] == found


def test_the_decoder_is_the_one_that_was_asked_for(tagger):
    own = Tagger(tagger.model, tagger.aligner.tokenizer, "cpu", decoder="argmax")
    assert [describe_tagger(item)["decoder"] for item in (tagger, own)] == ["viterbi", "argmax"]
    with pytest.raises(ArgumentsError, match="decoder: found 'beam'"):
        Tagger(tagger.model, tagger.aligner.tokenizer, "cpu", decoder="beam")


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
    batches = list(cut_by_padding(lengths, tokens))
    assert [row for start, end in batches for row in range(start, end)] == list(range(len(lengths)))
    for start, end in batches:
        computed = (end - start) * lengths[start]
        assert computed <= tokens or end - start == 1
        assert computed - sum(lengths[start:end]) <= tokens * PADDING_SHARE


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
    by_token = Tagger(tagger.model, tagger.aligner.tokenizer, "cpu", decoder="argmax")
    assert by_token.tag_tokens([tokens]) == [expected]


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
    with pytest.raises(ArgumentsError, match=r"^batch_tokens: found 0"):
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


class ByCharacter:
    """A runtime whose tags depend on the characters alone, except at a window's edge.

    Within ``edge`` pieces of where a window was cut out of its text it answers nonsense, as a model
    might that sees too little. Texts begin with ``^`` and end with ``$``, so that it knows.
    """

    labels = LABELS
    limit = 512

    def __init__(self, tokenizer, max_length, overlap):
        self.settings = {"token": "character", "max_length": max_length, "window_overlap": overlap}
        self.edge = overlap // 2
        self.tags = {tokenizer.convert_tokens_to_ids(char): tag for char, tag in TAG_OF.items()}
        self.first, self.last = tokenizer.convert_tokens_to_ids(["^", "$"])

    def compute_logits(self, input_ids, attention_mask):
        ids = np.zeros_like(input_ids)
        for row, pieces in enumerate(input_ids.tolist()):
            length = int(attention_mask[row].sum())
            for column, piece in enumerate(pieces[:length]):
                ids[row, column] = LABELS.index(self.tags.get(piece, "O"))
            nonsense = LABELS.index("B-LOC")
            if self.first not in pieces:
                ids[row, 1 : 1 + self.edge] = nonsense
            if self.last not in pieces:
                ids[row, length - 1 - self.edge : length - 1] = nonsense
        return 100 * np.eye(len(LABELS), dtype=np.float32)[ids]


TAG_OF = {"^": "O", "$": "O", "o": "O", "p": "B-PER", "q": "I-PER", "x": "B-ORG", "y": "I-ORG"}
WINDOW_TOKENIZER = build_character_tokenizer(TAG_OF)


@PROPERTY
@given(data=st.data())
def test_entities_are_those_of_the_text_without_windows(data):
    body = data.draw(st.text(st.sampled_from("oopqqqqxyyy "), max_size=150))
    text = f"^{body}$"
    max_length = data.draw(st.integers(6, 40))
    overlap = data.draw(st.integers(0, (max_length - 2) // 2))
    runtime = ByCharacter(WINDOW_TOKENIZER, max_length, overlap)
    batch_tokens = data.draw(st.integers(1, 200))
    tagger = Tagger(runtime, WINDOW_TOKENIZER, batch_tokens=batch_tokens, decoder="argmax")
    assert tagger(text) == entities_without_windows(text)
    assert tagger([body, text])[1] == entities_without_windows(text), "beside another text, too"


def entities_without_windows(text):
    tokens, offsets = split_text(text)
    return [
        TextEntity(
            found.type,
            offsets[found.start],
            offsets[found.end - 1] + 1,
            text[offsets[found.start] : offsets[found.end - 1] + 1],
            1.0,
        )
        for found in decode_entities([TAG_OF[token] for token in tokens])
    ]


def test_an_entity_longer_than_a_window_stays_whole_in_a_text_of_ten_thousand_characters():
    text = "^" + "o" * 3000 + "p" + "q" * 4000 + "opqxy" * 600 + "$"
    assert len(text) > 10_000
    runtime = ByCharacter(WINDOW_TOKENIZER, 512, 128)
    found = Tagger(runtime, WINDOW_TOKENIZER, decoder="argmax")(text)
    assert found == entities_without_windows(text)
    assert (found[0].start, found[0].end) == (3001, 7002)
    assert len(found) == 1 + 2 * 600


def test_a_generator_of_texts_gives_a_list_for_each(tagger):
    texts = [tiny_models.TEXTS[0], "", tiny_models.TEXTS[2]]
    assert tagger(text for text in texts) == [tagger(text) for text in texts]
    assert tagger([]) == []
    assert tagger("") == []


def test_a_column_of_pandas_gets_its_entities(tagger):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    table = pandas.DataFrame({"text": tiny_models.TEXTS}, index=[5, 3, 8, 1])
    table["entities"] = tagger(table["text"])
    for text, entities in zip(table["text"], table["entities"], strict=True):
        assert entities == tagger(text)
    table.loc[3, "text"] = None
    with pytest.raises(ArgumentsError, match="a missing value at index 1"):
        tagger(table["text"])


def test_a_dataset_gets_a_column_of_entities(tagger):
    texts = ["", *tiny_models.TEXTS]
    rows = Dataset.from_dict({"text": texts})
    tagged = rows.map(
        lambda rows: {
            "entities": [[entity.as_dict() for entity in row] for row in tagger(rows["text"])]
        },
        batched=True,
        batch_size=2,
        features=Features({"text": Value("string"), "entities": [ENTITY]}),
        new_fingerprint="tagged",
    )
    expected = [tagger(text) for text in texts]
    assert any(expected)
    assert [[TextEntity(**entity) for entity in row] for row in tagged["entities"]] == expected


ENTITY = {
    "type": Value("string"),
    "start": Value("int64"),
    "end": Value("int64"),
    "text": Value("string"),
    "score": Value("float64"),
}


@pytest.mark.parametrize("texts", [7, b"abc", {"text": "abc"}, ["abc", 7]])
def test_what_is_no_text_is_an_error_of_one_line(tagger, texts):
    with pytest.raises(ArgumentsError, match=r"texts: found .*expected a str") as caught:
        tagger(texts)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_logits_that_are_no_numbers_are_refused(tagger, value):
    broken = copy.deepcopy(tagger)
    broken.model.classifier.bias.data[0] = value
    with pytest.raises(ModelError, match="logits that are no numbers"):
        broken("他在北京。")
