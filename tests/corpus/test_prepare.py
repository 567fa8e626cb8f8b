import json
import logging
import random
from dataclasses import asdict
from pathlib import Path

import pytest
from helpers.builders import (
    EXAMPLE_SENTENCES,
    PROPERTY,
    msra_folder,
    read_columns,
    read_pair,
    write_columns,
    write_raw,
)
from hypothesis import given, strategies as st

import msra_ner.corpus.prepare
from msra_ner.corpus.folder import read_labels
from msra_ner.corpus.formats.pair import write_pair
from msra_ner.corpus.prepare import prepare_corpus
from msra_ner.corpus.sentence import Sentence
from msra_ner.corpus.split_names import split_train_val
from msra_ner.corpus.summary import summarize_splits
from msra_ner.errors import CorpusError, CorpusNotFoundError, OutputExistsError

TRAIN, TEST = EXAMPLE_SENTENCES[:12], EXAMPLE_SENTENCES[12:]
WRITTEN = [
    "tags.txt",
    "test/sentences.txt",
    "test/tags.txt",
    "train/sentences.txt",
    "train/tags.txt",
    "val/sentences.txt",
    "val/tags.txt",
]


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes, hidden ones included."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def raw(tmp_path):
    return write_raw(tmp_path / "raw", TRAIN, TEST)


@pytest.fixture
def output(tmp_path):
    return tmp_path / "corpus"


# The division into train and val


def test_45000_sentences_are_divided_as_pythons_random_seeded_2019_shuffles_them():
    lines = [f"sentence {index}" for index in range(45000)]
    order = list(range(45000))
    random.seed(2019)
    random.shuffle(order)
    train, val = split_train_val(lines, 3000)
    assert train == [lines[index] for index in order[:42000]]
    assert val == [lines[index] for index in order[42000:]]


def test_the_division_leaves_the_global_random_state_alone():
    random.seed(1)
    before = random.getstate()
    split_train_val(range(10), 3)
    assert random.getstate() == before


def test_another_seed_divides_otherwise():
    assert split_train_val(range(100), 10, seed=1) != split_train_val(range(100), 10, seed=2)


@PROPERTY
@given(st.integers(1, 60), st.integers(), st.data())
def test_each_sentence_is_in_train_or_val_once(total, seed, data):
    val_size = data.draw(st.integers(0, total - 1))
    train, val = split_train_val(range(total), val_size, seed)
    assert len(val) == val_size
    assert sorted(train + val) == list(range(total))


@pytest.mark.parametrize("val_size", [-1, 12, 13])
def test_a_val_size_that_does_not_fit_is_refused(raw, output, val_size):
    with pytest.raises(CorpusError, match="found 12 sentences") as caught:
        prepare_corpus(raw, output, val_size=val_size)
    assert str(caught.value).startswith(f"val_size {val_size}: ")
    assert not output.exists()


# What is written


def test_the_written_corpus_holds_the_raw_sentences(raw, output):
    summaries = prepare_corpus(raw, output, val_size=3)
    assert sorted(contents(output)) == WRITTEN
    splits = {name: read_pair(output / name) for name in ("train", "val", "test")}
    train, val = split_train_val(TRAIN, 3)
    assert splits == {"train": train, "val": val, "test": TEST}
    assert summaries == summarize_splits(splits)
    labels = b"O\nB-PER\nI-PER\nB-ORG\nI-ORG\nB-LOC\nI-LOC\n"
    assert (output / "tags.txt").read_bytes() == labels


def test_val_size_and_seed_reach_the_division(raw, output):
    prepare_corpus(raw, output, val_size=4, seed=7)
    train, val = split_train_val(TRAIN, 4, seed=7)
    assert read_pair(output / "train") == train
    assert read_pair(output / "val") == val


def test_by_default_3000_sentences_go_to_val_by_seed_2019(tmp_path, output):
    sentences = [Sentence(list(str(index)), ["O"] * len(str(index))) for index in range(3100)]
    prepare_corpus(write_raw(tmp_path / "raw", sentences, TEST), output)
    assert read_pair(output / "val") == split_train_val(sentences, 3000, seed=2019)[1]


def test_without_val_none_is_written_and_an_old_one_goes(raw, output):
    prepare_corpus(raw, output, val_size=3)
    prepare_corpus(raw, output, val_size=0, overwrite=True)
    assert not (output / "val").exists()
    assert len(read_pair(output / "train")) == len(TRAIN)


def test_labels_cover_a_type_that_only_test_has(tmp_path, output):
    rare = [Sentence(["今", "天"], ["B-TIME", "I-TIME"])]
    prepare_corpus(write_raw(tmp_path / "raw", TRAIN, rare), output, val_size=3)
    assert {"B-TIME", "I-TIME", "B-PER"} <= set(read_labels(output / "tags.txt"))


def test_summaries_are_written_as_json_too(raw, output, tmp_path):
    summaries = prepare_corpus(raw, output, val_size=3, json_path=tmp_path / "summary.json")
    written = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert written == {name: asdict(summary) for name, summary in summaries.items()}


def test_the_same_raw_files_give_the_same_bytes(raw, output, tmp_path):
    prepare_corpus(raw, output, val_size=3)
    prepare_corpus(raw, tmp_path / "again", val_size=3)
    assert contents(output) == contents(tmp_path / "again")


def test_the_real_test_split_is_written_byte_for_byte(tmp_path, output):
    folder = msra_folder()
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "msra_test_bio").symlink_to(folder / "raw" / "msra_test_bio")
    with open(folder / "raw" / "msra_train_bio", encoding="utf-8", newline="\n") as file:
        some = [file.readline() for _ in range(2000)]
    (raw / "msra_train_bio").write_text("".join(some), encoding="utf-8", newline="\n")
    prepare_corpus(raw, output, val_size=10)
    for name in ("sentences.txt", "tags.txt"):
        assert (output / "test" / name).read_bytes() == (folder / "test" / name).read_bytes()
    assert (output / "tags.txt").read_bytes() == (folder / "tags.txt").read_bytes()


# Schemes and repair


def test_iob1_raw_files_become_iob2(raw, output, caplog):
    caplog.set_level(logging.INFO, logger="msra_ner")
    inside = [Sentence(["李", "娜", "到"], ["I-PER", "I-PER", "O"])]
    write_columns(raw / "msra_test_bio", inside)
    prepare_corpus(raw, output, val_size=3)
    assert read_pair(output / "test")[0].tags == ["B-PER", "I-PER", "O"]
    assert f"{raw / 'msra_test_bio'}: IOB1 tags" in caplog.text


@pytest.mark.parametrize("name", ["msra_train_bio", "msra_test_bio"])
def test_stray_tags_are_refused_or_repaired_as_asked(raw, output, name):
    stray = Sentence(["李", "娜", "到"], ["O", "I-PER", "O"])
    write_columns(raw / name, [*TRAIN, stray])
    line = sum(len(sentence.tokens) + 1 for sentence in TRAIN) + 2
    with pytest.raises(CorpusError, match=f"{name}:{line}: found I-PER after O"):
        prepare_corpus(raw, output, val_size=3)
    assert not output.exists()
    prepare_corpus(raw, output, val_size=3, repair_tags=True)
    repaired = Sentence(stray.tokens, ["O", "B-PER", "O"])
    assert any(repaired in read_pair(output / split) for split in ("train", "val", "test"))


def test_the_scheme_asked_for_reaches_both_files(raw, output):
    inside = [Sentence(["李", "娜"], ["I-PER", "I-PER"])]
    write_columns(raw / "msra_test_bio", inside)
    with pytest.raises(CorpusError, match="msra_test_bio:1: found I-PER at the start"):
        prepare_corpus(raw, output, val_size=3, scheme="iob2")
    write_columns(raw / "msra_train_bio", [*TRAIN, *inside])
    prepare_corpus(raw, output, val_size=0, scheme="iob1")
    assert Sentence(["李", "娜"], ["B-PER", "I-PER"]) in read_pair(output / "train")


# Nothing half, nothing overwritten


@pytest.mark.parametrize("name", ["msra_train_bio", "msra_test_bio"])
def test_a_missing_raw_file_is_named(raw, output, name):
    (raw / name).unlink()
    with pytest.raises(CorpusNotFoundError) as caught:
        prepare_corpus(raw, output, val_size=3)
    assert str(caught.value).startswith(f"{raw / name}: no such file")
    assert not output.exists()


def test_a_broken_raw_file_leaves_an_earlier_corpus_alone(raw, output):
    prepare_corpus(raw, output, val_size=3)
    before = contents(output)
    (raw / "msra_test_bio").write_bytes(b"a\tO\nb\n")
    with pytest.raises(CorpusError, match="msra_test_bio:2: found no tab"):
        prepare_corpus(raw, output, val_size=3, overwrite=True)
    assert contents(output) == before


@pytest.mark.parametrize("standing", ["train", "val", "test", "tags.txt"])
def test_an_output_that_exists_is_refused_without_overwrite(raw, output, standing):
    prepare_corpus(raw, output, val_size=3)
    for entry in {"train", "val", "test", "tags.txt"} - {standing}:
        (output / entry).rename(raw / entry)
    before = contents(output)
    with pytest.raises(OutputExistsError, match=f"found {standing}, expected none"):
        prepare_corpus(raw, output, val_size=4)
    assert contents(output) == before


def test_overwrite_replaces_the_corpus_and_nothing_else(raw, output):
    prepare_corpus(raw, output, val_size=3)
    (output / "notes.txt").write_bytes(b"mine")
    prepare_corpus(raw, output, val_size=4, overwrite=True)
    assert len(read_pair(output / "val")) == 4
    assert sorted(contents(output)) == sorted([*WRITTEN, "notes.txt"])
    assert (output / "notes.txt").read_bytes() == b"mine"


@pytest.fixture(params=["train", "val", "test"])
def split(request):
    return request.param


@pytest.fixture(params=[OSError("disk full"), KeyboardInterrupt()], ids=["an error", "the user"])
def failure(request):
    return request.param


@pytest.fixture
def break_writing(monkeypatch, split, failure):
    """Return a call after which writing one split fails between its two files."""

    def write_half(folder, sentences):
        write_pair(folder, sentences)
        if folder.name == split:
            (folder / "tags.txt").unlink()
            raise failure

    return lambda: monkeypatch.setattr(msra_ner.corpus.prepare, "write_pair", write_half)


def test_no_file_is_left_of_a_run_ended_by(raw, output, failure, break_writing):
    output.mkdir()
    (output / "notes.txt").write_bytes(b"mine")
    break_writing()
    with pytest.raises(type(failure)):
        prepare_corpus(raw, output, val_size=3)
    assert [path.name for path in output.iterdir()] == ["notes.txt"]
    assert (output / "notes.txt").read_bytes() == b"mine"


def test_an_earlier_corpus_outlives_a_run_with_overwrite_ended_by(
    raw, output, failure, break_writing
):
    prepare_corpus(raw, output, val_size=3)
    before = contents(output)
    break_writing()
    with pytest.raises(type(failure)):
        prepare_corpus(raw, output, val_size=4, overwrite=True)
    assert contents(output) == before
    assert not list(output.glob(".partial*"))


def test_raw_files_stay_as_they_were_when_the_corpus_is_written_beside_them(raw):
    before = contents(raw)
    prepare_corpus(raw, raw, val_size=3)
    after = contents(raw)
    assert {name: after[name] for name in before} == before
    assert read_columns(raw / "msra_test_bio") == read_pair(raw / "test")
