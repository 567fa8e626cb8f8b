"""A plain model has what vLLM's loader asks for, and nothing that it refuses.

Of vLLM 0.33.0, vllm/model_executor/models: its classes are those of registry.py
(_TOKEN_CLASSIFICATION_MODELS); weights and entries of a config are those that bert.py, roberta.py
and modernbert.py read.
A weight without a place is an error there, and so is a place without a weight.
"""

import json

import pytest
import transformers
from helpers.random_models import LABELS
from safetensors import safe_open

from msra_ner.export.plain import write_plain_model
from msra_ner.models import find_chain, load_trained, with_chain
from msra_ner.models.config_labels import set_labels

LAYERS = 3
BERT_LAYER = (
    *("attention.self.query", "attention.self.key", "attention.self.value"),
    *("attention.output.dense", "attention.output.LayerNorm"),
    *("intermediate.dense", "output.dense", "output.LayerNorm"),
)
BERT_EMBEDDINGS = ("word_embeddings", "position_embeddings", "token_type_embeddings")
MODERN_LAYER = ("attn_norm", "attn.Wqkv", "attn.Wo", "mlp_norm", "mlp.Wi", "mlp.Wo")
MODERN_ENTRIES = {
    *("attention_bias", "classifier_activation", "classifier_bias", "deterministic_flash_attn"),
    *("hidden_activation", "layer_types", "max_position_embeddings", "mlp_bias", "norm_bias"),
    *("norm_eps", "rope_parameters", "sliding_window"),
}
SIZES = {
    **{"hidden_size": 16, "intermediate_size": 24, "num_attention_heads": 2},
    **{"num_hidden_layers": LAYERS, "vocab_size": 50, "pad_token_id": 0},
}


def bert_weights(encoder):
    """Return the names of the weights of a BERT whose encoder is called so."""
    tables = {f"{encoder}.embeddings.{name}.weight" for name in BERT_EMBEDDINGS}
    parts = [f"encoder.layer.{layer}.{part}" for layer in range(LAYERS) for part in BERT_LAYER]
    parts = [f"{encoder}.{part}" for part in ("embeddings.LayerNorm", *parts)]
    both = {f"{part}.{kind}" for part in (*parts, "classifier") for kind in ("weight", "bias")}
    return tables | both


def modern_weights():
    """Return the names of the weights of a ModernBERT; its first layer has no norm to begin."""
    parts = [f"layers.{layer}.{part}" for layer in range(LAYERS) for part in MODERN_LAYER]
    parts.remove("layers.0.attn_norm")
    parts = ["embeddings.tok_embeddings", "embeddings.norm", *parts, "final_norm"]
    heads = {"head.dense.weight", "head.norm.weight", "classifier.weight", "classifier.bias"}
    return {f"model.{part}.weight" for part in parts} | heads


FAMILIES = {
    "Bert": bert_weights("bert"),
    "Roberta": bert_weights("roberta"),
    "XLMRoberta": bert_weights("roberta"),
    "ModernBert": modern_weights(),
}


@pytest.fixture(params=FAMILIES)
def family(request):
    return request.param


@pytest.fixture(params=[None, "bioes"], ids=["without a chain", "with a chain"])
def plain(family, request, tmp_path):
    """A random model of a family, as train saves one, and then as a plain one."""
    config = getattr(transformers, f"{family}Config")(**SIZES)
    set_labels(config, LABELS)
    kind = getattr(transformers, f"{family}ForTokenClassification")
    if request.param:
        config.msra_ner = {"decoder": "crf", "train_scheme": request.param}
        kind = with_chain(kind, request.param)
    kind(config).save_pretrained(tmp_path / "run")
    assert bool(find_chain(load_trained(tmp_path / "run"))) == bool(request.param)
    write_plain_model(tmp_path / "run", tmp_path / "plain", (), overwrite=False)
    return tmp_path / "plain"


def test_weights_are_those_that_vllm_has_places_for(family, plain):
    with safe_open(plain / "model.safetensors", "np") as weights:
        assert set(weights.keys()) == FAMILIES[family]


def test_the_config_says_what_vllm_reads(family, plain):
    config = json.loads((plain / "config.json").read_text(encoding="utf-8"))
    assert config["architectures"] == [f"{family}ForTokenClassification"]
    assert config["id2label"] == {str(index): label for index, label in enumerate(LABELS)}
    assert config.get("position_embedding_type", "absolute") == "absolute"
    if family == "ModernBert":
        read = transformers.AutoConfig.from_pretrained(plain)
        assert [name for name in MODERN_ENTRIES if not hasattr(read, name)] == []
        assert len(read.layer_types) == LAYERS
        assert read.rope_parameters.keys() >= set(read.layer_types)
