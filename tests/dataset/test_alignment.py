import numpy as np
import pytest
from helpers import tiny_models
from helpers.builders import PROPERTY
from helpers.odd_tokens import KINDS, ODD, SHARED, tokens_strategy
from helpers.oracles import align_labels
from hypothesis import given, strategies as st
from tokenizers import Tokenizer, models
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from msra_ner.dataset.alignment import IGNORE_INDEX, NO_TOKEN, Aligner, find_window_limit
from msra_ner.dataset.projection import project_labels
from msra_ner.errors import TokenizerError
from msra_ner.labels import label_list

LABELS = label_list(["PER", "ORG", "LOC"])


def project_back(aligner, tokens, predicted_of_window):
    """The way back, as the package does it: each window writes the tokens it owns."""
    back = np.full(len(tokens), -1)
    for window in aligner.encode(tokens):
        owned = project_labels(
            window.word_ids, window.own_start, window.own_end, predicted_of_window(window)
        )
        assert (back[window.own_start : window.own_end] == -1).all(), "a token is owned twice"
        back[window.own_start : window.own_end] = owned
    return back.tolist()


@pytest.mark.parametrize("kind", KINDS)
@PROPERTY
@given(
    tokens=tokens_strategy,
    max_length=st.integers(4, 40),
    overlap_share=st.floats(0, 0.95),
    data=st.data(),
)
def test_aligning_and_projecting_back_is_the_identity(
    kind, tokens, max_length, overlap_share, data
):
    overlap = int(overlap_share * (max_length - 2))
    aligner = Aligner(KINDS[kind](), max_length, min(overlap, max_length - 3))
    labels = data.draw(
        st.lists(st.integers(0, 6), min_size=len(tokens), max_size=len(tokens)), label="labels"
    )
    inside = [0, 2, 2, 4, 4, 6, 6]
    for inside_ids in (None, inside):
        back = project_back(
            aligner, tokens, lambda w, i=inside_ids: align_labels(w, labels, inside_ids=i)
        )
        assert back == labels


@pytest.mark.parametrize("kind", KINDS)
@PROPERTY
@given(tokens=tokens_strategy)
def test_pieces_equal_those_of_the_whole_sentence(kind, tokens):
    # Tokens are tokenized one by one and kept; the tokenizer's own call must give the same.
    tokenizer = KINDS[kind]()
    own = tokenizer(tokens, is_split_into_words=True, add_special_tokens=False)
    of_token = [[] for _ in tokens]
    for piece, token in zip(own.input_ids, own.word_ids(), strict=True):
        of_token[token].append(piece)
    found = Aligner(tokenizer, 512).pieces(tokens)
    for token, expected, pieces in zip(tokens, of_token, found, strict=True):
        assert list(pieces) == (expected or [tokenizer.unk_token_id]), repr(token)


@pytest.mark.parametrize("kind", KINDS)
@PROPERTY
@given(tokens=tokens_strategy, max_length=st.integers(4, 40))
def test_windows_fit_and_every_token_counts_once(kind, tokens, max_length):
    windows = Aligner(KINDS[kind](), max_length, 1).encode(tokens)
    labels = [0] * len(tokens)
    counted = sum(
        label != IGNORE_INDEX for window in windows for label in align_labels(window, labels)
    )
    assert counted == len(tokens)
    for window in windows:
        assert len(window.input_ids) == len(window.word_ids) <= max_length
        assert set(window.word_ids) >= set(range(window.own_start, window.own_end))


@pytest.mark.parametrize("odd", ["\u3000", "\u200b", "\x07", "\ufeff"])
def test_a_character_the_tokenizer_drops_keeps_its_place(odd):
    tokenizer = tiny_models.wordpiece()
    assert not tokenizer(odd, add_special_tokens=False).input_ids
    (window,) = Aligner(tokenizer, 512).encode(["北", odd, "京"])
    assert window.word_ids == [NO_TOKEN, 0, 1, 2, NO_TOKEN]
    assert window.input_ids[2] == tokenizer.unk_token_id
    assert align_labels(window, [5, 6, 6]) == [IGNORE_INDEX, 5, 6, 6, IGNORE_INDEX]


def test_what_the_tokenizer_drops_is_told_from_what_it_does_not_know():
    aligner = Aligner(tiny_models.wordpiece(), 512)
    assert [token for token in ["北", "\u3000", "龘"] if aligner.is_dropped(token)] == ["\u3000"]


def test_an_aligner_prints_its_tokenizer_and_its_windows(tmp_path):
    tiny_models.wordpiece().save_pretrained(tmp_path)
    aligner = Aligner(AutoTokenizer.from_pretrained(tmp_path), 64)
    assert repr(aligner) == f"Aligner({str(tmp_path)!r}, max_length=64, overlap=16)"
    assert Aligner(tiny_models.wordpiece()).max_length == 512, "the tokenizer's own limit"


def test_an_aligner_keeps_the_pieces_of_so_many_tokens_at_most(monkeypatch):
    monkeypatch.setattr("msra_ner.dataset.alignment.MAX_KNOWN_TOKENS", 100)
    aligner = Aligner(tiny_models.byte_bpe(), 512)
    words = [f"word{number}" for number in range(1000)]
    expected = Aligner(tiny_models.byte_bpe(), 512).pieces(words)
    assert [aligner.pieces([word])[0] for word in words] == expected
    assert aligner.pieces(words) == expected, "a call with more of them than are kept"
    aligner.pieces("a")
    # Reads a private name: no other way shows what is kept.
    assert len(aligner._pieces) <= 101


def test_known_characters_stay_known():
    tokenizer = tiny_models.wordpiece()
    pieces = Aligner(tokenizer, 512).pieces(tiny_models.CHARACTERS)
    assert tokenizer.unk_token_id not in {piece for row in pieces for piece in row}


def test_pieces_behind_the_first_are_left_out_or_labelled_inside():
    tokenizer = tiny_models.byte_bpe()
    (window,) = Aligner(tokenizer, 512).encode(["龘"])
    assert len(window.input_ids) > 3, "the test wants a token of several pieces"
    more = len(window.input_ids) - 3
    begin, inside = LABELS.index("B-LOC"), LABELS.index("I-LOC")
    first_only = [IGNORE_INDEX, begin, *[IGNORE_INDEX] * (more + 1)]
    assert align_labels(window, [begin]) == first_only
    inside_ids = [0, 2, 2, 4, 4, 6, 6]
    assert align_labels(window, [begin], inside_ids=inside_ids) == [
        IGNORE_INDEX,
        begin,
        *[inside] * more,
        IGNORE_INDEX,
    ]


def test_truncation_and_padding_in_the_tokenizer_file_change_nothing():
    plain = tiny_models.wordpiece()
    cutting = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(plain.backend_tokenizer.to_str()),
        unk_token="[UNK]",
        pad_token="[PAD]",
    )
    cutting.backend_tokenizer.enable_truncation(4)
    cutting.backend_tokenizer.enable_padding(length=64)
    tokens = tiny_models.CHARACTERS[:30]
    assert Aligner(cutting, 512).encode(tokens) == Aligner(plain, 512).encode(tokens)
    assert cutting.backend_tokenizer.truncation is not None, "the tokenizer itself is untouched"


def test_a_tokenizer_that_is_not_fast_is_refused():
    class Slow:
        is_fast = False

    with pytest.raises(TokenizerError, match="slow tokenizer"):
        Aligner(Slow(), 512)


def test_an_overlap_that_leaves_no_room_is_refused():
    with pytest.raises(TokenizerError, match="less than the 8 pieces"):
        Aligner(tiny_models.wordpiece(), 10, 8)


def test_a_dropped_token_without_any_replacement_is_refused():
    # Without an unknown piece BPE leaves out what it does not know.
    engine = Tokenizer(models.BPE({"a": 0}, []))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=engine)
    with pytest.raises(TokenizerError, match="unk_token"):
        Aligner(tokenizer, 512, 0).encode(["\u3000"])


def test_the_smallest_stated_limit_counts():
    assert find_window_limit(512, 10**30) == 512
    assert find_window_limit(None, 256, 512) == 256
    assert find_window_limit(None, 10**30) == 512


@pytest.mark.parametrize("name", ["e5-small-zh-char", "unigram-tokenizer"])
def test_real_tokenizers_give_back_every_odd_character(name):
    folder = SHARED / "models" / name
    if not folder.is_dir():
        pytest.skip(f"no {name} beside the repository")
    aligner = Aligner(AutoTokenizer.from_pretrained(folder), 32, 8)
    tokens = list("北京 大学２００８年ＩＢＭ中国".replace(" ", "\u3000") * 5 + ODD)
    labels = [index % 7 for index in range(len(tokens))]
    assert project_back(aligner, tokens, lambda w: align_labels(w, labels)) == labels


def test_a_tokenizer_that_cuts_words_in_python_is_read():
    """R11: RoFormer's own, of junnyu/roformer_chinese_* and WoBERT, ended in a traceback."""
    pytest.importorskip("rjieba", reason="rjieba, which RoFormer's tokenizer needs, is missing")
    from transformers import RoFormerTokenizer

    pieces = [*tiny_models.SPECIAL, *"北京大学", "大学"]
    tokenizer = RoFormerTokenizer(vocab={piece: index for index, piece in enumerate(pieces)})
    whole = tokenizer("北京大学").input_ids
    (window,) = Aligner(tokenizer, 16).encode(list("北京大学"))
    assert tokenizer.convert_ids_to_tokens(window.input_ids) == ["[CLS]", *"北京大学", "[SEP]"]
    (window,) = Aligner(tokenizer, 16).encode(["北", "京", "大学"])
    assert tokenizer.convert_ids_to_tokens(window.input_ids)[3:] == ["大学", "[SEP]"]
    assert tokenizer("北京大学").input_ids == whole, "it cuts words as before"
