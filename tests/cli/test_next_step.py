"""What a command says at its end."""

import json
import logging

import pytest

from msra_ner.cli.next_step import name_way_on, warn_of_toy

TRAIN = ["train", "--data_dir", "sample"]


def test_a_run_without_a_folder_begins_again_as_it_began(tmp_path):
    assert name_way_on(TRAIN, tmp_path / "run") == ""


def test_an_interrupted_run_goes_on_from_its_checkpoint(tmp_path):
    (tmp_path / "run.json").write_text("{}")
    assert name_way_on(TRAIN, tmp_path) == (
        "No checkpoint was written yet. To begin again: "
        "msra-ner train --data_dir sample --overwrite"
    )
    (tmp_path / "checkpoint-20").mkdir()
    (tmp_path / "checkpoint-20" / "trainer_state.json").write_text("{}")
    again = "msra-ner train --data_dir sample --resume_from_checkpoint last"
    assert name_way_on(TRAIN, tmp_path) == f"To go on: {again}"
    assert name_way_on([*TRAIN, "--resume_from_checkpoint", "last"], tmp_path) == (
        f"To go on: {again}"
    )


def test_stages_go_on_with_the_one_that_was_interrupted(tmp_path):
    file = ["train", "loop.yaml", "--overwrite"]
    gold = tmp_path / "gold"
    assert name_way_on(file, gold, staged=True) == ""
    (tmp_path / "silver").mkdir()
    (tmp_path / "silver" / "run.json").write_text("{}")
    again = "To go on: msra-ner train loop.yaml --resume_from_checkpoint last"
    assert name_way_on(file, gold, staged=True) == again
    assert name_way_on([*file, "--resume_from_checkpoint=last"], gold, staged=True) == (
        "To go on: msra-ner train loop.yaml --resume_from_checkpoint=last"
    )


@pytest.mark.parametrize("data", ["sample", "data/msra", None])
def test_a_model_of_the_sample_is_called_a_toy(data, tmp_path, caplog):
    if data:
        (tmp_path / "run.json").write_text(json.dumps({"data": data}))
    with caplog.at_level(logging.WARNING, logger="msra_ner"):
        warn_of_toy(tmp_path)
    assert ("is a toy" in caplog.text) == (data == "sample")
