"""What a GPU is measured with, tried on the CPU."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from msra_ner import train

ROOT = Path(__file__).parent.parent
KIT = ROOT / "benchmarks" / "gpu"


def run_script(name, *arguments):
    command = [sys.executable, KIT / name, *arguments, "--device", "cpu"]
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_device_agrees_with_the_cpu(tmp_path):
    train("sample", tmp_path / "run", max_steps=40, max_eval_samples=20, max_test_samples=20)
    data = ROOT / "msra_ner" / "corpus" / "sample"
    file = tmp_path / "agree.json"
    run_script("agree.py", tmp_path / "run", "--data", data, "--sentences", 40, "--json", file)
    systems = json.loads(file.read_text())["systems"]
    assert set(systems) == {"cpu fp32", "cpu bf16", "cpu fp16"}
    reference = systems["cpu fp32"]
    assert reference["largest_difference"] == reference["sentences_that_differ"] == 0
    for found in systems.values():
        for name in ("loss", "gradient_norm"):
            assert found[name] == pytest.approx(reference[name], rel=0.05)
            assert found[name] > 0


def test_both_ways_of_the_chain_are_measured():
    printed = run_script("chain_loss.py", "--repeats", 1)
    assert "| step by step | in pairs |" in printed
    assert len(printed.strip().splitlines()) == 7


@pytest.mark.parametrize("script", sorted(path.name for path in KIT.glob("*.sh")))
def test_the_scripts_can_be_read(script):
    subprocess.run(["bash", "-n", KIT / script], check=True)
