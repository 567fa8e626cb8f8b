"""What a run keeps of its checkpoints, and what it leaves alone."""

import json
import shutil

import pytest
from helpers.tiny_models import tiny_run

import msra_ner
from msra_ner.errors import OutputExistsError
from msra_ner.training.checkpoints import MANIFEST_FILE, find_fault

FOREIGN = ("checkpoint-best-500", "checkpoint-keep", "checkpoint-1-old", "tmp-checkpoint-1")


@pytest.fixture
def settings(tiny_corpus, tiny_encoder, tmp_path):
    """Settings of a run of six steps, each of them with a checkpoint."""
    every_step = {"save_strategy": "steps", "save_steps": 1, "load_best_model_at_end": False}
    return tiny_run(tiny_corpus, tiny_encoder, tmp_path / "run", max_steps=6) | every_step


def list_folders(folder):
    return sorted(path.name for path in folder.iterdir() if "checkpoint" in path.name)


def put_foreign_folders(folder):
    for name in FOREIGN:
        (folder / name).mkdir(parents=True)
        (folder / name / "model.safetensors").write_text("precious")


def test_only_own_checkpoints_are_rotated(settings, tmp_path):
    folder = tmp_path / "run"
    put_foreign_folders(folder)
    msra_ner.train(**settings, save_total_limit=2)
    assert list_folders(folder) == sorted(["checkpoint-5", "checkpoint-6", *FOREIGN])
    assert all(find_fault(folder / f"checkpoint-{step}") is None for step in (5, 6))


@pytest.mark.parametrize(("limit", "kept"), [(1, 1), (2, 2), (3, 3), (None, 6)])
def test_as_many_are_kept_as_were_asked_for(limit, kept, settings, tmp_path):
    msra_ner.train(**settings, save_total_limit=limit)
    steps = range(7 - kept, 7)
    assert list_folders(tmp_path / "run") == [f"checkpoint-{step}" for step in steps]


@pytest.mark.parametrize(("limit", "kept"), [(1, ["best"]), (2, ["best", "last"])])
def test_the_best_is_kept(limit, kept, settings, tmp_path, monkeypatch):
    scores = iter([0.1, 0.5, 0.3, 0.2, 0.2, 0.2])
    plain = msra_ner.NerTrainer.evaluate
    monkeypatch.setattr(
        msra_ner.NerTrainer,
        "evaluate",
        lambda self, *args, **kwargs: plain(self, *args, **kwargs) | {"eval_f1": next(scores, 0.2)},
    )
    evaluated = {"eval_strategy": "steps", "eval_steps": 1, "load_best_model_at_end": True}
    msra_ner.train(**settings | evaluated, save_total_limit=limit)
    names = {"best": "checkpoint-2", "last": "checkpoint-6"}
    assert list_folders(tmp_path / "run") == [names[name] for name in kept]


def test_files_of_others_stay_in_what_is_rotated_and_replaced(settings, tmp_path):
    folder = tmp_path / "run"
    msra_ner.train(**settings, save_total_limit=2)
    put_foreign_folders(folder)
    notes = [folder / "checkpoint-6" / "notes.txt", folder / "plots" / "mine.png"]
    for note in notes:
        note.write_text("mine")
    msra_ner.train(**settings | {"max_steps": 3}, overwrite=True, save_total_limit=1)
    assert [note.read_text() for note in notes] == ["mine", "mine"]
    assert [path.name for path in (folder / "checkpoint-6").iterdir()] == ["notes.txt"]
    assert list_folders(folder) == sorted(["checkpoint-3", "checkpoint-6", *FOREIGN])
    assert {path.stem for path in (folder / "plots").iterdir()} > {"mine", "confusion"}


def test_what_an_interrupted_save_left_is_replaced(settings, tmp_path):
    folder = tmp_path / "run"
    msra_ner.train(**settings | {"max_steps": 1})
    (folder / "checkpoint-1" / MANIFEST_FILE).unlink()
    msra_ner.train(**settings | {"max_steps": 2, "save_steps": 2}, overwrite=True)
    assert list_folders(folder) == ["checkpoint-2"]


def test_a_manifest_names_nothing_outside(settings, tmp_path):
    folder = tmp_path / "run"
    msra_ner.train(**settings | {"max_steps": 1})
    (tmp_path / "elsewhere").mkdir()
    precious = [folder / "precious", tmp_path / "precious", tmp_path / "elsewhere" / "precious"]
    for path in precious:
        path.write_text("mine")
    checkpoint = folder / "checkpoint-1"
    (checkpoint / "link").symlink_to(tmp_path / "elsewhere")
    names = ["../precious", str(tmp_path / "precious"), "link/precious"]
    manifest = {"files": {name: {"size": 4, "sha256": ""} for name in names}}
    (checkpoint / MANIFEST_FILE).write_text(json.dumps(manifest))
    msra_ner.train(**settings | {"max_steps": 2}, overwrite=True)
    assert [path.read_text() for path in precious] == ["mine"] * 3


@pytest.mark.parametrize("name", ["train.log", "trainer_state.json", "checkpoint-1"])
def test_a_run_that_goes_on_does_not_write_through_links(name, settings, tmp_path):
    folder = tmp_path / "run"
    msra_ner.train(**settings | {"max_steps": 2})
    elsewhere = tmp_path / "elsewhere"
    shutil.move(folder / name, elsewhere)
    (folder / name).symlink_to(elsewhere)
    with pytest.raises(OutputExistsError, match=f"{name}: found a link"):
        msra_ner.train(**settings, resume_from_checkpoint="last")


def test_a_link_whose_name_no_run_gives_is_not_in_the_way(settings, tmp_path):
    msra_ner.train(**settings | {"max_steps": 1})
    best = tmp_path / "run" / "checkpoint-best"
    best.symlink_to(tmp_path / "run" / "checkpoint-1")
    msra_ner.train(**settings | {"max_steps": 2}, resume_from_checkpoint="last")
    assert best.is_symlink()
