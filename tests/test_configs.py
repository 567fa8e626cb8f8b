"""The files below configs/ are what the launcher and the Trainer read."""

import json
from pathlib import Path

import pytest
from accelerate.commands.launch import _validate_launch_command, launch_command_parser
from accelerate.utils.deepspeed import HfDeepSpeedConfig

CONFIGS = Path(__file__).parents[1] / "configs"
# What each is for, as the launcher understands it.
EXPECTED = {
    "one_machine.yaml": {"multi_gpu": True, "num_machines": 1},
    "two_machines.yaml": {"multi_gpu": True, "num_machines": 2, "main_process_ip": "10.0.0.1"},
    "fsdp.yaml": {"use_fsdp": True, "fsdp_version": 2, "mixed_precision": "bf16"},
    "deepspeed.yaml": {"use_deepspeed": True},
}


def test_every_file_is_known():
    assert {path.name for path in CONFIGS.glob("*.yaml")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_launcher_takes_it(name, monkeypatch):
    monkeypatch.chdir(CONFIGS.parent)
    arguments = launch_command_parser().parse_args(["--config_file", f"configs/{name}", "x.py"])
    found, config, _ = _validate_launch_command(arguments)
    assert config is not None
    assert {key: getattr(found, key) for key in EXPECTED[name]} == EXPECTED[name]
    if name == "deepspeed.yaml":
        assert Path(found.deepspeed_config_file).is_file()


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
