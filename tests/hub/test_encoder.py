"""Encoders by their name on the hub."""

import pytest
from helpers.hub_pushes import allow_hub
from helpers.hub_server import serve

from msra_ner.cli.entry import main


def train(endpoint, name, tiny_corpus, tmp_path):
    flags = ["--data_dir", tiny_corpus, "--model_name_or_path", name, "--use_cpu"]
    flags += ["--output_dir", tmp_path / "run", "--max_steps", "1", "--cpu_threads", "1"]
    with allow_hub(tmp_path, endpoint):
        return main(["train", *map(str, flags)])


@pytest.mark.slow
def test_an_encoder_comes_from_the_hub_by_its_name(tiny_corpus, tiny_encoder, tmp_path):
    with serve({"someone/tiny-zh": tiny_encoder}) as (endpoint, asked):
        assert train(endpoint, "someone/tiny-zh", tiny_corpus, tmp_path) == 0
    assert (tmp_path / "run" / "all_results.json").exists()
    assert any(path.endswith("model.safetensors") for path in asked)


@pytest.mark.slow
def test_a_name_the_hub_does_not_know_is_one_line(tiny_corpus, tmp_path, capsys):
    with serve({}) as (endpoint, _):
        assert train(endpoint, "someone/nothing", tiny_corpus, tmp_path) == 2
    said = capsys.readouterr().err
    assert "someone/nothing: found no usable model" in said.splitlines()[-1]
    assert "Traceback" not in said
