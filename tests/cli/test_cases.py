"""Inputs that broke the product once, as files beside the project: each gives what it should."""

import contextlib
import io
import sys

import pytest
from helpers.odd_tokens import SHARED

from msra_ner.cli import main
from msra_ner.corpus import open_corpus

CASES = SHARED / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"needs the folder {CASES}")


def run(*words):
    """Return exit code, standard output and the lines of standard error of a command."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(word) for word in words])
    return code, out.getvalue(), err.getvalue().splitlines()


def convert(case, target, *more):
    return run("convert", CASES / case, target, "--to", "columns", *more)


def count_entities(folder):
    corpus = open_corpus(folder)
    return {
        name: sum(tag.startswith("B-") for item in split.sentences() for tag in item.tags)
        for name, split in corpus.splits.items()
    }


@pytest.mark.parametrize(
    ("case", "flags", "entities"),
    [
        ("01_parquet_string_tags", [], {"train": 4}),
        ("01b_parquet_number_tags", ["--tag_names", "O,B-PER,I-PER,B-LOC,I-LOC"], {"train": 4}),
        ("02_gold_test_dropped", [], {"train": 1, "validation": 1, "test": 1}),
        ("03_index_column.conllu", [], {"train": 1}),
        ("05_entity_is_surface", [], {"train": 2}),
        ("07_prefix_on_every_token", [], {"train": 40}),
        ("16_entity_list.jsonl", [], {"train": 1}),
        ("17_json_array.json", [], {"train": 1}),
    ],
)
def test_it_is_read(tmp_path, case, flags, entities):
    code, out, _ = convert(case, tmp_path / "out", *flags)
    assert code == 0, out
    assert count_entities(tmp_path / "out") == entities


def test_tokens_are_words_and_not_their_numbers_or_prefixes(tmp_path):
    for case, first in (("03_index_column.conllu", "Nils"), ("07_prefix_on_every_token", "周")):
        convert(case, tmp_path / case)
        sentence = next(open_corpus(tmp_path / case).splits["train"].sentences())
        assert sentence.tokens[0] == first


def test_wrong_ends_are_refused_by_the_text_beside_them(tmp_path):
    code, _, err = convert("05_entity_is_surface", tmp_path / "out", "--ends", "exclusive")
    assert code == 2
    assert "'胃镜检' from 0 to 3 of the text, but '胃镜检查'" in err[-1]
    assert not (tmp_path / "out").exists()


def test_a_corpus_that_check_should_doubt():
    code, out, _ = run("check", CASES / "06_sentence_is_token")
    assert code == 1
    assert "WRONG  odd_tokens" in out
    assert "Label Studio" in out


@pytest.mark.parametrize("case", ["01_parquet_string_tags", "15_blank_of_spaces"])
def test_a_corpus_that_check_should_read(case):
    code, out, err = run("check", CASES / case)
    assert code in (0, 1), err
    assert "illegal_tags" not in out


def test_a_console_that_cannot_show_a_character(monkeypatch):
    with io.TextIOWrapper(io.BytesIO(), encoding="gbk", write_through=True) as console:
        monkeypatch.setattr(sys, "stdout", console)
        code = main(["check", str(CASES / "08_gbk_console")])
        assert code == run("check", CASES / "08_gbk_console")[0]
        assert "\\U000" in console.buffer.getvalue().decode("gbk")


def test_train_without_an_entity_is_refused(tmp_path):
    words = ["--data_dir", CASES / "11_no_entity_in_train", "--output_dir", tmp_path / "run"]
    code, _, err = run("train", *words, "--use_cpu", "--max_steps", "1")
    assert code == 2
    assert "found no entity in the" in err[-1]
    assert not (tmp_path / "run" / "run.json").exists()


def test_gold_without_an_entity_has_no_f1():
    code, out, _ = run("diagnose", "--predictions", CASES / "12_no_gold_entity.jsonl")
    assert code == 1
    assert "no_gold_entity" in out
    assert "F1 0.00" not in out
