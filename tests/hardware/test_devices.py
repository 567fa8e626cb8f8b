import logging
from collections import Counter
from contextlib import ExitStack

import pytest
import torch
from torch import nn

from msra_ner import Tagger, train
from msra_ner.errors import ArgumentsError
from msra_ner.hardware import (
    available_cores,
    choose_precision,
    cpu_has_bf16,
    precision as precision_module,
    use_cpu_threads,
    without_cudnn_attention,
)


@pytest.fixture(autouse=True)
def threads_as_before():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


CORES = available_cores()


@pytest.mark.parametrize(
    ("environment", "asked", "expected"),
    [
        ({}, None, CORES),
        ({"OMP_NUM_THREADS": "1"}, None, CORES),
        ({"OMP_NUM_THREADS": "1", "LOCAL_WORLD_SIZE": "2"}, None, max(1, CORES // 2)),
        ({"LOCAL_WORLD_SIZE": "64"}, None, 1),
        ({"OMP_NUM_THREADS": "1"}, 3, 3),
        ({"OMP_NUM_THREADS": "7"}, None, 5),
    ],
    ids=[
        "no launcher: all cores",
        "a launcher's default is not an order",
        "two processes share the cores",
        "more processes than cores",
        "a number asked for",
        "another number in the environment is left alone",
    ],
)
def test_threads(monkeypatch, environment, asked, expected):
    for name in ("OMP_NUM_THREADS", "LOCAL_WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    torch.set_num_threads(5)
    assert use_cpu_threads(asked) == expected


@pytest.mark.parametrize(
    ("asked", "on_gpu", "has_bf16", "used", "said"),
    [
        ("fp32", False, True, "fp32", ""),
        ("auto", False, False, "fp32", ""),
        ("auto", True, False, "fp32", ""),
        ("auto", True, True, "bf16", ""),
        ("bf16", False, False, "fp32", "bf16 needs a GPU; this CPU uses fp32"),
        ("fp16", False, False, "fp32", "fp16 needs a GPU; this CPU uses fp32"),
        ("fp16", False, True, "bf16", "fp16 needs a GPU; this CPU uses bf16"),
        ("fp16", True, True, "fp16", ""),
        ("bf16", True, False, "bf16", ""),
    ],
)
def test_what_the_hardware_cannot_do_is_replaced_and_said(
    monkeypatch, caplog, asked, on_gpu, has_bf16, used, said
):
    monkeypatch.setattr(precision_module, "cpu_has_bf16", lambda: has_bf16)
    monkeypatch.setattr(precision_module, "gpu_has_bf16", lambda: has_bf16)
    with caplog.at_level(logging.WARNING, "msra_ner"):
        assert choose_precision(asked, on_gpu=on_gpu) == used
    assert said in caplog.text
    assert bool(said) == bool(caplog.text)


def test_an_unknown_precision_is_refused():
    with pytest.raises(ArgumentsError, match=r"^precision: found 'fp8', expected one of auto"):
        choose_precision("fp8", on_gpu=False)


def test_torch_tells_what_the_cpu_can_do():
    assert set(torch.cpu.get_capabilities()) >= {"avx512_bf16", "amx_tile"} or (
        torch.cpu.get_capabilities()["architecture"] != "x86_64"
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [({"avx512_bf16": True}, True), ({"amx_tile": True}, True), ({"avx2": True}, False)],
)
def test_bf16_on_a_cpu_is_what_its_instructions_say(monkeypatch, found, expected):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: found)
    assert cpu_has_bf16() is expected


def test_a_torch_that_does_not_tell_means_fp32_and_a_line(monkeypatch, caplog):
    monkeypatch.delattr(torch.cpu, "get_capabilities")
    with caplog.at_level(logging.WARNING, "msra_ner"):
        assert choose_precision("auto", on_gpu=False) == "fp32"
    assert "does not tell whether the CPU computes in bf16" in caplog.text


@pytest.mark.parametrize("before", [True, False])
def test_cudnn_attention_is_off_inside_and_then_as_it_was(before):
    cuda = torch.backends.cuda
    was = cuda.cudnn_sdp_enabled()
    cuda.enable_cudnn_sdp(before)
    try:
        with ExitStack() as first, ExitStack() as second:  # two threads that come and go
            first.enter_context(without_cudnn_attention())
            second.enter_context(without_cudnn_attention())
            first.close()
            assert not cuda.cudnn_sdp_enabled(), "the second is still inside"
        assert cuda.cudnn_sdp_enabled() == before
        with pytest.raises(KeyError), without_cudnn_attention():
            raise KeyError
        assert cuda.cudnn_sdp_enabled() == before
    finally:
        cuda.enable_cudnn_sdp(was)


def test_training_and_tagging_do_without_cudnn_attention(tmp_path):
    seen = Counter()

    def look(layer, inputs):
        phase = "training" if layer.training else "evaluation"
        seen[phase, torch.backends.cuda.cudnn_sdp_enabled()] += 1

    hook = nn.modules.module.register_module_forward_pre_hook(look)
    with hook:
        train("sample", tmp_path, max_steps=1, max_train_samples=20, max_eval_samples=5)
        Tagger.from_pretrained(tmp_path)("他在北京。")
    assert {off for _, off in seen} == {False}
    assert {phase for phase, _ in seen} == {"training", "evaluation"}
