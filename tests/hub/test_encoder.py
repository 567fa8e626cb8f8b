import os
import subprocess
import sys

import pytest
from helpers.hub_server import serve


def train(endpoint, name, tiny_corpus, tmp_path):
    """Train in a process of its own, which reads the endpoint when it starts."""
    flags = ["--data_dir", tiny_corpus, "--model_name_or_path", name, "--use_cpu"]
    flags += ["--output_dir", tmp_path / "run", "--max_steps", "1", "--cpu_threads", "1"]
    return subprocess.run(
        [sys.executable, "-m", "msra_ner", "train", *map(str, flags)],
        cwd=tmp_path,  # the installed package, not the folder of the same name
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "HF_ENDPOINT": endpoint,
            "HF_HUB_OFFLINE": "0",
            "HF_HOME": str(tmp_path / "home"),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
        },
    )


@pytest.mark.slow
def test_an_encoder_comes_from_the_hub_by_its_name(tiny_corpus, tiny_encoder, tmp_path):
    with serve({"someone/tiny-zh": tiny_encoder}) as (endpoint, asked):
        done = train(endpoint, "someone/tiny-zh", tiny_corpus, tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "all_results.json").exists()
    assert any(path.endswith("model.safetensors") for path in asked)


@pytest.mark.slow
def test_a_name_the_hub_does_not_know_is_one_line(tiny_corpus, tmp_path):
    with serve({}) as (endpoint, _):
        done = train(endpoint, "someone/nothing", tiny_corpus, tmp_path)
    assert done.returncode == 2
    assert "someone/nothing: found no usable model" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
