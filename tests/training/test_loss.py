import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from helpers import tiny_models
from helpers.architectures import ARCHITECTURES, build, rows_of
from safetensors.torch import load_file

import msra_ner
from msra_ner.labels import label_list
from msra_ner.training.loss import token_mean_loss

RUN_NER = Path(__file__).parents[2] / "run_ner.py"


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


@pytest.fixture(scope="module")
def step(tiny_corpus, tmp_path_factory):
    """Settings of one plain gradient step on the whole corpus, without dropout."""
    folder = tmp_path_factory.mktemp("step")
    tokenizer = tiny_models.wordpiece()
    model = tiny_models.tiny_model(label_list(["PER", "ORG", "LOC"]), len(tokenizer))
    for name in ("hidden_dropout_prob", "attention_probs_dropout_prob"):
        setattr(model.config, name, 0.0)
    model.save_pretrained(folder / "encoder")
    tokenizer.save_pretrained(folder / "encoder")
    return {
        "data_dir": str(tiny_corpus),
        "model_name_or_path": str(folder / "encoder"),
        "max_length": 64,
        "optim": "sgd",
        "learning_rate": 1.0,
        "warmup_steps": 0,
        "max_grad_norm": 0,
        "max_steps": 1,
        "precision": "fp32",
        "eval_strategy": "no",
        "save_strategy": "no",
        "load_best_model_at_end": False,
        "use_cpu": True,
        "do_train": True,
        "disable_tqdm": True,
    }


@pytest.fixture(scope="module")
def in_one_batch(step, tmp_path_factory):
    """The weights after a step on one batch that holds all windows."""
    folder = tmp_path_factory.mktemp("one")
    msra_ner.train(**step, output_dir=str(folder), per_device_train_tokens=100_000)
    weights = load_file(folder / "model.safetensors")
    before = load_file(Path(step["model_name_or_path"]) / "model.safetensors")
    assert (weights["classifier.weight"] - before["classifier.weight"]).abs().max() > 0.01
    return weights


def check_same(weights, folder):
    for name, value in load_file(folder / "model.safetensors").items():
        torch.testing.assert_close(value, weights[name], rtol=1e-4, atol=1e-6, msg=name)


def test_passes_that_accumulate_give_the_step_of_one_batch(step, in_one_batch, tmp_path):
    trainer_log = tmp_path / "run" / "train.log"
    rows = msra_ner.load_msra(step["data_dir"], step["model_name_or_path"], max_length=64)["train"]
    # Unequal passes: a long window alone, short ones together.
    settings = {**step, "output_dir": str(tmp_path / "run"), "per_device_train_tokens": 64}
    msra_ner.train(**settings, gradient_accumulation_steps=len(rows))
    batches = int(trainer_log.read_text().split("train: ")[-1].split(" batches")[0])
    assert 3 < batches < len(rows)
    check_same(in_one_batch, tmp_path / "run")


@pytest.mark.slow
@pytest.mark.parametrize("tokens", [100_000, 64])
def test_two_processes_give_the_step_of_one(step, in_one_batch, tokens, tmp_path):
    settings = {**step, "output_dir": tmp_path / "run", "per_device_train_tokens": tokens}
    settings["gradient_accumulation_steps"] = 1 if tokens > 64 else 99
    words = [word for key, value in settings.items() for word in (f"--{key}", str(value))]
    subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2"),
            *("--master_port", "29524", str(RUN_NER), *words),
        ],
        check=True,
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    check_same(in_one_batch, tmp_path / "run")


def test_the_loss_of_no_tokens_is_not_hidden():
    # A division by zero shows as "not a number" in the log instead of a silent zero.
    labels = torch.full((1, 3), -100)
    assert math.isnan(token_mean_loss({"logits": torch.randn(1, 3, 7)}, labels).item())
