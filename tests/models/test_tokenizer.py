import json
import pickle
import subprocess
import sys

import pytest
import transformers
from helpers import tiny_models
from helpers.builders import PROPERTY
from hypothesis import given, strategies as st
from transformers import AutoTokenizer, BertTokenizer, RoFormerTokenizer, pipeline

from msra_ner.labels import label_list
from msra_ner.models.tokenizer import without_spaces

ODD = [*tiny_models.CHARACTERS, "龘", "𠮷", " ", "\u3000", "\u200b", "\t", "#", "##", "[SEP]", "é"]
PIECES = [
    (["北", "京", "大", "学"], "北京大学"),
    (["New", "York", "Times", "报", "社"], "New York Times报社"),
    (["NB", "##A", "在", "2008", "##年"], "NBA在2008年"),
    (["##A", "在"], "A在"),
    (["北", "#", "#", "京"], "北##京"),
    (["#", "#", "京"], "##京"),
    (["A", ".", "B", "."], "A.B."),
    (["É", "té"], "É té"),
    (["[UNK]", "北"], "[UNK]北"),
    ([], ""),
]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A random model that finds entities everywhere, saved with a tokenizer that joins."""
    folder = tmp_path_factory.mktemp("saved")
    tokenizer = without_spaces(tiny_models.wordpiece(), by_character=True)
    tokenizer.save_pretrained(folder)
    model = tiny_models.tiny_model(label_list(["PER", "ORG", "LOC"]), len(tokenizer))
    model.config.msra_ner = {"max_length": 512, "token": "character"}
    model.save_pretrained(folder)
    return folder


@pytest.mark.parametrize(("pieces", "text"), PIECES, ids=[text or "none" for _, text in PIECES])
def test_pieces_are_joined_without_spaces_but_between_latin_words(saved, pieces, text):
    joined = without_spaces(tiny_models.wordpiece(), by_character=True)
    assert joined.convert_tokens_to_string(pieces) == text
    loaded = AutoTokenizer.from_pretrained(saved)
    assert loaded.convert_tokens_to_string(pieces) == text


def test_the_decoder_outlives_saving_again_and_pickling(saved, tmp_path):
    AutoTokenizer.from_pretrained(saved).save_pretrained(tmp_path)
    joined = without_spaces(tiny_models.wordpiece(), by_character=True)
    copies = [AutoTokenizer.from_pretrained(tmp_path), pickle.loads(pickle.dumps(joined))]
    for tokenizer in copies:
        assert tokenizer.convert_tokens_to_string(["北", "京"]) == "北京"


def test_it_is_saved_under_a_name_that_older_transformers_know(saved):
    config = json.loads((saved / "tokenizer_config.json").read_text(encoding="utf-8"))
    assert config["tokenizer_class"] == "PreTrainedTokenizerFast"
    # What transformers 5 makes of the name: a class that takes the decoder from the file.
    assert type(AutoTokenizer.from_pretrained(saved)) is transformers.PreTrainedTokenizerFast


@pytest.fixture(scope="module")
def tokenizers(saved):
    """One as it was, the one that joins, and that once it is saved and loaded."""
    before = tiny_models.wordpiece()
    joined = without_spaces(tiny_models.wordpiece(), by_character=True)
    return before, joined, AutoTokenizer.from_pretrained(saved)


@PROPERTY
@given(st.lists(st.sampled_from(ODD), max_size=30))
def test_word_pieces_and_offsets_stay_as_they_were(tokenizers, tokens):
    before, *others = tokenizers
    for after in others:
        for text, words in (("".join(tokens), False), (tokens, True)):
            settings = {"is_split_into_words": words, "return_offsets_mapping": True}
            assert dict(after(text, **settings)) == dict(before(text, **settings))
        assert after.special_tokens_map == before.special_tokens_map
        assert after.model_max_length == before.model_max_length
        assert after.padding_side == before.padding_side


def test_special_tokens_that_were_added_stay(tmp_path):
    tokenizer = BertTokenizer.from_pretrained(_save(tiny_models.wordpiece(), tmp_path / "plain"))
    tokenizer.add_special_tokens({"additional_special_tokens": ["[doc]"]})
    joined = without_spaces(tokenizer, by_character=True)
    loaded = AutoTokenizer.from_pretrained(_save(joined, tmp_path / "joined"))
    assert len(loaded) == len(tokenizer)
    assert loaded("北[doc]京").input_ids == tokenizer("北[doc]京").input_ids
    assert "[doc]" in loaded.all_special_tokens


def _save(tokenizer, folder):
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("kind", [tiny_models.byte_bpe, tiny_models.unigram])
def test_other_kinds_of_tokenizer_keep_their_decoder(kind):
    tokenizer = kind()
    assert without_spaces(tokenizer, by_character=True) is tokenizer


def test_a_corpus_of_words_keeps_its_spaces():
    tokenizer = tiny_models.wordpiece()
    assert without_spaces(tokenizer, by_character=False) is tokenizer


def test_a_roformer_tokenizer_still_works(tmp_path):
    pytest.importorskip("rjieba", reason="rjieba, which RoFormer's tokenizer needs, is missing")
    vocab = {piece: index for index, piece in enumerate([*tiny_models.SPECIAL, *"北京大学"])}
    tokenizer = RoFormerTokenizer(vocab=vocab)
    after = without_spaces(tokenizer, by_character=True)
    assert after("北京大学").input_ids == tokenizer("北京大学").input_ids
    after.save_pretrained(tmp_path)


def test_the_pipeline_gives_the_text_of_each_entity(saved):
    tagger = pipeline(
        "token-classification", model=str(saved), aggregation_strategy="simple", device="cpu"
    )
    found = 0
    for text in tiny_models.TEXTS:
        for entity in tagger(text):
            inside = text[entity["start"] : entity["end"]]
            assert "##" not in entity["word"]
            assert entity["word"].replace(" ", "") == inside.replace(" ", "")
            if not any(character.isascii() for character in inside):
                assert entity["word"] == inside
            found += 1
    assert found > len(tiny_models.TEXTS)


SCRIPT = """
import json, sys
from transformers import pipeline
tagger = pipeline("token-classification", model=sys.argv[1], aggregation_strategy="simple")
text = sys.argv[2]
rows = [[e["word"], text[e["start"] : e["end"]]] for e in tagger(text)]
assert not any(name.split(".")[0] == "msra_ner" for name in sys.modules)
print(json.dumps(rows))
"""


@pytest.mark.slow
def test_a_trained_folder_works_in_a_process_without_this_package(
    tiny_corpus, tiny_encoder, tmp_path
):
    import msra_ner

    settings = {"model_name_or_path": tiny_encoder, "num_train_epochs": 12}
    msra_ner.train(tiny_corpus, tmp_path / "run", **settings, **tiny_models.TINY_RUN)
    text = "出席的有王海燕、陈志远等同志。"
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "run"), text],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    rows = json.loads(done.stdout)
    assert all(word == inside for word, inside in rows)
    found = [entity.text for entity in msra_ner.Tagger.from_pretrained(tmp_path / "run")(text)]
    assert "王海燕" in found
    assert set(found) <= {word for word, _ in rows}
