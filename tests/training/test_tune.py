"""A search: each trial an ordinary run, test unseen, and one that was stopped goes on."""

import importlib
import json
from itertools import count
from pathlib import Path

import pytest
import yaml
from helpers.tiny_models import TINY_RUN

import msra_ner
from msra_ner.cli import main
from msra_ner.errors import ArgumentsError, ModelError, OutputExistsError, TrainingError
from msra_ner.training.run_lock import RunLock

optuna = pytest.importorskip("optuna", reason="needs optuna (pip install .[tune])")


@pytest.fixture
def settings(tiny_corpus, tiny_encoder):
    """What all trials share: one epoch, the rates are left open."""
    given = {**TINY_RUN, "data_dir": str(tiny_corpus), "model_name_or_path": str(tiny_encoder)}
    del given["learning_rate"]
    return given | {"num_train_epochs": 1}


@pytest.fixture(scope="module")
def searched(tiny_corpus, tiny_encoder, tmp_path_factory):
    """A search of three trials."""
    folder = tmp_path_factory.mktemp("tune") / "tuned"
    given = {**TINY_RUN, "data_dir": str(tiny_corpus), "model_name_or_path": str(tiny_encoder)}
    del given["learning_rate"], given["per_device_train_batch_size"]
    return msra_ner.tune(folder, trials=3, **given | {"num_train_epochs": 4})


def read_json(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def test_the_best_on_val_is_found_and_test_is_not_looked_at(searched):
    folder = searched.output_dir
    assert [trial.number for trial in searched.trials] == [0, 1, 2]
    assert searched.best.f1 == max(trial.f1 for trial in searched.trials)
    for trial in searched.trials:
        results = read_json(folder / f"trial-{trial.number}" / "all_results.json")
        assert results["eval_f1"] == trial.f1
        assert not any(name.startswith("test_") for name in results)
        used = read_json(folder / f"trial-{trial.number}" / "run.json")["settings"]
        assert {name: used[name] for name in trial.settings} == trial.settings
    kept = [path.parent.name for path in folder.glob("*/model.safetensors")]
    assert kept == [f"trial-{searched.best.number}"]
    table = str(searched).splitlines()
    assert len(table) == 4
    assert table[1].split()[0] == str(searched.best.number)


def test_the_first_trial_is_a_run_without_a_search(searched):
    first = searched.trials[0].settings
    assert first["learning_rate"] == 3e-4, "that of a narrow encoder"
    assert first["head_learning_rate"] == 3e-3
    assert first["per_device_train_batch_size"] == 16


def test_what_is_found_is_a_settings_file_for_train(searched, tmp_path):
    found = yaml.safe_load(searched.settings_file.read_text(encoding="utf-8"))
    assert found["learning_rate"] == searched.best.settings["learning_rate"]
    assert "output_dir" not in found
    code = main(["train", str(searched.settings_file), "--output_dir", str(tmp_path / "best")])
    assert code == 0
    used = read_json(tmp_path / "best" / "run.json")["settings"]
    assert {name: used[name] for name in searched.best.settings} == searched.best.settings


def test_a_search_goes_on_where_it_was_and_repeats_nothing(settings, tmp_path):
    first = msra_ner.tune(tmp_path / "tuned", trials=1, **settings)
    written = (tmp_path / "tuned" / "trial-0" / "run.json").stat().st_mtime_ns
    study = optuna.load_study(
        study_name="tune",
        storage=optuna.storages.JournalStorage(
            optuna.storages.journal.JournalFileBackend(str(tmp_path / "tuned" / "study.log"))
        ),
    )
    study.ask()  # as if it had been killed in its second trial
    again = msra_ner.tune(tmp_path / "tuned", trials=3, **settings)
    assert [trial.number for trial in again.trials] == [0, 2]
    assert again.trials[0] == first.trials[0]
    assert (tmp_path / "tuned" / "trial-0" / "run.json").stat().st_mtime_ns == written
    assert again.trials[1].settings != first.trials[0].settings
    with pytest.raises(ArgumentsError, match="num_train_epochs: found 2, expected 1"):
        msra_ner.tune(tmp_path / "tuned", trials=9, **settings | {"num_train_epochs": 2})


def test_what_is_given_is_not_searched(settings, tmp_path):
    given = settings | {"learning_rate": 1e-3, "per_device_train_tokens": 200}
    found = msra_ner.tune(tmp_path / "tuned", trials=2, minutes=60, **given)
    assert all(set(x.settings) == {"head_learning_rate", "weight_decay"} for x in found.trials)
    assert found.trials[0].settings["head_learning_rate"] == 1e-3, "as a run chooses it"


def test_a_trial_that_diverges_counts_as_0_and_the_search_goes_on(settings, tmp_path, monkeypatch):
    module = importlib.import_module("msra_ner.training.tune")  # its function has the same name
    plain, runs = module.train, count()

    def diverge_at_first(**given):
        if next(runs) == 0:
            raise TrainingError("step 3: found a loss that is no number, expected one.")
        return plain(**given)

    monkeypatch.setattr(module, "train", diverge_at_first)
    found = msra_ner.tune(tmp_path / "tuned", trials=2, **settings)
    assert len(found.trials) == 2
    assert found.trials[0].f1 == 0
    assert "learning_rate" in found.trials[0].settings


def test_what_cannot_be_searched_is_refused(settings, tmp_path, monkeypatch):
    folder = tmp_path / "tuned"
    all_given = {"learning_rate": 1.0, "head_learning_rate": 1.0, "weight_decay": 0.0}
    for wrong, message in (
        ({"trials": 0}, "trials"),
        ({"minutes": float("nan")}, "trials"),
        ({"hub_token": "secret"}, "hub_token: found it"),
        ({"do_predict": True}, "do_predict"),
        ({"resume_from_checkpoint": "last"}, "resume_from_checkpoint"),
        ({**all_given, "per_device_train_batch_size": 8}, "left open"),
        ({"learning_rat": 1.0}, "learning_rat"),
    ):
        with pytest.raises(ArgumentsError, match=message):
            msra_ner.tune(tmp_path / "wrong", **{**settings, **wrong})
        assert not (tmp_path / "wrong").exists()
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(OutputExistsError, match="no search wrote"):
        msra_ner.tune(folder, **settings)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    with RunLock(tmp_path / "held") as lock:
        lock.take()
        with pytest.raises(OutputExistsError, match="another run that is writing there"):
            msra_ner.tune(tmp_path / "held", **settings)
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ArgumentsError, match="without a launcher"):
        msra_ner.tune(tmp_path / "two", **settings)
    monkeypatch.delenv("WORLD_SIZE")
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(ModelError, match=r"msra-ner\[tune\]"):
        msra_ner.tune(tmp_path / "none", **settings)


def test_the_command_takes_the_flags_of_train(settings, tmp_path, capsys):
    flags = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
    folder = tmp_path / "tuned"
    assert main(["tune", *flags, "--trials", "1", "--output_dir", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "val F1" in shown
    assert f"msra-ner train {folder / 'best.yaml'}" in shown
    assert main(["tune", "--trials", "1", "--epochs", "3"]) == 2
    assert "--epochs: found no such flag" in capsys.readouterr().err
