"""The sizes of layers are read from configs, whatever each family calls them."""

from types import SimpleNamespace

import pytest
import transformers

from msra_ner.hardware import DEFAULT_SIZES, LayerSizes
from msra_ner.models import find_layer_sizes, make_small_config


@pytest.mark.parametrize(
    ("family", "entries"),
    [
        ("Bert", {"hidden_size": 96, "intermediate_size": 160, "num_attention_heads": 6}),
        ("ModernBert", {"hidden_size": 96, "intermediate_size": 160, "num_attention_heads": 6}),
        ("DistilBert", {"dim": 96, "hidden_dim": 160, "n_heads": 6}),
        ("GPT2", {"n_embd": 96, "n_inner": 160, "n_head": 6}),
        ("T5", {"d_model": 96, "d_ff": 160, "num_heads": 6}),
        ("Bart", {"d_model": 96, "encoder_ffn_dim": 160, "encoder_attention_heads": 6}),
        ("XLNet", {"d_model": 96, "d_inner": 160, "n_head": 6}),
    ],
)
def test_sizes_are_those_of_the_config(family, entries):
    config = getattr(transformers, f"{family}Config")(**entries)
    assert find_layer_sizes(config) == LayerSizes(hidden=96, intermediate=160, heads=6)


def test_a_config_without_a_width_has_the_default_sizes():
    assert find_layer_sizes(SimpleNamespace(intermediate_size=5)) == DEFAULT_SIZES
    assert find_layer_sizes(None) == DEFAULT_SIZES


def test_what_else_a_config_leaves_out_follows_from_its_width():
    gpt = transformers.GPT2Config(n_embd=192, n_head=3)  # whose n_inner is None
    assert find_layer_sizes(gpt) == LayerSizes(192, 768, 3)
    listed = SimpleNamespace(hidden_size=128, intermediate_size=[1, 2], num_attention_heads=None)
    assert find_layer_sizes(listed) == LayerSizes(128, 512, 2)


def test_the_small_encoder_has_sizes_too():
    assert find_layer_sizes(make_small_config()) == LayerSizes(128, 512, 4)
