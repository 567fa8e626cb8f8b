"""A random model whose labels depend on neighbours, as train saves one."""

import torch

from helpers import tiny_models
from msra_ner.labels import label_list
from msra_ner.models import find_chain, with_chain
from msra_ner.models.small import build_character_tokenizer

LABELS = label_list(["PER", "ORG", "LOC"])


def save_random_model(folder, characters, decoder):
    """Save a model with windows of 40 word pieces, that is decoded so, and return its folder."""
    tokenizer = build_character_tokenizer(characters)
    model = tiny_models.tiny_model(LABELS, len(tokenizer))
    settings = {"max_length": 40, "window_overlap": 12, "token": "character"}
    if decoder == "crf":
        model = with_chain(type(model), "bioes")(model.config)
        settings |= {"decoder": "crf", "train_scheme": "bioes"}
        torch.nn.init.normal_(find_chain(model).transitions.weight)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(8) if parameter.dim() > 1 else None
    model.config.msra_ner = settings
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
