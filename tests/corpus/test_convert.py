import json
import tempfile
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from helpers.builders import EXAMPLE_SENTENCES, examples, marked, write_columns, write_corpus
from helpers.corpora import find_units, read_documents, read_split, write_split
from helpers.strategies import documents, entity_count, sentences
from hypothesis import given, strategies as st

from msra_ner.cli.entry import main
from msra_ner.corpus.convert import ConvertedSplit, convert_corpus
from msra_ner.corpus.documents import SEPARATORS, Document, Span, to_document
from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.formats.catalogue import FORMATS, WRITTEN_FORMATS, TextFormat
from msra_ner.corpus.options import ReadOptions, WrittenFormat
from msra_ner.corpus.sentence import Sentence
from msra_ner.errors import ArgumentsError, CorpusError, OutputExistsError

PAIRS = list(product(WRITTEN_FORMATS, WRITTEN_FORMATS))
IDS = [f"{source} to {target}" for source, target in PAIRS]
TEXT_FORMATS = [name for name in WRITTEN_FORMATS if isinstance(FORMATS[name], TextFormat)]
TEXT_PAIRS = list(product(TEXT_FORMATS, TEXT_FORMATS))
TAG_FORMATS = [name for name in WRITTEN_FORMATS if not isinstance(FORMATS[name], TextFormat)]


def test_the_command_offers_what_is_written():
    assert set(get_args(WrittenFormat)) == set(WRITTEN_FORMATS)


# Every format to every format


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=IDS)
def test_the_examples_come_through(tmp_path, source, target):
    write_split(tmp_path / "in", source, EXAMPLE_SENTENCES)
    report = convert_corpus(tmp_path / "in", tmp_path / "out", target)
    counts = ConvertedSplit(len(EXAMPLE_SENTENCES), entity_count(EXAMPLE_SENTENCES), 0, 0)
    assert report == {"train": counts}
    assert read_split(tmp_path / "out") == EXAMPLE_SENTENCES
    names = {"train" + FORMATS[target].suffix, "tags.txt"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=IDS)
@examples(8)
@given(st.data())
def test_whatever_both_formats_can_hold_comes_through(source, target, data):
    items = data.draw(sentences(source, target, single=data.draw(st.booleans())))
    options = {}
    if {*TEXT_FORMATS} & {source, target}:
        options["units"] = find_units(items)
    with tempfile.TemporaryDirectory() as name:
        folder = write_split(Path(name) / "in", source, items)
        out = Path(name) / "out"
        report = convert_corpus(folder, out, target, **options)
        assert report["train"].sentences == len(items)
        assert report["train"].entities == entity_count(items)
        assert report["train"].nested == 0
        assert read_split(out, **options) == items


@pytest.mark.parametrize(("source", "target"), TEXT_PAIRS)
@examples(20)
@given(documents())
def test_text_to_text_keeps_white_space_and_nested_spans(source, target, items):
    with tempfile.TemporaryDirectory() as name:
        folder = write_split(Path(name) / "in", source, items)
        report = convert_corpus(folder, Path(name) / "out", target)
        spans = sum(len(item.spans) for item in items)
        assert report == {"train": ConvertedSplit(len(items), spans, 0, 0)}
        read = read_documents(Path(name) / "out")
        # brat has its spans by document, each line's in the order of the file.
        assert read == items


@examples(20)
@given(documents(without="\0"))
def test_what_is_lost_on_the_way_to_tags_is_counted(items):
    with tempfile.TemporaryDirectory() as name:
        folder = write_split(Path(name) / "in", "json-spans", items)
        options = ReadOptions(nested="outermost")
        report = convert_corpus(folder, Path(name) / "out", "json-tokens", **asdict(options))[
            "train"
        ]
        read = read_split(Path(name) / "out")
        characters = sum(len(item.text) for item in items)
        assert report.spaces == characters - sum(len(sentence.tokens) for sentence in read)
        assert report.entities == sum(len(item.spans) for item in items)
        assert report.nested == report.entities - entity_count(read)


@pytest.mark.parametrize("scheme", ["iob1", "bioes", "bmes", "bilou"])
@pytest.mark.parametrize("format", TAG_FORMATS)
@examples(6)
@given(items=sentences("pair", "columns"))
def test_a_scheme_written_is_a_scheme_read(format, scheme, items):
    with tempfile.TemporaryDirectory() as name:
        folder = write_split(Path(name) / "in", "json-tokens", items)
        convert_corpus(folder, Path(name) / "out", format, to_scheme=scheme)
        assert read_split(Path(name) / "out") == items
        assert read_split(Path(name) / "out", scheme=scheme) == items


def test_a_scheme_is_written_as_its_tags(tmp_path):
    write_split(tmp_path / "in", "pair", [marked("[PER 李小娜]到[LOC 京]")])
    convert_corpus(tmp_path / "in", tmp_path / "out", "json-tokens", to_scheme="bmes")
    row = json.loads((tmp_path / "out" / "train.jsonl").read_text(encoding="utf-8"))
    assert row["ner_tags"] == ["B-PER", "M-PER", "E-PER", "O", "S-LOC"]


# Splits and labels


@pytest.mark.parametrize("target", WRITTEN_FORMATS)
def test_all_splits_come_through_under_their_names(tmp_path, target):
    splits = {"train": EXAMPLE_SENTENCES, "val": EXAMPLE_SENTENCES[3:8]}
    splits["test"] = EXAMPLE_SENTENCES[:3]
    write_corpus(tmp_path / "in", splits)
    report = convert_corpus(tmp_path / "in", tmp_path / "out", target)
    assert list(report) == ["train", "validation", "test"]
    for name, items in splits.items():
        assert read_split(tmp_path / "out", {"val": "validation"}.get(name, name)) == items


def test_the_order_of_the_label_list_comes_through(tmp_path):
    labels = "O\nB-TIME\nI-TIME\nB-GPE\nI-GPE\nB-ART\nI-ART\n"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "tags.txt").write_text(labels)
    (tmp_path / "in" / "train.txt").write_text("a\tB-GPE\n")
    convert_corpus(tmp_path / "in", tmp_path / "out", "json-spans")
    assert (tmp_path / "out" / "tags.txt").read_text() == labels
    assert open_corpus(tmp_path / "out").labels == tuple(labels.split())


def test_val_taken_from_train_keeps_what_texts_hold(tmp_path):
    items = [Document(f"a b{number}", (Span(0, 4, "X"), Span(0, 1, "Y"))) for number in range(5)]
    write_split(tmp_path / "in", "json-spans", items)
    options = ReadOptions(val_size=2)
    report = convert_corpus(tmp_path / "in", tmp_path / "out", "brat", **asdict(options))
    assert report == {"train": ConvertedSplit(3, 6, 0, 0), "validation": ConvertedSplit(2, 4, 0, 0)}
    both = read_documents(tmp_path / "out") + read_documents(tmp_path / "out", "validation")
    assert sorted(both, key=lambda item: item.text) == items
    options = ReadOptions(val_size=2, nested="outermost")
    report = convert_corpus(tmp_path / "in", tmp_path / "tags", "pair", **asdict(options))
    assert report == {"train": ConvertedSplit(3, 6, 3, 3), "validation": ConvertedSplit(2, 4, 2, 2)}


def test_val_is_taken_from_a_single_file_too(tmp_path):
    path = write_columns(tmp_path / "all.txt", EXAMPLE_SENTENCES)
    report = convert_corpus(path, tmp_path / "out", "columns", val_size=5)
    assert {name: counts.sentences for name, counts in report.items()} == {
        "train": len(EXAMPLE_SENTENCES) - 5,
        "validation": 5,
    }


def test_words_are_joined_by_spaces_in_all_splits_alike(tmp_path, log):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "train.txt").write_text("to O\nNew B-LOC\nYork I-LOC\n")
    (tmp_path / "in" / "test.txt").write_text("I O\na O\n")  # no token of several characters
    convert_corpus(tmp_path / "in", tmp_path / "out", "json-spans")
    assert read_documents(tmp_path / "out")[0] == Document("to New York", (Span(3, 11, "LOC"),))
    assert read_documents(tmp_path / "out", "test")[0] == Document("I a", ())
    assert read_split(tmp_path / "out", "test", units="words")[0].tokens == ["I", "a"]
    assert "--units words" in log.text


def test_one_word_among_the_characters_does_not_make_a_corpus_of_words(tmp_path, log):
    tokens = ["王", "小", "明", "2008", "年", "生"]
    items = [Sentence(tokens, ["B-PER", "I-PER", "I-PER", "B-TIME", "I-TIME", "O"])]
    write_split(tmp_path / "in", "json-tokens", items)
    convert_corpus(tmp_path / "in", tmp_path / "out", "json-spans")
    spans = (Span(0, 3, "PER"), Span(3, 8, "TIME"))
    assert read_documents(tmp_path / "out") == [Document("王小明2008年生", spans)]
    assert "train: 1 tokens of several characters" in log.text


def test_a_word_level_corpus_goes_through_texts_and_back(tmp_path):
    text = "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\nGerman JJ B-NP B-MISC\n"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "eng.train").write_text(text)
    convert_corpus(tmp_path / "in", tmp_path / "texts", "brat")
    assert (tmp_path / "texts/train/text.txt").read_text() == "EU rejects German\n"
    words = ReadOptions(units="words")
    convert_corpus(tmp_path / "texts", tmp_path / "out", "columns", **asdict(words))
    written = (tmp_path / "out" / "train.txt").read_text()
    assert written == "EU\tB-ORG\nrejects\tO\nGerman\tB-MISC\n\n"


# What is lost is said, or refused


def test_what_tags_cannot_hold_is_said_in_the_log_and_the_table(tmp_path, log, capsys):
    items = [Document("New York 大学", (Span(0, 11, "ORG"), Span(0, 8, "LOC"), Span(4, 8, "X")))]
    write_split(tmp_path / "in", "json-spans", items)
    arguments = ["convert", str(tmp_path / "in"), str(tmp_path / "out"), "--to", "pair"]
    assert main([*arguments, "--nested", "outermost"]) == 0
    shown = capsys.readouterr()
    assert shown.out.split("\n")[1].split() == ["train", "1", "3", "2", "2"]
    assert "train: the format pair cannot carry 2 nested spans" in shown.err
    assert "train: the format pair cannot carry 2 white-space characters" in shown.err
    assert read_split(tmp_path / "out") == [Sentence([*"NewYork大学"], ["B-ORG"] + 8 * ["I-ORG"])]


@pytest.mark.parametrize(
    ("spans", "kept"),
    [
        pytest.param([Span(0, 4, "A"), Span(1, 3, "B")], [Span(0, 4, "A")], id="inside"),
        pytest.param([Span(0, 2, "A"), Span(1, 4, "B")], [Span(1, 4, "B")], id="across"),
        pytest.param([Span(0, 2, "A"), Span(0, 2, "B")], [Span(0, 2, "A")], id="of two the first"),
        pytest.param(
            [Span(2, 4, "A"), Span(0, 2, "B")], [Span(0, 2, "B"), Span(2, 4, "A")],
            id="unsorted, but apart",
        ),
        pytest.param(
            [Span(0, 2, "A"), Span(1, 3, "B"), Span(2, 4, "C")], [Span(0, 2, "A"), Span(2, 4, "C")],
            id="a chain",
        ),
    ],
)  # fmt: skip
def test_the_longest_spans_are_kept(tmp_path, spans, kept):
    write_split(tmp_path / "in", "json-spans", [Document("abcd", tuple(spans))])
    options = ReadOptions(nested="outermost")
    report = convert_corpus(tmp_path / "in", tmp_path / "out", "pair", **asdict(options))
    assert report["train"].nested == len(spans) - len(kept)
    assert to_document(read_split(tmp_path / "out")[0]).spans == tuple(kept)


def test_annotations_of_brat_that_are_no_spans_are_counted_in_the_log(tmp_path, log):
    folder = write_split(tmp_path / "in", "brat", [Document("ab", (Span(0, 1, "A"),))])
    with open(folder / "train" / "text.ann", "a", encoding="utf-8") as file:
        file.write("R1\tx Arg1:T1 Arg2:T1\n#1\tAnnotatorNotes T1\thm\n#2\tAnnotatorNotes T1\thm\n")
    (folder / "train" / "annotation.conf").touch()
    convert_corpus(folder, tmp_path / "out", "json-spans")
    assert f"{folder}/train: annotations that are no spans, not read: # (2), R (1)" in log.messages
    assert f"{folder}/train: neither .txt nor .ann, not read: annotation.conf" in log.messages


@pytest.mark.parametrize(
    ("token", "target"),
    [
        pytest.param("a b", "pair", id="a space in sentences.txt"),
        pytest.param(" ", "pair", id="a space alone in sentences.txt"),
        pytest.param("a b", "columns", id="a space in a column"),
        pytest.param("\t", "columns", id="a tab in a column"),
        pytest.param("\n", "columns", id="a line end in a column"),
        pytest.param("-DOCSTART-", "columns", id="the start of a document in columns"),
        pytest.param(" ", "json-spans", id="a space in a text"),
        pytest.param("\x0b", "brat", id="a vertical tab in a text"),
    ],
)
def test_a_token_that_the_format_cannot_hold_is_refused(tmp_path, token, target):
    write_split(tmp_path / "in", "json-tokens", [Sentence([token], ["O"])])
    with pytest.raises(CorpusError) as caught:
        convert_corpus(tmp_path / "in", tmp_path / "out", target)
    shown = token if token == "-DOCSTART-" else repr(token)
    location = tmp_path / "in" / "train.jsonl"
    assert str(caught.value).startswith(f"{location}:1: found the token {shown}")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["a\nb", "a\rb", " ", "", "\t\x0b"], ids=ascii)
def test_a_text_that_brat_cannot_hold_is_refused(tmp_path, text):
    write_split(tmp_path / "in", "json-spans", [Document(text, ())])
    with pytest.raises(CorpusError, match="expected a text of one line"):
        convert_corpus(tmp_path / "in", tmp_path / "out", "brat")
    convert_corpus(tmp_path / "in", tmp_path / "out", "json-spans")
    assert read_documents(tmp_path / "out") == [Document(text, ())]


@pytest.mark.parametrize("mark", SEPARATORS, ids=ascii)
def test_white_space_around_an_entity_is_left_to_the_text(tmp_path, mark):
    write_split(tmp_path / "in", "json-spans", [Document(f"a{mark}b{mark}c", (Span(1, 4, "X"),))])
    report = convert_corpus(tmp_path / "in", tmp_path / "out", "pair")
    assert report["train"] == ConvertedSplit(1, 1, 2, 0)
    assert read_split(tmp_path / "out") == [Sentence(["a", "b", "c"], ["O", "B-X", "O"])]


# Where to


def test_a_target_of_another_format_is_refused_even_with_overwrite(tmp_path):
    write_split(tmp_path / "in", "pair", EXAMPLE_SENTENCES)
    convert_corpus(tmp_path / "in", tmp_path / "out", "columns")
    for overwrite in (False, True):
        with pytest.raises(OutputExistsError, match=r"found train.txt, expected no split but"):
            convert_corpus(tmp_path / "in", tmp_path / "out", "brat", overwrite=overwrite)
    assert read_split(tmp_path / "out") == EXAMPLE_SENTENCES


def test_a_corpus_is_not_mixed_with_the_splits_of_another(tmp_path):
    write_corpus(tmp_path / "out", {"train": EXAMPLE_SENTENCES, "test": EXAMPLE_SENTENCES})
    write_split(tmp_path / "in", "columns", EXAMPLE_SENTENCES[:2])
    with pytest.raises(OutputExistsError, match="found test, expected"):
        convert_corpus(tmp_path / "in", tmp_path / "out", "pair", overwrite=True)
    assert read_split(tmp_path / "out") == EXAMPLE_SENTENCES


def test_overwrite_replaces_the_same_splits_and_nothing_else(tmp_path):
    write_split(tmp_path / "in", "columns", EXAMPLE_SENTENCES[:2])
    write_corpus(tmp_path / "out", {"train": EXAMPLE_SENTENCES})
    (tmp_path / "out" / "notes.md").write_text("mine")
    with pytest.raises(OutputExistsError, match=r"train, tags.txt, expected none"):
        convert_corpus(tmp_path / "in", tmp_path / "out", "pair")
    convert_corpus(tmp_path / "in", tmp_path / "out", "pair", overwrite=True)
    assert read_split(tmp_path / "out") == EXAMPLE_SENTENCES[:2]
    assert (tmp_path / "out" / "notes.md").read_text() == "mine"


def test_a_corpus_can_be_written_over_itself(tmp_path):
    folder = tmp_path / "c"
    folder.mkdir()
    (folder / "train.txt").write_text("中\tS_A\n")
    convert_corpus(folder, folder, "columns", overwrite=True)
    assert (folder / "train.txt").read_text() == "中\tB-A\n\n"


@pytest.mark.parametrize("format", ["json-spans", "brat"])
def test_a_scheme_for_a_format_without_tags_is_refused(tmp_path, format):
    with pytest.raises(ArgumentsError, match="has no tags"):
        convert_corpus("sample", tmp_path / "out", format, to_scheme="bmes")


def test_an_unknown_format_or_scheme_is_refused(tmp_path):
    with pytest.raises(ArgumentsError, match="found 'conll', expected one of pair, json-tokens"):
        convert_corpus("sample", tmp_path / "out", "conll")
    with pytest.raises(ArgumentsError, match="found 'auto', expected one of iob2, iob1"):
        convert_corpus("sample", tmp_path / "out", "pair", to_scheme="auto")


def test_the_bar_leaves_no_trace_where_nobody_watches(tmp_path, capsys):
    write_split(tmp_path / "in", "pair", EXAMPLE_SENTENCES)
    assert main(["convert", str(tmp_path / "in"), str(tmp_path / "out"), "--to", "columns"]) == 0
    assert capsys.readouterr().err == ""


def test_the_report_prints_as_a_table(tmp_path):
    write_split(tmp_path / "in", "pair", EXAMPLE_SENTENCES)
    lines = repr(convert_corpus(str(tmp_path / "in"), str(tmp_path / "out"), "columns")).split("\n")
    assert [line.split()[:2] for line in lines] == [["split", "sentences"], ["train", "16"]]
