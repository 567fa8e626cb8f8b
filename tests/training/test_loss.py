import math
from pathlib import Path

import pytest
import torch
from helpers.architectures import ARCHITECTURES, build, rows_of
from helpers.one_step import check_same_weights, one_step_settings
from safetensors.torch import load_file

import msra_ner
from msra_ner.training.loss import token_mean_loss


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_batch_gives_the_logits_and_the_loss_of_its_windows_one_by_one(name):
    model = build(name).eval()
    lengths = [31, 30, 17, 4, 1]
    ids, mask, labels = rows_of(lengths)
    labels[1, 3:9] = -100  # pieces that another window is scored for
    with torch.no_grad():
        outputs = model(input_ids=ids, attention_mask=mask)
        total = counted = 0.0
        for row, length in enumerate(lengths):
            alone = model(input_ids=ids[row : row + 1, :length]).logits
            torch.testing.assert_close(outputs.logits[row, :length], alone[0], rtol=1e-4, atol=1e-5)
            own = labels[row, :length]
            loss = torch.nn.functional.cross_entropy(alone[0], own, reduction="sum")
            total += loss.item()
            counted += (own != -100).sum().item()
    assert token_mean_loss(outputs, labels).item() == pytest.approx(total / counted, rel=1e-4)
    # As a part of a step that has more: the same sum, divided by all.
    part = token_mean_loss(outputs, labels, torch.tensor(200))
    assert part.item() == pytest.approx(total / 200, rel=1e-4)


def test_under_data_parallel_the_count_comes_once_a_device():
    logits = torch.randn(2, 5, 7)
    labels = torch.randint(0, 7, (2, 5))
    once = token_mean_loss({"logits": logits}, labels, torch.tensor(40))
    copies = torch.tensor(40).unsqueeze(0).expand(2, -1)
    assert (token_mean_loss({"logits": logits}, labels, copies) * 2).item() == pytest.approx(
        once.item()
    )


def test_label_smoothing_is_the_trainers():
    from transformers.trainer_pt_utils import LabelSmoother

    logits = torch.randn(2, 5, 7)
    labels = torch.randint(0, 7, (2, 5))
    labels[0, 2:] = -100
    expected = LabelSmoother(epsilon=0.2)({"logits": logits}, labels)
    ours = token_mean_loss({"logits": logits}, labels, label_smoothing=0.2)
    assert ours.item() == pytest.approx(expected.item(), rel=1e-5)


def test_passes_that_accumulate_give_the_step_of_one_batch(tiny_corpus, tmp_path):
    step = one_step_settings(tmp_path, tiny_corpus)
    msra_ner.train(**step, output_dir=tmp_path / "one", per_device_train_tokens=100_000)
    weights, before = (
        load_file(Path(folder) / "model.safetensors")["classifier.weight"]
        for folder in (tmp_path / "one", step["model_name_or_path"])
    )
    assert (weights - before).abs().max() > 0.01
    rows = msra_ner.load_msra(step["data_dir"], step["model_name_or_path"], max_length=64)["train"]
    # Unequal passes: a long window alone, short ones together.
    settings = {**step, "output_dir": tmp_path / "run", "per_device_train_tokens": 64}
    msra_ner.train(**settings, gradient_accumulation_steps=len(rows))
    log = (tmp_path / "run" / "train.log").read_text()
    batches = int(log.split("train: ")[-1].split(" batches")[0])
    assert 3 < batches < len(rows)
    check_same_weights(tmp_path / "run", tmp_path / "one")


def test_the_loss_of_no_tokens_is_not_hidden():
    # A division by zero shows as "not a number" in the log instead of a silent zero.
    labels = torch.full((1, 3), -100)
    assert math.isnan(token_mean_loss({"logits": torch.randn(1, 3, 7)}, labels).item())
