"""What is given is looked at before anything slow: one place for all commands."""

import sys

import pytest

from msra_ner.cli import main

FOLDER = "found no such folder, expected one that msra-ner train wrote"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("predict runs/brt --text x", f"{FOLDER}, or a model's name on the Hub. Did you mean"),
        ("evaluate runs/brt", FOLDER),
        ("diagnose runs/brt", FOLDER),
        ("demo runs/bert runs/brt", FOLDER),
        ("check sample --tokenizer runs/brt", FOLDER),
        ("predict runs/bert none.txt", "none.txt: cannot be read (no such file)"),
        ("diagnose --predictions none.jsonl", "none.jsonl: cannot be read (no such file)"),
        ("evaluate runs/bert --data_dir none", "none: no such folder"),
        ("convert none out --to columns", "none: no such folder"),
        ("check sample --json runs", "--json: found the folder runs, expected a file"),
        ("diagnose --predictions file --json file", "--json: found file, which the input file is"),
        ("check runs --json runs/bert/own", "--json: found runs/bert/own, which the input runs is"),
        ("check sample --json file/x.json", "--json: found the file file in the place of a folder"),
    ],
)
def test_a_wrong_name_is_one_line_and_loads_nothing(tmp_path, monkeypatch, capsys, words, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs" / "bert").mkdir(parents=True)
    (tmp_path / "file").touch()
    (tmp_path / "runs" / "bert" / "own").touch()
    for name in ("msra_ner.inference.tagger", "msra_ner.training.run", "msra_ner.diagnosis.run"):
        monkeypatch.setitem(sys.modules, name, None)  # importing it would be an error
    assert main(words.split()) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line
