import logging

import pytest
import torch
from helpers import tiny_models
from transformers import AutoConfig, AutoModel, BertConfig, XLMRobertaConfig

from msra_ner.errors import ModelError
from msra_ner.labels import label_list
from msra_ner.models.loading import load_model, load_tokenizer, position_limit
from msra_ner.models.small import build_small_encoder

LABELS = label_list(["PER", "ORG", "LOC"])


def save(folder, labels):
    model = tiny_models.tiny_model(labels, 50)
    model.save_pretrained(folder)
    return model


def test_a_head_for_the_same_labels_is_kept(tmp_path, caplog):
    saved = save(tmp_path, LABELS)
    with caplog.at_level(logging.INFO):
        loaded = load_model(str(tmp_path), LABELS)
    assert torch.equal(loaded.classifier.weight, saved.classifier.weight)
    assert "is new" not in caplog.text


@pytest.mark.parametrize(
    "labels",
    [label_list(["GENE"]), (LABELS[0], *LABELS[3:], *LABELS[1:3])],
    ids=["another number of labels", "the same labels in another order"],
)
def test_a_head_for_other_labels_is_replaced_and_the_encoder_kept(tmp_path, caplog, labels):
    saved = save(tmp_path, labels)
    with caplog.at_level(logging.INFO):
        loaded = load_model(str(tmp_path), LABELS)
    assert loaded.classifier.weight.shape == (7, 32)
    if len(labels) == 7:
        assert not torch.equal(loaded.classifier.weight, saved.classifier.weight)
    assert "no failure" in caplog.text
    assert loaded.config.id2label == dict(enumerate(LABELS))
    for name, value in saved.bert.state_dict().items():
        assert torch.equal(value, loaded.bert.state_dict()[name]), name


def test_half_precision_weights_are_trained_in_fp32(tmp_path):
    tiny_models.tiny_model(LABELS, 50).half().save_pretrained(tmp_path)
    assert {p.dtype for p in load_model(str(tmp_path), LABELS).parameters()} == {torch.float32}


def test_the_lower_layers_are_kept(tmp_path):
    saved = save(tmp_path, LABELS)
    loaded = load_model(str(tmp_path), LABELS, num_hidden_layers=1)
    assert loaded.config.num_hidden_layers == len(loaded.bert.encoder.layer) == 1
    kept, first = loaded.bert.encoder.layer[0], saved.bert.encoder.layer[0]
    for name, value in first.state_dict().items():
        assert torch.equal(value, kept.state_dict()[name]), name
    with pytest.raises(ModelError, match="at most the 2 layers"):
        load_model(str(tmp_path), LABELS, num_hidden_layers=3)


def test_missing_encoder_weights_are_a_warning(tmp_path, caplog):
    save(tmp_path, LABELS)
    config = AutoConfig.from_pretrained(tmp_path)
    config.num_hidden_layers = 1
    AutoModel.from_config(config).save_pretrained(tmp_path)
    config.num_hidden_layers = 2
    config.save_pretrained(tmp_path)
    with caplog.at_level(logging.WARNING):
        load_model(str(tmp_path), LABELS)
    assert "weights of the encoder are not in" in caplog.text
    assert "Expect a low F1" in caplog.text


def test_what_is_no_model_says_so(tmp_path):
    for load in (lambda: load_model(str(tmp_path), LABELS), lambda: load_tokenizer(str(tmp_path))):
        with pytest.raises(ModelError, match="found no usable model"):
            load()


def test_the_small_encoder_knows_every_character_of_its_corpus():
    from helpers.builders import EXAMPLE_SENTENCES

    model, tokenizer = build_small_encoder(EXAMPLE_SENTENCES, LABELS)
    characters = sorted({token for sentence in EXAMPLE_SENTENCES for token in sentence.tokens})
    ids = tokenizer(characters, is_split_into_words=True, add_special_tokens=False).input_ids
    assert tokenizer.unk_token_id not in ids
    assert len(ids) == len(characters)
    assert model.config.vocab_size == len(tokenizer)
    assert tokenizer.unk_token_id not in tokenizer("1200").input_ids, "joined digits are known too"


def test_positions_behind_the_padding_id_hold_no_text():
    assert position_limit(BertConfig(max_position_embeddings=512)) == 512
    assert position_limit(XLMRobertaConfig(max_position_embeddings=514, pad_token_id=1)) == 512
