import json
import os
import subprocess
import sys

import pytest
from helpers.builders import EXAMPLE_SENTENCES, write_corpus
from helpers.hub_server import TOKEN, serve_hub

from msra_ner import load_msra
from msra_ner.cli.entry import main
from msra_ner.corpus.sentence import Sentence


@pytest.fixture
def corpus(tmp_path):
    """A corpus in which nothing is wrong."""
    splits = {"train": EXAMPLE_SENTENCES[:10], "val": EXAMPLE_SENTENCES[10:13]}
    return write_corpus(tmp_path / "corpus", splits | {"test": EXAMPLE_SENTENCES[13:]})


def spoil(corpus, split="val"):
    """Put a sentence of train into another split, tagged otherwise, with a stray I- in it."""
    row = EXAMPLE_SENTENCES[0]
    with open(corpus / split / "sentences.txt", "a") as file:
        file.write(" ".join(row.tokens) + "\n")
    with open(corpus / split / "tags.txt", "a") as file:
        file.write(" ".join(["O"] * (len(row.tokens) - 1) + ["I-ORG"]) + "\n")
    return corpus


def test_check_passes_a_sound_corpus(corpus, capsys):
    assert main(["check", str(corpus)]) == 0
    assert "Nothing is wrong" in capsys.readouterr().out


def test_check_ends_with_1_where_something_is_wrong_and_names_the_places(corpus, capsys, tmp_path):
    spoil(corpus)
    assert main(["check", str(corpus), "--json", str(tmp_path / "check.json")]) == 1
    out = capsys.readouterr().out
    report = json.loads((tmp_path / "check.json").read_text())
    assert report["wrong"] is True
    wrong = {item["check"]: item for item in report["findings"] if item["wrong"]}
    assert {"illegal_tags", "leaks", "conflicts"} <= wrong.keys()
    location = f"{corpus / 'val' / 'sentences.txt'}:4 (token {len(EXAMPLE_SENTENCES[0].tokens)})"
    assert wrong["illegal_tags"]["cases"][0]["places"][0]["place"] == location
    assert location in out
    assert f"{corpus / 'train' / 'sentences.txt'}:1" in out


def test_check_says_what_a_tokenizer_makes_of_a_corpus(corpus, tiny_encoder, tmp_path):
    with open(corpus / "train" / "sentences.txt", "a") as file:
        file.write("\u3000 龘 好\n")
    with open(corpus / "train" / "tags.txt", "a") as file:
        file.write("O O O\n")
    flags = ["--tokenizer", str(tiny_encoder), "--max_length", "12"]
    main(["check", str(corpus), *flags, "--json", str(tmp_path / "check.json")])
    report = json.loads((tmp_path / "check.json").read_text())
    found = {item["check"]: item for item in report["findings"]}
    unknown = {case["text"] for name in found if "_tokens" in name for case in found[name]["cases"]}
    assert {"\u3000", "龘"} <= unknown
    assert report["tokenizer"]["max_length"] == 12
    assert found["long_sentences"]["total"] > 0


def test_check_reads_a_single_file(corpus, capsys):
    assert main(["convert", str(corpus), str(corpus / "columns"), "--to", "columns"]) == 0
    assert main(["check", str(corpus / "columns" / "train.txt")]) == 0
    assert "validation" not in capsys.readouterr().out.splitlines()[0]


def test_what_cannot_be_read_is_one_line_and_exit_code_2(corpus, capsys):
    (corpus / "val" / "tags.txt").write_bytes(b"\xff\n")
    assert main(["check", str(corpus)]) == 2
    assert "tags.txt:1: found byte 0xFF" in capsys.readouterr().err.splitlines()[-1]


def test_convert_prints_what_each_split_holds(corpus, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["convert", str(corpus), str(out), "--to", "columns", "--to_scheme", "bioes"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:2] == ["train", "10"]
    assert "S-LOC" in (out / "train.txt").read_text()
    assert main(["convert", str(corpus), str(out), "--to", "columns"]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert main(["convert", str(corpus), str(out), "--to", "columns", "--overwrite"]) == 0


def test_export_writes_a_folder_that_loads_alike(corpus, tmp_path, capsys):
    assert main(["dataset", "export", str(tmp_path / "hub"), "--data_dir", str(corpus)]) == 0
    assert str(tmp_path / "hub" / "README.md") in capsys.readouterr().out
    original, exported = load_msra(corpus), load_msra(tmp_path / "hub")
    for split, rows in original.items():
        assert rows.to_list() == exported[split].to_list()
        assert rows.features == exported[split].features
    card = (tmp_path / "hub" / "README.md").read_text()
    assert "unknown; fill in" in card, "three types do not make it the MSRA corpus"


def test_the_card_says_what_it_is_told(corpus, tmp_path):
    flags = ["--name", "Mine", "--language", "zh", "--license", "cc0-1.0", "--source", "My desk"]
    main(["dataset", "export", str(tmp_path / "hub"), "--data_dir", str(corpus), *flags])
    card = (tmp_path / "hub" / "README.md").read_text()
    assert all(text in card for text in ("# Mine", "license: cc0-1.0", "My desk"))


def command(folder, endpoint, *words):
    """Run a command in a process that knows the endpoint from its start."""
    home = {"HF_HOME": str(folder / "home"), "HF_TOKEN": TOKEN, "HF_ENDPOINT": endpoint}
    offline = {"HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    return subprocess.run(
        [sys.executable, "-m", "msra_ner", *words],
        cwd=folder,
        env={**os.environ, **home, **offline, "HF_DATASETS_CACHE": str(folder / "cache")},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_a_pushed_corpus_is_a_corpus_for_every_command(corpus, tmp_path):
    push = ["dataset", "push", "someone/tiny", "--data_dir", str(corpus)]
    with serve_hub() as (endpoint, hub):
        hub.failures = {"/commit/": 403}
        done = command(tmp_path, endpoint, *push)
        assert done.returncode == 2
        assert done.stderr.splitlines()[-1].endswith(f"To try again: msra-ner {' '.join(push)}")
        hub.failures = {}
        done = command(tmp_path, endpoint, *push)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip().endswith("/datasets/someone/tiny")
        done = command(tmp_path, endpoint, "check", "hub:someone/tiny")
        assert done.returncode == 0, done.stderr
        out = tmp_path / "back"
        done = command(tmp_path, endpoint, "convert", "hub:someone/tiny", str(out), "--to", "pair")
        assert done.returncode == 0, done.stderr
    for split in ("train", "val", "test"):
        for name in ("sentences.txt", "tags.txt"):
            assert (out / split / name).read_bytes() == (corpus / split / name).read_bytes()


@pytest.mark.parametrize("words", [["check"], ["convert"], ["dataset", "export"], ["dataset"]])
def test_help_of_each_command(words, capsys):
    with pytest.raises(SystemExit) as end:
        main([*words, "--help"])
    assert end.value.code == 0
    assert words[-1] in capsys.readouterr().out


def test_reading_options_stand_beside_those_of_training(tmp_path, capsys):
    from msra_ner.training.parsing import build_parser

    build_parser()  # HfArgumentParser changes the fields of the options it is given.
    (tmp_path / "train.jsonl").write_text('{"tokens": ["a"], "ner_tags": [1]}\n')
    assert main(["check", str(tmp_path), "--tag_names", "O,B-A,I-A"]) in (0, 1)
    assert "(all)" in capsys.readouterr().out


def test_a_reading_option_reaches_the_reader(tmp_path, capsys):
    rows = [Sentence(["a b", "c"], ["B-X", "O"])]
    text = "".join(f"{row.tokens[0]}\tx\t{row.tags[0]}\n" for row in rows).replace(" ", "_")
    (tmp_path / "train.txt").write_text(text + "\n")
    assert main(["check", str(tmp_path), "--tag_column", "1"]) == 2
    assert "the tag 'x'" in capsys.readouterr().err
    main(["check", str(tmp_path), "--tag-column", "2"])
    assert "X" in capsys.readouterr().out


def test_what_a_file_is_known_by_is_said_once(tmp_path, capsys):
    row = {"text": "在北京", "label": {"LOC": {"北京": [[1, 2]]}}}
    (tmp_path / "train.json").write_text(json.dumps(row) + "\n")
    main(["convert", str(tmp_path), str(tmp_path / "out"), "--to", "columns"])
    assert capsys.readouterr().err.count("ends of spans are inclusive") == 1
