"""Going on with a run: nothing that is recorded differs from what happens."""

import json
import logging
import shutil
from pathlib import Path

import pytest
from helpers.builders import EXAMPLE_SENTENCES, write_corpus
from helpers.tiny_models import tiny_run

import msra_ner
from msra_ner.errors import ArgumentsError, OutputExistsError
from msra_ner.training.resume import Checkpoint, check_resumed_facts


def settings_of(corpus, encoder, folder, **more):
    """Return settings of a short run with several steps an epoch, each of them logged."""
    several = {"per_device_train_batch_size": 2, "logging_steps": 1}
    return tiny_run(corpus, encoder, folder, **several | more)


@pytest.fixture(scope="module")
def finished(tiny_corpus, tiny_encoder, tmp_path_factory):
    """A finished run of two epochs whose rate is too small for F1 to rise."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    msra_ner.train(
        **settings_of(tiny_corpus, tiny_encoder, folder, num_train_epochs=2, learning_rate=1e-9)
    )
    return folder


@pytest.fixture
def run(finished, tiny_corpus, tiny_encoder, tmp_path):
    """Returns a function that goes on with a copy of the finished run."""
    folder = shutil.copytree(finished, tmp_path / "run")

    def resume(**changes):
        given = {"num_train_epochs": 3, "learning_rate": 1e-9, "resume_from_checkpoint": "last"}
        settings = settings_of(tiny_corpus, tiny_encoder, folder, **{**given, **changes})
        return folder, msra_ner.train(**settings)

    return resume


def read(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def checkpoints_of(folder):
    """Return the checkpoints of a run, the oldest first."""
    return sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name[11:]))


def steps_of(folder):
    """Return the learning rate that was logged at each step."""
    history = read(folder, "trainer_state.json")["log_history"]
    return {row["step"]: row["learning_rate"] for row in history if "learning_rate" in row}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", 1e-3),
        ("seed", 7),
        ("per_device_train_batch_size", 3),
        ("weight_decay", 0.5),
        ("label_smoothing_factor", 0.1),
        ("max_train_samples", 2),
        ("window_overlap", 3),
        ("num_hidden_layers", 1),
        ("lr_scheduler_type", "constant"),
        ("per_device_train_tokens", 50),
    ],
)
def test_a_setting_that_would_not_be_used_is_refused_by_name(run, name, value):
    with pytest.raises(ArgumentsError, match=rf"{name}: found {value}, expected .* until step"):
        run(**{name: value})


def test_another_corpus_is_refused(run, tmp_path):
    other = write_corpus(
        tmp_path / "other",
        {name: [*EXAMPLE_SENTENCES, EXAMPLE_SENTENCES[0]] for name in ("train", "val", "test")},
    )
    with pytest.raises(ArgumentsError, match=r"other (sentences of train or val|labels)"):
        run(data_dir=str(other))


def test_more_epochs_go_on_from_the_last_checkpoint_not_from_the_best(
    run, tiny_corpus, tiny_encoder, tmp_path, caplog
):
    whole = tmp_path / "whole"
    msra_ner.train(
        **settings_of(tiny_corpus, tiny_encoder, whole, num_train_epochs=3, learning_rate=1e-9)
    )
    with caplog.at_level(logging.INFO, logger="msra_ner"):
        folder, _ = run()
    record = read(folder, "run.json")
    last = record["resumed"]["step"]
    assert record["resumed"]["epoch"] == 2
    assert record["settings"]["num_train_epochs"] == 3
    assert f"checkpoint-{last}: step {last}, epoch 2" in caplog.text
    rates, expected = steps_of(folder), steps_of(whole)
    assert rates.keys() == expected.keys(), "no step is done twice, none is left out"
    after = [step for step in rates if step > last]
    assert [rates[step] for step in after] == pytest.approx([expected[step] for step in after])


def test_a_finished_run_that_is_to_train_no_further_says_so(run):
    with pytest.raises(ArgumentsError, match="num_train_epochs 2: found a finished run of epoch 2"):
        run(num_train_epochs=2)


@pytest.mark.parametrize(
    "length", [{"max_steps": 2}, {"max_steps": 6}, {"num_train_epochs": 1}, {"num_train_epochs": 2}]
)
def test_a_run_that_was_killed_behind_its_last_step_does_no_other(
    length, tiny_corpus, tiny_encoder, tmp_path
):
    """With --max_steps the Trainer does one more."""
    folder = tmp_path / "run"
    every = {"save_strategy": "steps", "save_steps": 1, "load_best_model_at_end": False}
    settings = settings_of(tiny_corpus, tiny_encoder, folder, learning_rate=1e-3, **length | every)
    expected = msra_ner.train(**settings).to_dict()
    weights = (folder / "model.safetensors").read_bytes()
    for name in ("all_results.json", "trainer_state.json", "predictions.jsonl"):
        (folder / name).unlink()
    found = msra_ner.train(**settings, resume_from_checkpoint="last").to_dict()
    assert (folder / "model.safetensors").read_bytes() == weights
    assert {name: found[name] for name in ("epoch", "train_loss", "test_f1")} == {
        name: expected[name] for name in ("epoch", "train_loss", "test_f1")
    }


def test_a_last_checkpoint_that_was_not_kept_is_not_replaced_by_the_best(run, finished):
    last = read(finished, "trainer_state.json")["global_step"]

    def forget(folder):
        shutil.rmtree(folder / f"checkpoint-{last}")

    folder = Path(shutil.copytree(finished, finished.parent / "forgotten"))
    forget(folder)
    with pytest.raises(OutputExistsError, match=f"expected that of step {last}.*name it"):
        run(output_dir=str(folder))
    (best,) = folder.glob("checkpoint-*")
    _, results = run(output_dir=str(folder), resume_from_checkpoint=str(best))
    assert results["test_f1"] is not None


def test_the_best_checkpoint_is_looked_for_beside_the_one_that_goes_on(
    run, finished, tmp_path, monkeypatch
):
    moved = Path(shutil.copytree(finished, tmp_path / "moved"))
    last = moved / f"checkpoint-{read(moved, 'trainer_state.json')['global_step']}"
    state = read(last, "trainer_state.json")
    best = Path(state["best_model_checkpoint"]).name
    # Another run has the old name now: its model must not be taken for the best of this one.
    impostor = Path(shutil.copytree(finished / best, tmp_path / "old" / best))
    for folder in moved.glob("checkpoint-*"):
        (folder / "manifest.json").unlink()  # the state is changed by hand
        path = folder / "trainer_state.json"
        path.write_text(json.dumps(state | {"best_model_checkpoint": str(impostor)}))
    (impostor / "model.safetensors").write_bytes(b"not this one")
    new = tmp_path / "new"
    run(output_dir=str(new), resume_from_checkpoint=str(last))
    found = read(new, "trainer_state.json")["best_model_checkpoint"]
    assert Path(found) == moved / best
    assert (new / "model.safetensors").read_bytes() == (
        moved / best / "model.safetensors"
    ).read_bytes()


def test_a_best_checkpoint_that_is_gone_is_an_error_before_training(run, finished, tmp_path):
    folder = Path(shutil.copytree(finished, tmp_path / "lost"))
    last = folder / f"checkpoint-{read(folder, 'trainer_state.json')['global_step']}"
    (best,) = set(folder.glob("checkpoint-*")) - {last}
    shutil.rmtree(best)
    with pytest.raises(OutputExistsError, match=f"found no {best.name} beside it"):
        run(output_dir=str(folder))
    run(output_dir=str(folder), load_best_model_at_end=False)


def cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def change_a_byte(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("model.safetensors", change_a_byte),
        ("optimizer.pt", cut),
        ("scheduler.pt", Path.unlink),
        ("rng_state.pth", Path.unlink),
        ("trainer_state.json", cut),
        ("trainer_state.json", Path.unlink),
    ],
)
def test_a_damaged_checkpoint_is_left_out_by_name(run, name, damage, tmp_path, caplog):
    folder = tmp_path / "run"
    first, last = checkpoints_of(folder)
    for left in ("trainer_state.json", "all_results.json"):  # of a run that was killed
        (folder / left).unlink()
    damage(last / name)
    run()
    assert f"{last} is not whole: " in caplog.text
    assert name in caplog.text
    assert read(folder, "run.json")["resumed"]["checkpoint"] == str(first)
    damage(first / name)
    with pytest.raises(OutputExistsError, match=f"{name}.*expected a whole checkpoint"):
        run(output_dir=str(tmp_path / "other"), resume_from_checkpoint=str(first))


def test_a_save_that_was_interrupted_has_no_manifest(run, tmp_path, caplog):
    folder = tmp_path / "run"
    first, last = checkpoints_of(folder)
    (last / "manifest.json").unlink()
    with pytest.raises(OutputExistsError, match="it is damaged, or was not kept"):
        run()
    assert f"{last} is not whole: found no manifest.json" in caplog.text
    # As older versions leave them.
    (first / "manifest.json").unlink()
    state = read(last, "trainer_state.json")
    del state["stateful_callbacks"]["LossSum"]
    (last / "trainer_state.json").write_text(json.dumps(state))
    _, result = run()
    assert read(folder, "run.json")["resumed"]["checkpoint"] == str(last)
    assert result.train_loss > 0


@pytest.mark.parametrize("files", [[], {"model.safetensors": 5}, {"model.safetensors": {}}])
def test_a_manifest_of_another_shape_is_damaged(files, run, tmp_path, caplog):
    folder = tmp_path / "run"
    first, last = checkpoints_of(folder)
    (last / "manifest.json").write_text(json.dumps({"files": files}))
    for left in ("trainer_state.json", "all_results.json"):
        (folder / left).unlink()
    run()
    assert f"{last} is not whole: manifest.json: found no size" in caplog.text
    assert read(folder, "run.json")["resumed"]["checkpoint"] == str(first)


def test_a_run_goes_on_with_more_that_has_a_state(run):
    """A checkpoint had no place for it, and the first save was a KeyError."""
    _, result = run(early_stopping_patience=5)
    assert result.train_loss > 0


def test_another_runs_checkpoint_does_not_replace_a_finished_run(run, finished):
    (first, *_) = finished.glob("checkpoint-*")
    folder = shutil.copytree(finished, finished.parent / "other")
    before = (folder / "run.json").read_bytes()
    with pytest.raises(OutputExistsError, match="found a run"):
        run(output_dir=str(folder), resume_from_checkpoint=str(first))
    assert (folder / "run.json").read_bytes() == before


def test_overwrite_and_resume_of_one_folder_are_refused(run):
    with pytest.raises(OutputExistsError, match="expected one of the two"):
        run(overwrite=True)


def test_overwrite_removes_nothing_in_a_folder_that_held_no_run(run, tmp_path):
    folder = tmp_path / "project"
    files = {"config.json": "{}", "plots/figure.svg": "<svg/>", "checkpoint-notes.txt": "mine"}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    with pytest.raises(OutputExistsError, match=r"found \w.* and no run\.json"):
        run(output_dir=str(folder), overwrite=True, resume_from_checkpoint=None)
    assert {name: (folder / name).read_text() for name in files} == files


def test_overwrite_leaves_what_only_looks_like_a_checkpoint(run, finished):
    folder = shutil.copytree(finished, finished.parent / "with_notes")
    (folder / "checkpoint-notes.txt").write_text("mine")
    run(output_dir=str(folder), overwrite=True, resume_from_checkpoint=None, num_train_epochs=1)
    assert (folder / "checkpoint-notes.txt").read_text() == "mine"
    assert read(folder, "run.json")["settings"]["num_train_epochs"] == 1


@pytest.mark.parametrize(("before", "now"), [(1, 2), (2, 1), (2, 3)])
def test_a_run_does_not_go_on_with_another_number_of_processes(before, now, tmp_path):
    (tmp_path / "run.json").write_text(json.dumps({"processes": before}))
    checkpoint = Checkpoint(tmp_path / "checkpoint-1", step=1, epoch=1)
    facts = {"corpus": {}, "labels": ["O"]}
    with pytest.raises(ArgumentsError, match="found other processes than those"):
        check_resumed_facts(checkpoint, facts | {"processes": now})
    check_resumed_facts(checkpoint, facts | {"processes": before})
