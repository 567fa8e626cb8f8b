import inspect
import logging
import math

import pytest
import torch
from helpers.architectures import ARCHITECTURES, build, rows_of
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import AttentionInterface, AttentionMaskInterface

import msra_ner
from msra_ner.training.cpu_kernels import ON_CPU, ON_GPU, drop, fast_training


def test_dropout_takes_its_share_and_scales_the_rest():
    torch.manual_seed(0)
    values = torch.full((1000, 999), 3.0)  # no multiple of four
    for p in (0.1, 0.5):
        dropped = drop(values, p)
        assert (dropped == 0).float().mean().item() == pytest.approx(p, abs=0.002)
        assert torch.unique(dropped).tolist() == pytest.approx([0.0, 3.0 / (1 - p)])
        # Neighbours are drawn from one number of 64 bits, and independent all the same.
        zero = (dropped == 0).float().flatten()
        for step in (1, 2, 3, 4):
            both = (zero[step:] * zero[:-step]).mean().item()
            assert both == pytest.approx(p * p, abs=0.002)


def test_gradients_flow_where_values_were_kept():
    values = torch.randn(50, 30, requires_grad=True)
    dropped = drop(values, 0.3)
    dropped.sum().backward()
    expected = torch.where(dropped == 0, 0.0, 1 / 0.7)
    assert torch.allclose(values.grad, expected)


def test_dropout_follows_the_seed_and_rests_outside_training():
    model = build("bert", dropout=0.5)
    module = next(item for item in model.modules() if type(item) is nn.Dropout)
    values = torch.ones(64)
    results = []
    with fast_training(model.train(), "cpu"):
        for seed in (1, 1, 2):
            torch.manual_seed(seed)
            results.append(module(values))
        assert torch.equal(results[0], results[1])
        assert not torch.equal(results[0], results[2])
        assert module.eval()(values) is values
    assert torch.equal(drop(values, 0.0), values)
    assert torch.equal(drop(values, 1.0), torch.zeros(64))


@pytest.mark.parametrize("lengths", [(31, 17, 17, 4), (9, 9)])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_loss_and_gradients_are_those_of_the_model_as_it_was(name, device, lengths):
    model = build(name, dropout=0.0)
    ids, mask, labels = rows_of(lengths)

    def step():
        model.train().zero_grad()
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        loss.backward()
        gradients = {
            key: value.grad.clone()
            for key, value in model.named_parameters()
            if value.grad is not None
        }
        with torch.no_grad():
            logits = model.eval()(input_ids=ids, attention_mask=mask).logits
        return loss.detach(), gradients, logits

    loss, gradients, logits = step()
    keys = set(model.state_dict())
    with fast_training(model, device):
        fast_loss, fast_gradients, fast_logits = step()
        assert set(model.state_dict()) == keys
    torch.testing.assert_close(fast_loss, loss, rtol=1e-5, atol=1e-6)
    assert torch.equal(fast_logits, logits), "not training, nothing is replaced"
    assert fast_gradients.keys() == gradients.keys()
    for key, gradient in gradients.items():
        torch.testing.assert_close(fast_gradients[key], gradient, rtol=1e-4, atol=1e-6, msg=key)


@pytest.mark.parametrize(("device", "expected"), [("cpu", ON_CPU), ("cuda", ON_GPU)])
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_model_is_as_before_afterwards(name, device, expected):
    model = build(name, dropout=0.1)
    attention = model.config._attn_implementation
    before = [(path, type(module), module.training) for path, module in model.named_modules()]
    with fast_training(model, device):
        dropouts = [module for module in model.modules() if type(module) is nn.Dropout]
        assert {"forward" in vars(module) for module in dropouts} <= {device == "cpu"}
        assert dropouts or name == "modernbert"
        assert (model.config._attn_implementation == expected) == (attention == "sdpa")
    after = [(path, type(module), module.training) for path, module in model.named_modules()]
    assert after == before
    assert not any("forward" in vars(module) for module in model.modules())
    assert model.config._attn_implementation == attention
    assert expected not in model.config.to_json_string()


def test_attention_weights_are_dropped_while_training():
    model = build("bert", dropout=0.0)
    for module in model.modules():
        if hasattr(module, "dropout") and isinstance(module.dropout, nn.Dropout):
            module.dropout.p = 0.5
    ids, mask, _ = rows_of([12, 12])
    with fast_training(model.train(), "cpu"):
        first, second = (model(input_ids=ids, attention_mask=mask).logits for _ in range(2))
    assert not torch.allclose(first, second)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_another_interface_of_transformers_means_its_own_attention_and_a_line(
    device, caplog, monkeypatch
):
    model = build("bert")
    monkeypatch.setattr("msra_ner.training.cpu_kernels.AttentionMaskInterface", object)
    with caplog.at_level(logging.WARNING, "msra_ner"), fast_training(model, device):
        assert model.config._attn_implementation == "sdpa"
    assert "training takes the model's own" in caplog.text


def test_the_interface_of_transformers_is_the_expected_one():
    assert build("bert").config._attn_implementation == "sdpa"
    for implementation, names in (
        (AttentionInterface()["sdpa"], {"attention_mask", "dropout", "scaling", "is_causal"}),
        # Without it every step on a GPU waits for the mask.
        (AttentionMaskInterface()["sdpa"], {"attention_mask", "allow_is_bidirectional_skip"}),
    ):
        assert set(inspect.signature(implementation).parameters) >= names


class ReadBack(TorchDispatchMode):
    """Counts how often a value is read from a tensor: on a GPU, each time the CPU must wait."""

    count = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.count += function is torch.ops.aten._local_scalar_dense.default
        return function(*args, **(kwargs or {}))


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_no_step_waits_for_the_device(device, tiny_corpus, tiny_encoder, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "msra_ner.training.trainer.fast_training", lambda model, _: fast_training(model, device)
    )
    counts = []
    for steps in (5, 25):
        with ReadBack() as reading:
            results = msra_ner.train(
                data_dir=str(tiny_corpus),
                model_name_or_path=str(tiny_encoder),
                output_dir=str(tmp_path / str(steps)),
                per_device_train_tokens=100,
                max_steps=steps,
                logging_steps=1000,
                eval_strategy="no",
                save_strategy="no",
                load_best_model_at_end=False,
                do_train=True,
                use_cpu=True,
                disable_tqdm=True,
            )
        counts.append(reading.count)
    epochs = math.ceil(results["epoch"])
    assert epochs < 10
    assert counts[1] - counts[0] <= epochs, "at most one an epoch, when its batches are opened"
