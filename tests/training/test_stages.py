"""Stages of one settings file: silver first, then gold."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from helpers.builders import EXAMPLE_SENTENCES, write_corpus
from helpers.tiny_models import TINY_RUN

import msra_ner
from msra_ner.corpus import join_tokens
from msra_ner.errors import ArgumentsError, CorpusError, CorpusNotFoundError, OutputExistsError
from msra_ner.report import read_run
from msra_ner.report.lineage import list_trained_stages
from msra_ner.training import parse_arguments, parse_stages, run_stages, stages as stage_module
from msra_ner.training.data import load_data
from msra_ner.training.task_settings import DataArguments

ROOT = Path(__file__).parents[2]
SHARED = EXAMPLE_SENTENCES[10:12]  # in the train of silver, and in the test of gold
SILVER = [*EXAMPLE_SENTENCES[:3], SHARED[0], *EXAMPLE_SENTENCES[3:6], SHARED[1]]
QUICK = {**TINY_RUN, "max_steps": 2, "save_steps": 2, "eval_steps": 2}


@pytest.fixture(scope="module")
def corpora(tmp_path_factory):
    """Silver, of which two sentences are in the test of gold, and gold."""
    folder = tmp_path_factory.mktemp("corpora")
    write_corpus(folder / "silver", {"train": SILVER, "val": EXAMPLE_SENTENCES[6:8]})
    gold = {"train": EXAMPLE_SENTENCES[:6], "val": EXAMPLE_SENTENCES[8:10], "test": SHARED}
    write_corpus(folder / "gold", gold)
    return folder


@pytest.fixture
def given(corpora, tiny_encoder, tmp_path):
    """What a settings file of two quick stages holds."""
    return {
        **QUICK,
        "model_name_or_path": str(tiny_encoder),
        "output_dir": str(tmp_path / "loop"),
        "stages": {
            "silver": {"data_dir": str(corpora / "silver")},
            "gold": {"data_dir": str(corpora / "gold"), "max_steps": 3},
        },
    }


def write_settings(folder, given):
    path = folder / "loop.yaml"
    path.write_text(yaml.safe_dump(given, sort_keys=False), encoding="utf-8")
    return path


def run_file(folder, given, *flags):
    found = parse_stages([str(write_settings(folder, given)), *flags])
    return run_stages(found, ["msra-ner", "train"])


def read_json(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def test_x(given, tmp_path, caplog):
    result = run_file(tmp_path, given)
    print((tmp_path/"loop/silver/train.log").read_text())
    print((tmp_path/"loop/gold/train.log").read_text())
    print((tmp_path/"loop/gold/run.json").read_text())
    print((tmp_path/"loop/silver/run.json").read_text())
