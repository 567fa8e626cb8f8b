"""The command convert."""

import json

from msra_ner.cli.entry import main


def test_convert_prints_what_each_split_holds(corpus, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["convert", str(corpus), str(out), "--to", "columns", "--to_scheme", "bioes"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:2] == ["train", "10"]
    assert "S-LOC" in (out / "train.txt").read_text()
    assert main(["convert", str(corpus), str(out), "--to", "columns"]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert main(["convert", str(corpus), str(out), "--to", "columns", "--overwrite"]) == 0


def test_what_a_file_is_known_by_is_said_once(tmp_path, capsys):
    row = {"text": "在北京", "label": {"LOC": {"北京": [[1, 2]]}}}
    (tmp_path / "train.json").write_text(json.dumps(row) + "\n")
    main(["convert", str(tmp_path), str(tmp_path / "out"), "--to", "columns"])
    assert capsys.readouterr().err.count("ends of spans are inclusive") == 1
