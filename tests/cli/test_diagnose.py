"""`msra-ner diagnose` on files, on a run, and on runs with a fault in their training."""

import json
import shutil

import pytest
from helpers.builders import EXAMPLE_SENTENCES, write_corpus

import msra_ner
from msra_ner.cli.entry import main
from msra_ner.corpus.sentence import Sentence
from msra_ner.report.predictions import write_predictions


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A corpus whose val can be learned from train without being the same."""
    folder = tmp_path_factory.mktemp("diagnose") / "corpus"
    train = EXAMPLE_SENTENCES[:12]
    val = [Sentence([*row.tokens, "。"], [*row.tags, "O"]) for row in train]
    return write_corpus(folder, {"train": train, "val": val})


def train(corpus, encoder, folder, **settings):
    defaults = {"num_train_epochs": 20, "learning_rate": 5e-3, "per_device_train_batch_size": 2}
    return msra_ner.train(
        data_dir=str(corpus),
        model_name_or_path=str(encoder),
        output_dir=str(folder),
        use_cpu=True,
        cpu_threads=1,
        disable_tqdm=True,
        logging_steps=4,
        **defaults | settings,
    )


@pytest.fixture(scope="module")
def run(corpus, tiny_encoder, tmp_path_factory):
    """A sound run: the model knows what it was taught."""
    folder = tmp_path_factory.mktemp("runs") / "sound"
    assert train(corpus, tiny_encoder, folder)["eval_f1"] > 0.95
    return folder


def diagnose(*words):
    return main(["diagnose", *map(str, words)])


def checks(path):
    return [cause["check"] for cause in json.loads(path.read_text())["causes"]]


def test_a_file_of_this_package(tmp_path, capsys):
    file = tmp_path / "predictions.jsonl"
    write_predictions(file, EXAMPLE_SENTENCES, [row.tags for row in EXAMPLE_SENTENCES])
    assert diagnose("--predictions", file) == 0
    assert "F1 100.00" in capsys.readouterr().out
    write_predictions(file, EXAMPLE_SENTENCES, [["O", *row.tags[:-1]] for row in EXAMPLE_SENTENCES])
    assert diagnose("--predictions", file, "--json", tmp_path / "found.json") == 1
    assert "1. shifted_labels: all labels are 1 place(s) too late" in capsys.readouterr().out
    assert checks(tmp_path / "found.json")[0] == "shifted_labels"


@pytest.mark.parametrize("with_tokens", [True, False], ids=["token gold predicted", "two columns"])
def test_a_file_of_columns_of_any_tool(tmp_path, with_tokens):
    lines = []
    for row in EXAMPLE_SENTENCES:
        tags = ["O", *row.tags[:-1]]
        columns = [row.tokens, row.tags, tags] if with_tokens else [row.tags, tags]
        lines += ["\t".join(fields) for fields in zip(*columns, strict=True)] + [""]
    file = tmp_path / "predictions.txt"
    file.write_text("\n".join(lines) + "\n")
    assert diagnose("--predictions", file, "--json", tmp_path / "found.json") == 1
    assert checks(tmp_path / "found.json")[0] == "shifted_labels"


def test_what_a_tool_lost_is_told_with_the_corpus(corpus, tmp_path, capsys):
    file = tmp_path / "predictions.jsonl"
    kept = [Sentence([*row.tokens, "。"], [*row.tags, "O"]) for row in EXAMPLE_SENTENCES[:9]]
    write_predictions(file, kept, [row.tags for row in kept])
    assert diagnose("--predictions", file) == 0
    assert diagnose("--predictions", file, "--data_dir", corpus, "--split", "val") == 1
    out = capsys.readouterr().out
    assert "sentences: 9 of 12" in out
    assert "never scored" in out


def test_neither_or_both_of_model_and_file_is_a_mistake(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert diagnose() == 2
    assert diagnose(tmp_path, "--predictions", tmp_path / "file") == 2
    assert capsys.readouterr().err.count("expected one of them") == 2


@pytest.mark.parametrize("text", ["", "{}\n", '{"gold": ["O"]}\n', "O\n", "O\tO\nO\n"])
def test_a_file_that_is_none_is_refused_in_one_line(tmp_path, capsys, text):
    file = tmp_path / "predictions.jsonl"
    file.write_text(text)
    assert diagnose("--predictions", file) == 2
    assert str(file) in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.slow
def test_a_sound_run_has_no_finding(run, capsys):
    assert diagnose(run, "--split", "val") == 0
    assert "No finding." in capsys.readouterr().out


@pytest.mark.slow
def test_what_a_run_was_told_to_leave_out_is_not_lost(corpus, tiny_encoder, tmp_path, capsys):
    train(corpus, tiny_encoder, tmp_path / "run", max_eval_samples=6, max_steps=1)
    diagnose(tmp_path / "run", "--split", "val")
    assert "never scored" not in capsys.readouterr().out


@pytest.mark.slow
def test_labels_swapped_in_the_configuration_of_a_run(run, tmp_path, capsys):
    spoiled = tmp_path / "run"
    shutil.copytree(run, spoiled, ignore=shutil.ignore_patterns("checkpoint-*"))
    config = json.loads((spoiled / "config.json").read_text())
    names = config["id2label"]
    swapped = {"PER": "LOC", "LOC": "PER"}
    config["id2label"] = {
        key: f"{name[:2]}{swapped.get(name[2:], name[2:])}" if name != "O" else name
        for key, name in names.items()
    }
    config["label2id"] = {name: int(key) for key, name in config["id2label"].items()}
    (spoiled / "config.json").write_text(json.dumps(config))
    assert diagnose(spoiled, "--split", "val", "--json", tmp_path / "found.json") == 1
    assert checks(tmp_path / "found.json")[0] == "swapped_labels"


@pytest.mark.slow
def test_a_fault_of_training_is_named_first(corpus, tiny_encoder, tmp_path):
    # The checks themselves are functions of a run's history: tests/diagnosis has one test for each.
    assert train(corpus, tiny_encoder, tmp_path / "run", max_steps=12)["eval_f1"] < 0.75
    found = tmp_path / "found.json"
    assert diagnose(tmp_path / "run", "--split", "val", "--json", found) == 1
    assert checks(found)[0] == "few_steps"
