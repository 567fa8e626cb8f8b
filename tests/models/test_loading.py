import logging

import pytest
import torch
from helpers import tiny_models
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForTokenClassification,
    BertConfig,
    XLMRobertaConfig,
)

from msra_ner.errors import ModelError
from msra_ner.labels import label_list
from msra_ner.models.loading import find_position_limit, load_model, load_tokenizer
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
    assert "not a failure" in caplog.text
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


def test_transformers_own_table_of_new_weights_is_hidden(tmp_path):
    save(tmp_path, label_list(["GENE"]))
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    transformers_logger = logging.getLogger("transformers")
    transformers_logger.addHandler(handler)
    try:
        AutoModelForTokenClassification.from_pretrained(
            tmp_path, num_labels=7, ignore_mismatched_sizes=True
        )
        # Fails where transformers speaks through another logger: then change _hide_load_report.
        assert "transformers.modeling_utils" in {record.name for record in records}
        records.clear()
        load_model(str(tmp_path), LABELS)
        assert records == []
    finally:
        transformers_logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", b"{"),
        ("config.json", b'{"model_type": "nonesuch"}'),
        ("config.json", b'{"model_type": "bert", "hidden_act": "nonesuch"}'),
        ("config.json", b'{"model_type": "bert", "hidden_size": "large"}'),
        ("model.safetensors", b"cut off"),
    ],
)
def test_a_damaged_file_is_one_line(tmp_path, name, content):
    save(tmp_path, LABELS)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match="found no usable model") as caught:
        load_model(str(tmp_path), LABELS)
    assert len(str(caught.value).splitlines()) == 1
    assert caught.value.__cause__ is not None


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
    assert find_position_limit(BertConfig(max_position_embeddings=512)) == 512
    assert find_position_limit(XLMRobertaConfig(max_position_embeddings=514, pad_token_id=1)) == 512
