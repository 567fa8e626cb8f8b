"""Layers that have lost the difference between tokens are found, and no others."""

import pytest
import torch
from helpers import tiny_models
from transformers import BertConfig, BertModel, set_seed

from msra_ner.labels import label_list
from msra_ner.models.layers import count_useful_layers, measure_token_shares

SENTENCES = [list(text) for text in tiny_models.TEXTS]


def save_encoder(folder, lost):
    """Save a random encoder of four layers; in the last ``lost`` all tokens become alike."""
    set_seed(0)
    tokenizer = tiny_models.wordpiece()
    sizes = {"hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 64}
    model = BertModel(
        BertConfig(vocab_size=len(tokenizer), num_hidden_layers=4, **sizes), add_pooling_layer=False
    )
    with torch.no_grad():
        for layer in model.encoder.layer[4 - lost :] if lost else ():
            own, output = layer.attention.self, layer.attention.output
            own.query.weight.zero_()  # each token looks at all alike
            torch.nn.init.eye_(own.value.weight)
            torch.nn.init.eye_(output.dense.weight)
            output.dense.weight.mul_(100)  # and hears nothing else
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder, tokenizer


@pytest.mark.parametrize(("lost", "kept"), [(0, None), (1, 3), (2, 2), (4, 2)])
def test_the_layers_above_the_last_useful_one_are_not_kept(tmp_path, lost, kept):
    """Never fewer than half: what is lost in all layers is not a matter of the last ones."""
    folder, tokenizer = save_encoder(tmp_path, lost)
    assert count_useful_layers(folder, tokenizer, SENTENCES) == kept


def test_the_share_is_that_of_the_variance_within_sentences(tmp_path):
    folder, tokenizer = save_encoder(tmp_path, 1)
    shares = measure_token_shares(folder, tokenizer, SENTENCES)
    assert len(shares) == 5
    assert all(0 <= share <= 1 for share in shares)
    assert min(shares[:4]) > 0.6 > 0.2 > shares[4]


def test_looking_changes_no_random_number(tmp_path):
    folder, tokenizer = save_encoder(tmp_path, 1)
    set_seed(3)
    expected = torch.rand(3)
    set_seed(3)
    count_useful_layers(folder, tokenizer, SENTENCES)
    assert torch.equal(torch.rand(3), expected)


def test_a_model_that_tags_keeps_its_layers(tmp_path):
    folder = tiny_models.save_tagger(tmp_path, label_list(["PER"]))
    assert count_useful_layers(folder, tiny_models.wordpiece(), SENTENCES) is None


def test_one_sentence_tells_nothing(tmp_path):
    folder, tokenizer = save_encoder(tmp_path, 2)
    assert count_useful_layers(folder, tokenizer, SENTENCES[:1]) is None
