import pytest
from helpers.builders import PROPERTY, marked
from helpers.corpora import find_units
from helpers.strategies import documents, sentences
from hypothesis import given

from msra_ner.corpus.documents import (
    SEPARATORS,
    Document,
    Span,
    check_span,
    split_text,
    to_document,
    to_sentence,
)
from msra_ner.corpus.sentence import Sentence
from msra_ner.errors import CorpusError
from msra_ner.labels import decode_entities


def test_characters_are_tokens_and_white_space_is_none():
    assert split_text("第1 届\t\u3000a\n") == (["第", "1", "届", "\u3000", "a"], [0, 1, 3, 5, 6])


def test_words_are_what_is_between_white_space():
    words = split_text("New  York\u00a0City\n", by_character=False)
    assert words == (["New", "York\u00a0City"], [0, 5])


@pytest.mark.parametrize("span", [(0, 0), (2, 1), (-1, 1), (3, 5), (4, 4)])
def test_a_span_outside_its_text_is_refused(span):
    with pytest.raises(CorpusError, match=f"here: found a span from {span[0]} to {span[1]} in a"):
        check_span(Document("abcd", (), "here"), Span(*span, "X"))


@pytest.mark.parametrize("label", ["", "a b", "a\tb", "\u200b", "\u3000", "x" * 3 + "\n"])
def test_a_label_that_no_tag_can_hold_is_refused(label):
    with pytest.raises(CorpusError, match="here: found the label "):
        check_span(Document("abcd", (), "here"), Span(0, 1, label))


@pytest.mark.parametrize("label", ["人名", "GEO-POL", "B-PER", "O", "_", "-", "game/movie"])
def test_a_label_may_be_whatever_is_printable(label):
    sentence, left_out = to_sentence(Document("ab", (Span(0, 2, label),)))
    assert (sentence.tags, left_out) == ([f"B-{label}", f"I-{label}"], 0)
    assert decode_entities(sentence.tags)[0].type == label


def test_spans_become_tags_in_the_order_of_the_text():
    document = Document("李娜 到 巴黎", (Span(5, 7, "LOC"), Span(0, 2, "PER")))
    assert to_sentence(document) == (marked("[PER 李娜]到[LOC 巴黎]"), 0)


def test_spans_side_by_side_share_nothing():
    document = Document("abcd", (Span(2, 4, "X"), Span(0, 2, "X")))
    assert to_sentence(document)[0].tags == ["B-X", "I-X", "B-X", "I-X"]


def test_spans_that_meet_in_white_space_alone_share_no_token():
    document = Document("ab cd", (Span(0, 3, "X"), Span(2, 5, "Y")))
    assert to_sentence(document)[0].tags == ["B-X", "I-X", "B-Y", "I-Y"]


@pytest.mark.parametrize("span", [(0, 2), (1, 3), (4, 6), (2, 8)])
def test_a_span_that_cuts_a_word_is_refused(span):
    document = Document("New York", (Span(*span, "X"),), "here")
    with pytest.raises(CorpusError, match="that cuts a word"):
        to_sentence(document, units="words")
    assert to_sentence(document)[0].tags.count("B-X") == 1


def test_a_span_of_whole_words_may_have_white_space_at_its_ends():
    document = Document("to  New York  now", (Span(3, 14, "X"),))
    assert to_sentence(document, units="words")[0].tags == ["O", "B-X", "I-X", "O"]


@pytest.mark.parametrize("text", ["", " ", SEPARATORS], ids=ascii)
def test_a_text_without_a_token_is_refused(text):
    with pytest.raises(CorpusError, match="here: found a text without a token"):
        to_sentence(Document(text, (), "here"))


def test_overlaps_are_refused_unless_the_outermost_are_asked_for():
    document = Document("abcd", (Span(1, 2, "Y"), Span(0, 3, "X")), "here")
    with pytest.raises(CorpusError, match=r"the span 'b' \(Y, 1 to 2\) inside or across"):
        to_sentence(document)
    sentence, left_out = to_sentence(document, nested="outermost")
    assert (sentence.tags, left_out) == (["B-X", "I-X", "I-X", "O"], 1)


@PROPERTY
@given(documents("\0"))
def test_no_character_and_no_span_is_lost_without_being_counted(items):
    for document in items:
        sentence, left_out = to_sentence(document, nested="outermost")
        kept = "".join(char for char in document.text if char not in SEPARATORS)
        assert "".join(sentence.tokens) == kept
        assert len(decode_entities(sentence.tags)) + left_out == len(document.spans)


@PROPERTY
@given(sentences("json-spans"))
def test_a_text_gives_back_the_sentence_it_was_made_of(items):
    units = find_units(items)
    assert [to_sentence(to_document(item, units), units)[0] for item in items] == items


@pytest.mark.parametrize("token", [" ", "\t", "a b", "\x0b", ""], ids=ascii)
@pytest.mark.parametrize("units", ["characters", "words"])
def test_tokens_that_no_text_gives_back_are_refused(token, units):
    with pytest.raises(CorpusError) as caught:
        to_document(Sentence(["a", token], ["O", "O"], "here"), units)
    assert str(caught.value).startswith(f"here: found the token {token!r}, expected tokens that a")
