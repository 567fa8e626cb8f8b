"""The command check."""

import json

from helpers.builders import EXAMPLE_SENTENCES

from msra_ner.cli.entry import main


def spoil(corpus, split="val"):
    """Put a sentence of train into another split, tagged otherwise, with a stray I- in it."""
    row = EXAMPLE_SENTENCES[0]
    with open(corpus / split / "sentences.txt", "a", encoding="utf-8") as file:
        file.write(" ".join(row.tokens) + "\n")
    with open(corpus / split / "tags.txt", "a", encoding="utf-8") as file:
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
    with open(corpus / "train" / "sentences.txt", "a", encoding="utf-8") as file:
        file.write("\u3000 龘 好\n")
    with open(corpus / "train" / "tags.txt", "a", encoding="utf-8") as file:
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
    capsys.readouterr()
    assert main(["check", str(corpus / "columns" / "train.txt")]) == 0
    shown = capsys.readouterr().out
    assert "\ntrain " in shown
    assert "\nval " not in shown


def test_what_cannot_be_read_is_one_line_and_exit_code_2(corpus, capsys):
    (corpus / "val" / "tags.txt").write_bytes(b"\xff\n")
    assert main(["check", str(corpus)]) == 2
    assert "tags.txt:1: found byte 0xFF" in capsys.readouterr().err.splitlines()[-1]
