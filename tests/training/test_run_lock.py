"""Two runs never write in one folder."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.run_folders import read_all
from helpers.tiny_models import tiny_run

import msra_ner
from msra_ner.errors import OutputExistsError
from msra_ner.training import run
from msra_ner.training.run_lock import LOCK_FILE, RunLock

HOLD = """
import sys
import time
from pathlib import Path
from msra_ner.training.run_lock import RunLock
lock = RunLock(Path(sys.argv[1]))
lock.take()
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def settings(tiny_corpus, tiny_encoder, tmp_path):
    return tiny_run(tiny_corpus, tiny_encoder, tmp_path / "run", max_steps=1)


@pytest.mark.parametrize("more", [{}, {"overwrite": True}, {"resume_from_checkpoint": "last"}])
def test_a_folder_in_which_a_run_writes_is_refused_until_that_ends(settings, tmp_path, more):
    folder = tmp_path / "run"
    msra_ner.train(**settings)
    before = read_all(folder)
    assert Path(LOCK_FILE) not in before, "a run that has ended holds nothing"
    with RunLock(folder) as lock:
        lock.take()
        with pytest.raises(OutputExistsError, match="another run that is writing there"):
            msra_ner.train(**settings, **more)
    assert read_all(folder) == before
    msra_ner.train(**{**settings, "max_steps": 2}, overwrite=True)


def test_two_runs_that_begin_together_are_one(settings, tmp_path, monkeypatch):
    """The second looks at the folder before the first writes in it."""
    folder = tmp_path / "run"
    monkeypatch.setattr(RunLock, "check", lambda self: None)
    with RunLock(folder) as lock:
        lock.take()
        with pytest.raises(OutputExistsError, match="another run that is writing there"):
            msra_ner.train(**settings)
        assert [path.name for path in folder.iterdir()] == [LOCK_FILE]


def test_a_run_that_came_and_went_meanwhile_is_not_written_over(settings, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    plain = run.build_trainer

    def build(*args):
        monkeypatch.setattr(run, "build_trainer", plain)
        msra_ner.train(**settings, seed=7)
        return plain(*args)

    monkeypatch.setattr(run, "build_trainer", build)
    with pytest.raises(OutputExistsError, match="found a run"):
        msra_ner.train(**settings)
    assert json.loads((folder / "run.json").read_text())["settings"]["seed"] == 7
    assert (folder / "all_results.json").exists()


def test_a_lock_file_of_others_stays_as_it_is(settings, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / LOCK_FILE).write_text("mine")
    with pytest.raises(OutputExistsError, match="a file of others"):
        msra_ner.train(**settings)
    assert (folder / LOCK_FILE).read_text() == "mine"
    (folder / LOCK_FILE).write_text("")  # a run that was killed has left it
    msra_ner.train(**settings)


def test_a_run_that_fails_gives_the_folder_back(settings, tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr("msra_ner.training.run.write_run_file", fail)
        with pytest.raises(OSError, match="no space"):
            msra_ner.train(**settings)
    msra_ner.train(**settings)


def test_the_lock_of_a_killed_run_holds_nobody(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    with pytest.raises(OutputExistsError):
        RunLock(tmp_path).check()
    process.kill()
    process.wait()
    assert (tmp_path / LOCK_FILE).exists()
    RunLock(tmp_path).check()
    assert not (tmp_path / LOCK_FILE).exists()
