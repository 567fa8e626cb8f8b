"""What is measured is kept for the machine, leaves nothing changed, and decides what auto is."""

import json
import logging
import os

import joblib
import pytest
import torch

from msra_ner.hardware import (
    available_cores,
    choose_precision,
    count_threads,
    measured_speed,
    precision as precision_module,
    threads as threads_module,
)
from msra_ner.hardware.measured_speed import measure_speed


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """An empty folder in which what is measured is kept."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HOME", str(tmp_path))
    monkeypatch.setattr(measured_speed, "WIDTHS", (8,))
    monkeypatch.setattr(measured_speed, "SECONDS", 0.0)
    return tmp_path / "msra_ner" / "speed.json"


@pytest.fixture
def speeds(monkeypatch):
    """Speeds that are told, not measured: fill it with ``(precision, threads, training)``."""
    told = {}

    def tell(precision, threads, *, training):
        return told[precision, threads, training]

    monkeypatch.setattr(precision_module, "measure_speed", tell)
    monkeypatch.setattr(threads_module, "measure_speed", tell)
    monkeypatch.setattr(precision_module, "cpu_has_bf16", lambda: True)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.delenv("LOCAL_WORLD_SIZE", raising=False)
    return told


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_speed_is_measured_once_for_a_machine(precision, training, cache, monkeypatch):
    first = measure_speed(precision, 1, training=training)
    assert first > 0
    (key,) = json.loads(cache.read_text(encoding="utf-8"))
    assert torch.__version__ in key
    assert precision in key
    monkeypatch.setattr(measured_speed, "_time_layers", None)  # would fail
    assert measure_speed(precision, 1, training=training) == first
    with pytest.raises(TypeError):
        measure_speed(precision, 2, training=training)


@pytest.mark.parametrize("damaged", ["", "[1]", '{"a": "b"}', "{"])
def test_a_damaged_file_is_written_again(damaged, cache):
    cache.parent.mkdir()
    cache.write_text(damaged, encoding="utf-8")
    measure_speed("fp32", 1, training=False)
    assert len(json.loads(cache.read_text(encoding="utf-8"))) == 1


def test_measuring_leaves_threads_and_random_numbers(cache):
    before = torch.get_num_threads(), torch.random.get_rng_state()
    measure_speed("fp32", before[0] + 1, training=True)
    assert torch.get_num_threads() == before[0]
    assert torch.equal(torch.random.get_rng_state(), before[1])


@pytest.mark.parametrize(("bf16", "used"), [(90.0, "fp32"), (110.0, "bf16")])
@pytest.mark.parametrize("training", [True, False])
def test_auto_is_what_is_faster(speeds, caplog, bf16, used, training):
    speeds |= {("fp32", 3, training): 100.0, ("bf16", 3, training): bf16}
    with caplog.at_level(logging.INFO, "msra_ner"):
        assert choose_precision("auto", on_gpu=False, training=training, threads=3) == used
    assert f"{used} (a layer takes 100 word pieces a second in fp32, {bf16:.0f}" in caplog.text
    assert choose_precision("bf16", on_gpu=False, training=training, threads=3) == "bf16"


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
    processes, both, expected, speeds, monkeypatch
):
    monkeypatch.setattr(
        joblib, "cpu_count", lambda only_physical_cores=False: 8 >> only_physical_cores
    )
    monkeypatch.setenv("LOCAL_WORLD_SIZE", str(processes))
    speeds |= {("fp32", 8 // processes, True): both, ("fp32", 4 // processes, True): 100.0}
    assert count_threads(None, training=True) == expected
    assert count_threads(5, training=True) == 5


def test_a_limit_of_cores_is_obeyed(monkeypatch):
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert available_cores() == 1 <= (os.cpu_count() or 1)
    assert count_threads(None) == 1
