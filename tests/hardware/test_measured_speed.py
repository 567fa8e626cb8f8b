"""What is measured is kept for the machine, leaves nothing changed, and decides what auto is."""

import json
import logging
import os

import joblib
import pytest
import torch

from msra_ner.hardware import (
    DEFAULT_SIZES,
    LayerSizes,
    available_cores,
    choose_precision,
    count_threads,
    layer,
    measured_speed,
    precision as precision_module,
    threads as threads_module,
)
from msra_ner.hardware.layer_sizes import WIDEST
from msra_ner.hardware.measured_speed import measure_speed

TINY = LayerSizes(hidden=8, intermediate=16, heads=2)
OTHER = LayerSizes(hidden=8, intermediate=24, heads=2)
WORKS = ["training", "evaluation", "tagging"]


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """An empty folder in which what is measured is kept."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HOME", str(tmp_path))
    monkeypatch.setattr(measured_speed, "SECONDS", 0.0)
    return tmp_path / "msra_ner" / "speed.json"


@pytest.fixture
def speeds(monkeypatch):
    """Speeds that are told, not measured: fill it with ``(precision, threads, work, sizes)``."""
    told = {}

    def tell(precision, threads, *, work, sizes):
        return told[precision, threads, work, sizes]

    monkeypatch.setattr(precision_module, "measure_speed", tell)
    monkeypatch.setattr(threads_module, "measure_speed", tell)
    monkeypatch.setattr(precision_module, "cpu_has_bf16", lambda: True)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.delenv("LOCAL_WORLD_SIZE", raising=False)
    return told


@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_speed_is_measured_once_for_a_machine(precision, work, cache, monkeypatch):
    first = measure_speed(precision, 1, work=work, sizes=TINY)
    assert first > 0
    (key,) = json.loads(cache.read_text(encoding="utf-8"))
    assert torch.__version__ in key
    for part in (f"{work} in {precision}", "threads: 1", str(TINY)):
        assert part in key
    measured = []
    monkeypatch.setattr(measured_speed, "_time_layer", lambda *found: measured.append(found) or 7)
    assert measure_speed(precision, 1, work=work, sizes=TINY) == first
    assert measured == []
    assert measure_speed(precision, 2, work=work, sizes=TINY) == 7
    assert measure_speed(precision, 1, work=work, sizes=OTHER) == 7
    assert measured == [(precision, 2, work, TINY), (precision, 1, work, OTHER)]
    assert len(json.loads(cache.read_text(encoding="utf-8"))) == 3


@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_what_is_timed_computes_as_the_work_does(precision, work, cache, monkeypatch):
    seen = []

    class Watched(layer.Layer):
        def forward(self, values):
            found = super().forward(values)
            product = self.inner(values)
            seen.append((self.inner.weight.dtype, product.dtype, found.requires_grad))
            return found

    monkeypatch.setattr(layer, "Layer", Watched)
    measure_speed(precision, 1, work=work, sizes=TINY)
    product = torch.bfloat16 if precision == "bf16" else torch.float32
    weight = product if work == "tagging" else torch.float32
    assert set(seen) == {(weight, product, work == "training")}
    assert len(seen) > 1  # the first is never what counts


@pytest.mark.parametrize(
    ("sizes", "built"),
    [
        (DEFAULT_SIZES, DEFAULT_SIZES),
        (LayerSizes(4096, 16384, 32), LayerSizes(1024, 4096, 8)),  # heads of 128 as before
        (LayerSizes(4096, 11008, 1), LayerSizes(1024, 2752, 1)),
        (LayerSizes(300, 600, 8), LayerSizes(296, 592, 8)),
        (LayerSizes(4, 1, 12), LayerSizes(4, 1, 4)),
    ],
)
def test_sizes_are_made_such_that_a_layer_can_have_them(sizes, built):
    assert sizes.fit() == built
    assert built.fit() == built
    assert built.hidden <= WIDEST


def test_layers_too_wide_to_be_measured_share_what_is_measured(cache):
    first = measure_speed("fp32", 1, work="tagging", sizes=LayerSizes(4096, 64, 64))
    assert measure_speed("fp32", 1, work="tagging", sizes=LayerSizes(2048, 32, 32)) == first
    assert len(json.loads(cache.read_text(encoding="utf-8"))) == 1


def test_training_and_tagging_attend_alike():
    torch.manual_seed(0)
    timed, values = layer.Layer(TINY), torch.randn(2, 5, 8)
    torch.testing.assert_close(timed.train()(values), timed.eval()(values))


@pytest.mark.parametrize("damaged", ["", "[1]", '{"a": "b"}', "{"])
def test_a_damaged_file_is_written_again(damaged, cache):
    cache.parent.mkdir()
    cache.write_text(damaged, encoding="utf-8")
    measure_speed("fp32", 1, work="tagging", sizes=TINY)
    assert len(json.loads(cache.read_text(encoding="utf-8"))) == 1


def test_measuring_leaves_threads_and_random_numbers(cache):
    before = torch.get_num_threads(), torch.random.get_rng_state()
    measure_speed("fp32", before[0] + 1, work="training", sizes=TINY)
    assert torch.get_num_threads() == before[0]
    assert torch.equal(torch.random.get_rng_state(), before[1])


@pytest.mark.parametrize(("bf16", "used"), [(90.0, "fp32"), (110.0, "bf16")])
@pytest.mark.parametrize("work", WORKS)
def test_auto_is_what_is_faster(speeds, caplog, bf16, used, work):
    now = torch.get_num_threads()
    speeds |= {("fp32", now, work, TINY): 100.0, ("bf16", now, work, TINY): bf16}
    with caplog.at_level(logging.INFO, "msra_ner"):
        assert choose_precision("auto", on_gpu=False, work=work, sizes=TINY) == used
    (line,) = caplog.messages
    assert line == (
        f"precision auto: {used} (a layer 8 wide takes 100 word pieces a second in fp32, "
        f"{bf16:.0f} in bf16)"
    )
    assert choose_precision("bf16", on_gpu=False, work=work, sizes=TINY) == "bf16"


def test_without_a_place_to_keep_it_auto_is_what_the_cpu_has(monkeypatch, caplog, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setattr("huggingface_hub.constants.HF_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(precision_module, "cpu_has_bf16", lambda: True)
    assert choose_precision("auto", on_gpu=False) == "bf16"
    assert "what is faster cannot be kept" in caplog.text


@pytest.mark.parametrize(
    ("processes", "both", "expected"), [(1, 120.0, 8), (1, 80.0, 4), (2, 120.0, 4), (2, 80.0, 2)]
)
def test_a_second_thread_of_a_core_is_used_where_it_is_faster(
    processes, both, expected, speeds, monkeypatch, caplog
):
    monkeypatch.setattr(
        joblib, "cpu_count", lambda only_physical_cores=False: 8 >> only_physical_cores
    )
    monkeypatch.setenv("LOCAL_WORLD_SIZE", str(processes))
    share, physical = 8 // processes, 4 // processes
    speeds |= {
        ("fp32", share, "training", TINY): both,
        ("fp32", physical, "training", TINY): 100.0,
    }
    with caplog.at_level(logging.INFO, "msra_ner"):
        assert count_threads(None, work="training", sizes=TINY) == expected
    (line,) = caplog.messages
    assert line == (
        f"{expected} threads (a layer 8 wide takes 100 word pieces a second with {physical}, "
        f"{both:.0f} with {share})"
    )
    assert count_threads(5, work="training", sizes=TINY) == 5


def test_a_limit_of_cores_is_obeyed(monkeypatch):
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert available_cores() == 1 <= (os.cpu_count() or 1)
    assert count_threads(None) == 1
