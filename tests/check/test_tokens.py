import pytest
from helpers import tiny_models
from helpers.builders import PROPERTY
from helpers.checked_corpora import by_name, corpora, list_locations, place
from hypothesis import given, strategies as st

from msra_ner.check.run import check_sentences
from msra_ner.corpus.sentence import Sentence
from msra_ner.dataset.alignment import NO_TOKEN, Aligner
from msra_ner.labels import decode_entities


def check_tokens(sentences, tokenizer, max_length=16):
    aligner = Aligner(tokenizer, max_length)
    report = check_sentences({"train": place("train", sentences)}, aligner=aligner)
    return report.tokenizer, by_name(report)


def test_dropped_and_unknown_tokens_are_told_apart():
    tokens = ["北", "\u3000", "鑫", "\u200b", "鑫"]
    sentence = Sentence(tokens, ["B-LOC", "I-LOC", "I-LOC", "O", "O"])
    figures, found = check_tokens([sentence], tiny_models.wordpiece())
    pieces = figures.splits["train"]
    assert (pieces.tokens, pieces.pieces, pieces.unknown, pieces.dropped) == (5, 5, 2, 2)
    (unknown,) = found["unknown_tokens"].cases
    assert (unknown.text, unknown.detail) == ("鑫", "2 times, 1 inside entities")
    assert list_locations(unknown) == ["train:1 (token 3)", "train:1 (token 5)"]
    assert [case.detail for case in found["dropped_tokens"].cases] == [
        "ZERO WIDTH SPACE, 1 time, 0 inside entities",
        "IDEOGRAPHIC SPACE, 1 time, 1 inside entities",
    ]


def test_a_tokenizer_set_to_pad_drops_no_less():
    tokenizer = tiny_models.wordpiece.__wrapped__()
    tokenizer.backend_tokenizer.enable_padding(length=8, pad_id=tokenizer.pad_token_id)
    figures, _ = check_tokens([Sentence(["北", "\u200b"], ["B-LOC", "O"])], tokenizer)
    assert (figures.splits["train"].unknown, figures.splits["train"].dropped) == (0, 1)


def test_without_an_unknown_piece_a_dropped_token_is_still_dropped():
    tokenizer = tiny_models.wordpiece.__wrapped__()
    tokenizer.unk_token = None
    figures, _ = check_tokens([Sentence(["北", "\u200b"], ["B-LOC", "O"])], tokenizer)
    assert (figures.splits["train"].unknown, figures.splits["train"].dropped) == (0, 1)


@pytest.mark.parametrize(
    ("number", "total", "wrong"), [(20, 400, False), (21, 400, True), (19, 100, False)]
)
def test_too_many_unknown_tokens_are_wrong(number, total, wrong):
    tokens = ["鑫"] * number + ["北"] * (total - number)
    _, found = check_tokens([Sentence(tokens, ["O"] * total)], tiny_models.wordpiece(), 64)
    assert found["unknown_tokens"].wrong == wrong


def test_long_sentences_and_what_a_cut_would_lose():
    # 14 pieces beside the special ones: the entity of tokens 14 and 15 ends behind the limit.
    inside = Sentence(["北"] * 15, [*["O"] * 12, "B-LOC", "I-LOC", "O"])
    across = Sentence(["北"] * 15, [*["O"] * 13, "B-LOC", "I-LOC"])
    short = Sentence(["北"] * 14, [*["O"] * 13, "B-LOC"])
    figures, found = check_tokens([short, inside, across], tiny_models.wordpiece())
    assert (figures.max_length, figures.capacity) == (16, 14)
    pieces = figures.splits["train"]
    assert (pieces.most_pieces, pieces.over_limit, pieces.entities_cut) == (15, 2, 1)
    finding = found["long_sentences"]
    assert not finding.wrong
    assert finding.title.startswith("2 of 3 sentences (66.7 %)")
    assert "1 of 3 entities (33.3 %) would be lost" in finding.remedy
    assert finding.cases[1].detail == "15 pieces, 2 windows, 1 of 1 entity behind the limit"


@PROPERTY
@given(
    corpora(), st.sampled_from([tiny_models.wordpiece, tiny_models.byte_bpe, tiny_models.unigram])
)
def test_pieces_are_those_of_the_windows(splits, tokenizer):
    aligner = Aligner(tokenizer(), 8, overlap=0)
    report = check_sentences(splits, aligner=aligner)
    for name, sentences in splits.items():
        windows = [aligner.encode(item.tokens) for item in sentences]
        figures = report.tokenizer.splits[name]
        assert figures.over_limit == sum(len(item) > 1 for item in windows)
        first = [set(item[0].word_ids) if item else set() for item in windows]
        lost = sum(
            entity.end - 1 not in seen
            for item, seen in zip(sentences, first, strict=True)
            for entity in decode_entities(item.tags)
        )
        # A window takes whole tokens; a cut can leave the first piece of one more.
        assert figures.entities_cut <= lost
        if all(len(ids) == 1 for ids in aligner.pieces("甲乙")):
            assert figures.entities_cut == lost
            assert figures.pieces == figures.tokens
        if figures.over_limit == 0:
            assert figures.pieces == sum(
                word != NO_TOKEN for item in windows for window in item for word in window.word_ids
            )
