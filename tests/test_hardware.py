import pytest
import torch

from msra_ner.hardware import available_cores, use_cpu_threads


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
