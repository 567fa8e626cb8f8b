"""Word pieces of training batches are masked, and of nothing else."""

import shutil
from pathlib import Path

import pytest
import torch
from helpers.tiny_models import name_no_rates, read_record
from transformers import AutoTokenizer, BertModel

import msra_ner
from msra_ner.errors import ArgumentsError
from msra_ner.training.masking import mask_pieces

MASK = 3


def test_labelled_pieces_are_masked_by_chance_and_no_others():
    torch.manual_seed(0)
    pieces = torch.full((50, 40), 7)
    labels = torch.zeros_like(pieces)
    labels[:, 0] = labels[:, 30:] = -100
    given = {"input_ids": pieces, "labels": labels, "attention_mask": torch.ones_like(pieces)}
    batch = mask_pieces(given, MASK, 0.25)
    hidden = batch["input_ids"] == MASK
    assert not hidden[labels == -100].any()
    assert 0.22 < hidden[labels != -100].float().mean() < 0.28
    assert (batch["input_ids"][~hidden] == 7).all()
    assert torch.equal(batch["labels"], labels)
    assert "attention_mask" in batch
    assert (pieces == 7).all()  # what was given is as it was
    again = mask_pieces(given, MASK, 0.25)["input_ids"]
    assert not torch.equal(again, batch["input_ids"])  # others each time


@pytest.fixture
def settings(tiny_corpus, tiny_encoder, tmp_path):
    return name_no_rates(tiny_corpus, tiny_encoder, tmp_path / "run", max_steps=2)


@pytest.fixture
def seen(monkeypatch):
    """The word pieces that the encoder is given, in training (True) and else."""
    found = {True: [], False: []}
    plain = BertModel.forward

    def forward(encoder, input_ids, *args, **kwargs):
        found[encoder.training].append(input_ids.flatten())
        return plain(encoder, input_ids, *args, **kwargs)

    monkeypatch.setattr(BertModel, "forward", forward)
    return found


@pytest.mark.parametrize(
    ("given", "share"), [({"recipe": "fast"}, 0), ({}, 0.1), ({"mask_share": 1}, 1)]
)
def test_only_training_is_masked_as_the_recipe_says(settings, given, share, seen):
    msra_ner.train(**settings | given)
    record = read_record(settings)
    assert record["settings"]["mask_share"] == share
    assert ("mask_share" in record["chosen"]) is ("mask_share" not in given)
    mask = AutoTokenizer.from_pretrained(settings["output_dir"]).mask_token_id
    in_training, elsewhere = (
        (torch.cat(seen[key]) == mask).float().mean() for key in (True, False)
    )
    assert (in_training > 0) == (share > 0)
    assert (in_training > 0.5) == (share == 1)
    assert elsewhere == 0


def test_without_a_mask_piece_nothing_is_masked(settings):
    folder = Path(settings["output_dir"]).with_name("encoder")
    shutil.copytree(settings["model_name_or_path"], folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.mask_token = None
    tokenizer.save_pretrained(folder)
    settings = settings | {"model_name_or_path": str(folder)}
    with pytest.raises(ArgumentsError, match=r"mask_share: found 0\.2, and no mask piece"):
        msra_ner.train(**settings, mask_share=0.2)
    msra_ner.train(**settings)
    assert read_record(settings)["settings"]["mask_share"] == 0


def test_the_sample_is_not_masked(tmp_path):
    settings = {"data_dir": "sample", "output_dir": str(tmp_path / "run"), "max_steps": 1}
    msra_ner.train(**settings, max_train_samples=8, max_eval_samples=8, max_test_samples=8)
    assert read_record(settings)["settings"]["mask_share"] == 0
