"""The files below configs/ are what the launcher and the Trainer read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from accelerate.commands.config.config_args import load_config_from_file
from accelerate.utils.deepspeed import HfDeepSpeedConfig

CONFIGS = Path(__file__).parents[1] / "configs"
# What each is for, as the launcher understands it.
EXPECTED = {
    "one_machine.yaml": {"distributed_type": "MULTI_GPU", "num_machines": 1},
    "two_machines.yaml": {
        "distributed_type": "MULTI_GPU",
        "num_machines": 2,
        "main_process_ip": "10.0.0.1",
    },
    "fsdp.yaml": {"distributed_type": "FSDP", "mixed_precision": "bf16"},
    "deepspeed.yaml": {"distributed_type": "DEEPSPEED"},
}


def test_every_file_is_known():
    assert {path.name for path in CONFIGS.glob("*.yaml")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_launcher_takes_it(name, monkeypatch):
    monkeypatch.chdir(CONFIGS.parent)
    config = load_config_from_file(f"configs/{name}")  # refuses keys that it does not know
    assert {key: getattr(config, key) for key in EXPECTED[name]} == EXPECTED[name]
    if name == "deepspeed.yaml":
        assert Path(config.deepspeed_config["deepspeed_config_file"]).is_file()


@pytest.mark.slow
def test_a_launched_script_is_told_what_the_file_says(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import json, os; print(json.dumps(dict(os.environ)))")
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--num_processes", "1"]
    done = subprocess.run(
        [*launch, "--config_file", CONFIGS / "fsdp.yaml", script],
        capture_output=True,
        text=True,
        env={k: v for k, v in os.environ.items() if not k.startswith(("ACCELERATE", "FSDP"))},
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["ACCELERATE_USE_FSDP"] == "true"
    assert told["ACCELERATE_MIXED_PRECISION"] == "bf16"
    assert told["FSDP_VERSION"] == "2"
    assert told["FSDP_STATE_DICT_TYPE"] == "FULL_STATE_DICT"


def test_deepspeed_leaves_to_the_trainer_what_its_flags_say():
    config = HfDeepSpeedConfig(json.loads((CONFIGS / "deepspeed_zero2.json").read_text()))
    assert config.is_zero2()
    # What the Trainer sets by these flags; a number here would contradict them.
    for key in (
        "train_micro_batch_size_per_gpu",
        "train_batch_size",
        "gradient_accumulation_steps",
        "gradient_clipping",
        "bf16.enabled",
        "fp16.enabled",
    ):
        assert config.get_value(key) == "auto"
