"""A run that is replaced is there until the new one is whole."""

import pytest
from helpers.run_folders import read_all
from helpers.tiny_models import tiny_run
from transformers import TrainerCallback

import msra_ner
from msra_ner.training import run as training
from msra_ner.training.replaced_run import REPLACED_FOLDER
from msra_ner.training.trainer import build_trainer


class FullDisk(TrainerCallback):
    """Fails where an epoch begins."""

    def __init__(self, epoch):
        self.epoch = epoch

    def on_epoch_begin(self, args, state, control, **kwargs):
        if state.epoch >= self.epoch:
            raise OSError("No space left on device")


@pytest.fixture
def settings(tiny_corpus, tiny_encoder, tmp_path):
    """Settings of a short run that is in its folder already, with a file and a link of others."""
    settings = tiny_run(tiny_corpus, tiny_encoder, tmp_path / "run", num_train_epochs=2)
    msra_ner.train(**settings)
    (tmp_path / "run" / "notes.txt").write_text("mine")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "precious").touch()
    (tmp_path / "run" / "report.json").unlink()
    (tmp_path / "run" / "report.json").symlink_to(tmp_path / "elsewhere")
    return settings | {"overwrite": True, "seed": 7}


def fail_in_epoch(monkeypatch, epoch):
    def build(*args):
        trainer = build_trainer(*args)
        trainer.add_callback(FullDisk(epoch))
        return trainer

    monkeypatch.setattr(training, "build_trainer", build)


def test_a_run_that_fails_at_once_costs_nothing(settings, tmp_path, monkeypatch):
    before = read_all(tmp_path / "run")
    fail_in_epoch(monkeypatch, 0)
    with pytest.raises(OSError, match="No space"):
        msra_ner.train(**settings)
    assert read_all(tmp_path / "run") == before
    assert (tmp_path / "run" / "report.json").is_symlink()


def test_a_run_that_fails_later_leaves_the_old_one_aside_until_it_has_gone_on(
    settings, tmp_path, monkeypatch, caplog
):
    folder, aside = tmp_path / "run", tmp_path / "run" / REPLACED_FOLDER
    before = read_all(folder)
    with monkeypatch.context() as patch:
        fail_in_epoch(patch, 1)
        with pytest.raises(OSError, match="No space"):
            msra_ner.train(**settings)
    assert f"is in {aside} until" in caplog.text
    kept = read_all(aside)
    assert kept == {path: before[path] for path in kept}
    assert {*before} - {*kept} == {(folder / "notes.txt").relative_to(folder)}
    msra_ner.train(**settings | {"overwrite": False}, resume_from_checkpoint="last")
    assert not aside.exists()
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_run_that_ends_well_replaces_it(settings, tmp_path):
    folder = tmp_path / "run"
    before = (folder / "model.safetensors").read_bytes()
    msra_ner.train(**settings)
    assert not (folder / REPLACED_FOLDER).exists()
    assert (folder / "model.safetensors").read_bytes() != before
    assert (folder / "notes.txt").read_text() == "mine"
    assert (tmp_path / "elsewhere" / "precious").exists(), "no link is followed"
