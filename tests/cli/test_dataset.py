"""The commands dataset export and dataset push."""

import os
import subprocess
import sys

import pytest
from helpers.hub_server import TOKEN, serve_hub

from msra_ner import load_msra
from msra_ner.cli.entry import main


def test_export_writes_a_folder_that_loads_alike(corpus, tmp_path, capsys):
    assert main(["dataset", "export", str(tmp_path / "hub"), "--data_dir", str(corpus)]) == 0
    assert str(tmp_path / "hub" / "README.md") in capsys.readouterr().out
    original, exported = load_msra(corpus), load_msra(tmp_path / "hub")
    for split, rows in original.items():
        assert rows.to_list() == exported[split].to_list()
        assert rows.features == exported[split].features
    card = (tmp_path / "hub" / "README.md").read_text()
    assert "unknown; fill in" in card, "three types do not make it the MSRA corpus"


def test_the_card_says_what_it_is_told(corpus, tmp_path):
    flags = ["--name", "Mine", "--language", "zh", "--license", "cc0-1.0", "--source", "My desk"]
    main(["dataset", "export", str(tmp_path / "hub"), "--data_dir", str(corpus), *flags])
    card = (tmp_path / "hub" / "README.md").read_text()
    assert all(text in card for text in ("# Mine", "license: cc0-1.0", "My desk"))


def command(folder, endpoint, *words):
    """Run a command in a process that knows the endpoint from its start."""
    home = {"HF_HOME": str(folder / "home"), "HF_TOKEN": TOKEN, "HF_ENDPOINT": endpoint}
    offline = {"HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    return subprocess.run(
        [sys.executable, "-m", "msra_ner", *words],
        cwd=folder,
        env={**os.environ, **home, **offline, "HF_DATASETS_CACHE": str(folder / "cache")},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_a_pushed_corpus_is_a_corpus_for_every_command(corpus, tmp_path):
    push = ["dataset", "push", "someone/tiny", "--data_dir", str(corpus)]
    with serve_hub() as (endpoint, hub):
        hub.failures = {"/commit/": 403}
        done = command(tmp_path, endpoint, *push)
        assert done.returncode == 2
        assert done.stderr.splitlines()[-1].endswith(f"To try again: msra-ner {' '.join(push)}")
        hub.failures = {}
        done = command(tmp_path, endpoint, *push)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip().endswith("/datasets/someone/tiny")
        done = command(tmp_path, endpoint, "check", "hub:someone/tiny")
        assert done.returncode == 0, done.stderr
        out = tmp_path / "back"
        done = command(tmp_path, endpoint, "convert", "hub:someone/tiny", str(out), "--to", "pair")
        assert done.returncode == 0, done.stderr
    for split in ("train", "val", "test"):
        for name in ("sentences.txt", "tags.txt"):
            assert (out / split / name).read_bytes() == (corpus / split / name).read_bytes()
