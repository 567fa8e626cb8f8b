"""Small random encoders of the families people fine-tune, and rows for them."""

import torch
from transformers import AutoConfig, AutoModelForTokenClassification, set_seed

LABELS = 7
VOCABULARY = 60
PADDING = 0
_SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": 80,
    "pad_token_id": PADDING,
    "num_labels": LABELS,
}
# What the family calls its dropouts, and settings of its own.
_DROPOUTS = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
_FAMILIES = {
    "bert": {},
    "roberta": {},
    "xlm-roberta": {},
    "electra": {"embedding_size": 32},
    "roformer": {"embedding_size": 32},
    "albert": {"embedding_size": 16, "classifier_dropout_prob": 0.0},
    "deberta-v2": {
        "relative_attention": True,
        "pos_att_type": ["p2c", "c2p"],
        "max_relative_positions": 40,
    },
    "distilbert": {
        **{"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 48},
        **{"dropout": 0.0, "attention_dropout": 0.0, "seq_classif_dropout": 0.0},
    },
    "modernbert": {
        **{"local_attention": 8, "global_attn_every_n_layers": 2, "cls_token_id": 1},
        **{"sep_token_id": 2, "bos_token_id": 1, "eos_token_id": 2},
        **{"embedding_dropout": 0.0, "attention_dropout": 0.0, "mlp_dropout": 0.0},
        "classifier_dropout": 0.0,
    },
    # Decoders see what is before a token only, by a mask or by a flag of the attention.
    "gpt2": {
        **{"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 80},
        **{"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0, "classifier_dropout": 0.0},
        **{"bos_token_id": 2, "eos_token_id": 3},
    },
    "qwen2": {"num_key_value_heads": 4, "attention_dropout": 0.0, "classifier_dropout": 0.0},
}
ARCHITECTURES = list(_FAMILIES)
ENCODERS = [name for name in ARCHITECTURES if name not in ("gpt2", "qwen2")]


def build(name, dropout=0.0):
    """A model of a family, the same at each call."""
    own = {key: dropout if "drop" in key else value for key, value in _FAMILIES[name].items()}
    shared = {} if "attention_dropout" in own else dict.fromkeys(_DROPOUTS, dropout)
    set_seed(0)
    config = AutoConfig.for_model(name, **_SIZES, **shared, **own)
    model = AutoModelForTokenClassification.from_config(config)
    with torch.no_grad():  # larger weights: what is wrong shows
        for parameter in model.parameters():
            parameter.mul_(2.0) if parameter.dim() > 1 else None
    return model.float()


def rows_of(lengths):
    """Ids, mask and labels, padded on the right, each of shape ``(rows, longest)``."""
    generator = torch.Generator().manual_seed(1)
    shape = (len(lengths), max(lengths))
    ids = torch.randint(5, VOCABULARY, shape, generator=generator)
    labels = torch.randint(0, LABELS, shape, generator=generator)
    mask = torch.arange(shape[1]) < torch.tensor(lengths)[:, None]
    return ids.where(mask, PADDING), mask.long(), labels.where(mask, -100)
