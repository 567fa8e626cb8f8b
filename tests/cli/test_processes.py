"""predict --processes: what several processes write is what one writes, and none is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.random_models import save_random_model

from msra_ner.cli import main
from msra_ner.cli.processes import run_in_processes

TEXTS = ["他在北京大学工作。", "王小明和李娜去了上海", "", "今天"] * 30
PARTS = ["--part_bytes", "600"]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    characters = set("".join(TEXTS))
    return save_random_model(tmp_path_factory.mktemp("model") / "m", characters, "viterbi")


@pytest.fixture
def texts(tmp_path):
    path = tmp_path / "texts.txt"
    path.write_text("".join(f"{text}\n" for text in TEXTS), encoding="utf-8")
    return path


def predict(model, texts, output, *more):
    return main(["predict", str(model), str(texts), "--output", str(output), *PARTS, *more])


@pytest.mark.slow
def test_two_processes_write_what_one_writes(model, texts, tmp_path):
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    assert predict(model, texts, one) == 0
    assert predict(model, texts, two, "--processes", "2") == 0
    assert two.read_bytes() == one.read_bytes()
    assert len(one.read_bytes().splitlines()) == len(TEXTS)


@pytest.mark.slow
@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM])
def test_where_one_is_ended_all_end_and_the_command_goes_on(signal_number, model, texts, tmp_path):
    words = ["predict", str(model), str(texts), "--output", str(tmp_path / "out.jsonl"), *PARTS]
    command = [sys.executable, "-m", "msra_ner", *words, "--processes", "2"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, cwd=tmp_path) as started:
        children = []
        while len(children) < 2:
            time.sleep(0.05)
            children = list_children(started.pid)
        # One of the two is killed, or the one that has started them is told to end.
        os.kill(started.pid if signal_number == signal.SIGTERM else children[1], signal_number)
        assert started.wait(60) == 128 + signal_number
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    assert not (tmp_path / "out.jsonl").exists()
    assert main([*words, "--processes", "2"]) == 0
    assert predict(model, texts, tmp_path / "whole.jsonl") == 0
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def list_children(parent):
    """Return the processes that a process has started, on Linux."""
    entries = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [int(entry.name) for entry in entries if _parent_of(entry) == parent]


def _parent_of(entry):
    try:
        return int((entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except OSError:  # has ended meanwhile
        return None


def test_what_is_wrong_is_said_once(capfd, tmp_path):
    (tmp_path / "texts.txt").write_text("x\n", encoding="utf-8")
    code = run_in_processes(["predict", "no/such model", str(tmp_path / "texts.txt")], 3)
    assert code == 2
    assert capfd.readouterr().err.count("msra-ner: error: ") == 1


def test_one_process_a_gpu_is_started(model, texts, tmp_path, monkeypatch):
    started = []

    def start(argv, count):
        started.append((argv, count))
        return 0

    monkeypatch.setattr("torch.accelerator.device_count", lambda: 4)
    monkeypatch.setattr("msra_ner.cli.processes.run_in_processes", start)
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    words = ["predict", str(model), str(texts), "--output", str(tmp_path / "out.jsonl")]
    assert main(words) == 0
    assert main([*words, "--processes", "3"]) == 0
    assert started == [(words, 4), (words, 3)]
    assert main([*words, "--device", "cpu"]) == 0
    assert len(started) == 2


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--processes", "0", "--output", "o"], "--processes: found 0, expected at least 1"),
        (["--processes", "2"], "--processes: found no --output"),
        (["--processes", "2", "--output", "o", "--engine", "ray"], "found --engine ray too"),
    ],
)
def test_processes_that_cannot_be_are_refused(flags, message, model, texts, capsys):
    assert main(["predict", str(model), str(texts), *flags]) == 2
    assert message in capsys.readouterr().err
