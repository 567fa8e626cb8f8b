"""Tags where nobody looked: in every format that can hold them, and for types not looked for."""

import json

import datasets
import pytest
from helpers.builders import (
    EXAMPLE_SENTENCES,
    PROPERTY,
    TYPES,
    read_columns,
    read_format,
    read_pair,
    write_columns,
    write_lines,
)
from hypothesis import given, strategies as st

from msra_ner import convert_corpus, load_msra
from msra_ner.corpus import ReadOptions, Sentence, open_corpus
from msra_ner.corpus.sentence import collect_labels
from msra_ner.errors import ArgumentsError, CorpusError
from msra_ner.labels import LabelIds, can_agree, label_list, parse_tag

TAGS = ["B-PER", "I-PER", "?", "?-PER,LOC", "O"]
TOKENS = ["王", "明", "去", "北", "京"]
ROW = Sentence(TOKENS, TAGS)


@given(st.sets(st.sampled_from(TYPES), min_size=1), st.lists(st.sampled_from(TYPES), unique=True))
@PROPERTY
def test_a_code_says_which_types_were_not_looked_for(types, annotated):
    labels = label_list(sorted(types))
    ids = LabelIds(labels)
    tag = f"?-{','.join(annotated)}" if annotated else "?"
    code = ids[tag]
    allowed = [label for label in labels if can_agree(tag, label)]
    assert [labels[index] for index in ids.list_allowed(tag)] == allowed
    if allowed == ["O"]:
        assert code == 0
        return
    assert code < 0
    found = ids.name(code)
    assert [label for label in labels if can_agree(found, label)] == allowed
    assert LabelIds(labels)[found] == code


@pytest.mark.parametrize("tag", ["?PER", "?-", "?-PER,", "?_PER", "?-PER LOC", "?-PER,,LOC"])
def test_an_open_tag_that_is_misspelt_is_refused(tag, tmp_path):
    with pytest.raises(ValueError, match="which is not"):
        parse_tag(tag)
    write_columns(tmp_path / "train.txt", [Sentence(["王", "明"], ["B-PER", tag])])
    with pytest.raises(CorpusError, match=r"train.txt:2: .*expected O, B-TYPE or I-TYPE"):
        read_columns(tmp_path / "train.txt")


def test_more_types_than_a_code_holds_are_refused():
    ids = LabelIds(label_list([f"T{number}" for number in range(80)]))
    assert ids["?"] == -1
    with pytest.raises(CorpusError, match=r"80 types, expected at most 60"):
        ids["?-T1"]


def test_token_formats_hold_open_tags(tmp_path):
    write_lines(tmp_path / "pair", "王 明 去 北 京\n", f"{' '.join(TAGS)}\n")
    assert read_pair(tmp_path / "pair") == [ROW]
    write_columns(tmp_path / "train.txt", [ROW])
    assert read_columns(tmp_path / "train.txt") == [ROW]
    bioes = Sentence(TOKENS, ["B-PER", "E-PER", *TAGS[2:]])
    write_columns(tmp_path / "bioes.txt", [bioes])
    assert read_columns(tmp_path / "bioes.txt") == [ROW]
    row = {"tokens": TOKENS, "ner_tags": TAGS}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row))
    assert read_format("json-tokens", tmp_path / "rows.jsonl") == [ROW]
    assert collect_labels([ROW]) == label_list(["PER", "LOC"])
    assert read_columns(tmp_path / "train.txt", scheme="iob2") == [ROW]


def test_an_entity_does_not_go_on_from_where_nobody_looked(tmp_path):
    write_columns(tmp_path / "train.txt", [Sentence(TOKENS, ["?", "I-PER", "O", "B-LOC", "I-LOC"])])
    with pytest.raises(CorpusError, match=r"train.txt:2: found I-PER after \?"):
        read_columns(tmp_path / "train.txt")


def test_prefixes_alone_have_no_type_beside_open_tags(tmp_path):
    write_columns(tmp_path / "train.txt", [Sentence(TOKENS, ["B", "I", "?", "O", "B"])])
    (row,) = read_columns(tmp_path / "train.txt", entity_type="NAME")
    assert row.tags == ["B-NAME", "I-NAME", "?", "O", "B-NAME"]


@pytest.mark.parametrize("numbers", [[0, -1, 1], [0, -1002, 1]])
def test_numbers_below_zero_are_codes(tmp_path, numbers):
    names = "O,B-PER,I-PER,B-LOC,I-LOC"
    row = {"tokens": ["去", "了", "王"], "ner_tags": numbers}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row))
    (found,) = read_format("json-tokens", tmp_path / "rows.jsonl", tag_names=names)
    assert found.tags == ["O", {-1: "?", -1002: "?-PER"}[numbers[1]], "B-PER"]


@pytest.mark.parametrize("number", [-100, -2, -1000, -1003, -1004])
def test_other_numbers_below_zero_are_refused(tmp_path, number):
    row = {"tokens": ["去", "了"], "ner_tags": [0, number]}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row))
    with pytest.raises(CorpusError, match=f"the number {number} for a tag; .*-1 where nobody"):
        read_format("json-tokens", tmp_path / "rows.jsonl", tag_names="O,B-PER,I-PER,B-LOC,I-LOC")


def test_spans_can_say_where_nobody_looked(tmp_path):
    spans = [
        {"start": 0, "end": 2, "label": "PER", "text": "王明"},
        {"start": 0, "end": 3, "label": "?", "text": "王明去"},
        {"start": 0, "end": 4, "label": "?-PER,LOC", "text": "王明去北"},
    ]
    (tmp_path / "rows.jsonl").write_text(json.dumps({"text": "王明去北京", "entities": spans}))
    (found,) = read_format("json-spans", tmp_path / "rows.jsonl")
    assert found == ROW


def test_a_region_without_a_label_is_left_open(tmp_path, caplog):
    def region(start, end, **labels):
        value = {"start": start, "end": end, "text": "王明去北京"[start:end], **labels}
        return {"type": "labels", "value": value}

    results = [region(0, 2, labels=["PER"]), region(2, 3, labels=[]), region(3, 4)]
    task = {"data": {"text": "王明去北京"}, "annotations": [{"result": results}]}
    path = tmp_path / "train.json"
    path.write_text(json.dumps([task]))
    (found,) = read_format("label-studio", path)
    assert found.tags == ["B-PER", "I-PER", "?", "?", "O"]
    assert "2 regions without a label read as left open (?)" in caplog.text


@pytest.mark.parametrize(
    "format", ["pair", "columns", "conll-u", "json-tokens", "json-spans", "label-studio", "brat"]
)
def test_converted_corpora_keep_what_is_open(tmp_path, format):
    rows = [ROW, *EXAMPLE_SENTENCES[:3], Sentence(["天", "好"], ["?", "?"])]
    source = tmp_path / "source"
    source.mkdir()
    write_columns(source / "train.txt", rows)
    convert_corpus(source, tmp_path / "made", format)
    corpus = open_corpus(tmp_path / "made")
    assert list(corpus.splits["train"].sentences(corpus.labels)) == rows


def leave_open(sentence, annotated):
    tags = [f"?-{annotated}" if tag == "O" else tag for tag in sentence.tags]
    return Sentence(sentence.tokens, tags)


@pytest.mark.parametrize("format", ["columns", "pair", "json-tokens", "json-spans", "brat"])
def test_outside_of_entities_types_not_looked_for_are_open(tmp_path, format):
    (tmp_path / "source").mkdir()
    write_columns(tmp_path / "source" / "train.txt", EXAMPLE_SENTENCES)
    convert_corpus(tmp_path / "source", tmp_path / "made", format)
    annotated = "PER,ORG,LOC"
    labels = label_list(["PER", "ORG", "LOC", "TITLE"])
    (tmp_path / "made" / "tags.txt").write_text("\n".join(labels))
    expected = [leave_open(row, annotated) for row in EXAMPLE_SENTENCES]
    rows = load_msra(tmp_path / "made", annotated_types=annotated, cache_dir=tmp_path / "cache")
    # TITLE is the fourth type: 1 << 3.
    ids = dict(zip(labels, range(9), strict=True)) | {f"?-{annotated}": -1008}
    found = [row["ner_tags"] for row in rows["train"]]
    assert found == [[ids[tag] for tag in row.tags] for row in expected]
    converted = tmp_path / "again"
    convert_corpus(tmp_path / "made", converted, "json-tokens", annotated_types=annotated)
    corpus = open_corpus(converted)
    assert list(corpus.splits["train"].sentences(corpus.labels)) == expected
    assert corpus.labels == labels


def test_types_that_all_were_looked_for_leave_nothing_open(tmp_path):
    write_columns(tmp_path / "train.txt", EXAMPLE_SENTENCES)
    settings = {"cache_dir": tmp_path / "cache"}
    rows = load_msra(tmp_path / "train.txt", annotated_types="PER,ORG,LOC", **settings)
    assert (
        rows["train"]["ner_tags"][:]
        == load_msra(tmp_path / "train.txt", **settings)["train"]["ner_tags"][:]
    )


@pytest.mark.parametrize("format", ["columns", "json-spans"])
def test_an_entity_of_a_type_not_looked_for_is_refused(tmp_path, format):
    (tmp_path / "source").mkdir()
    write_columns(tmp_path / "source" / "train.txt", EXAMPLE_SENTENCES)
    convert_corpus(tmp_path / "source", tmp_path / "made", format)
    with pytest.raises(CorpusError, match=r"found entities of LOC, ORG; expected only PER"):
        load_msra(tmp_path / "made", annotated_types="PER", cache_dir=tmp_path / "cache")


def test_the_list_of_types_is_checked():
    with pytest.raises(ArgumentsError, match=r"annotated_types: found 'PER, LOC', expected types"):
        load_msra(annotated_types="PER, LOC")


def test_rows_for_datasets_come_back(tmp_path):
    write_columns(tmp_path / "train.txt", [ROW, *EXAMPLE_SENTENCES])
    rows = load_msra(tmp_path / "train.txt", cache_dir=tmp_path / "cache")
    # ORG is not ruled out by ?-PER,LOC: 1 << 1 in PER, ORG, LOC.
    assert rows["train"][0]["ner_tags"] == [1, 2, -1, -1002, 0]
    (tmp_path / "data").mkdir()
    rows["train"].to_parquet(tmp_path / "data" / "train.parquet")
    again = datasets.load_dataset("parquet", data_files=str(tmp_path / "data" / "train.parquet"))
    assert again["train"][0]["ner_tags"] == [1, 2, -1, -1002, 0]
    corpus = open_corpus(tmp_path / "data")
    assert next(iter(corpus.splits["train"].sentences(corpus.labels))) == ROW


def test_a_word_of_which_nobody_looked_at_a_part_is_open(tmp_path):
    row = {"text": "New York is", "spans": [{"start": 1, "end": 6, "label": "?"}]}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row))
    (found,) = read_format(
        "json-spans", tmp_path / "rows.jsonl", units="words", ends="exclusive", offsets="characters"
    )
    assert found.tags == ["?", "?", "O"]


def test_types_that_only_open_tags_name_are_no_entities(tmp_path):
    rows = [Sentence(["王", "去", "京"], ["B-PER", "?-PER,LOC", "O"])]
    write_columns(tmp_path / "train.txt", rows)
    found = load_msra(tmp_path / "train.txt", annotated_types="PER", cache_dir=tmp_path / "cache")
    # In PER and LOC: all was looked for at the second token, not at the third.
    assert found["train"][0]["ner_tags"] == [1, 0, -1002]


def test_a_text_without_a_token_stays_as_it_is(tmp_path):
    (tmp_path / "train.jsonl").write_text(
        '{"text": "", "spans": []}\n{"text": "好", "spans": []}\n'
    )
    found = read_format_documents(tmp_path / "train.jsonl", annotated_types="PER")
    assert [len(document.spans) for document in found] == [0, 1]


def read_format_documents(path, **options):
    corpus = open_corpus(path, ReadOptions(format="json-spans", ends="exclusive", **options))
    return list(corpus.splits["train"].documents())


@pytest.mark.parametrize("tag", ["B-?", "I-?X"])
def test_no_type_begins_like_an_open_tag(tag):
    with pytest.raises(ValueError, match="which is not O"):
        parse_tag(tag)


def test_more_types_than_a_code_holds_name_the_line(tmp_path):
    labels = label_list([f"T{number:02}" for number in range(80)])
    (tmp_path / "made").mkdir()
    write_columns(tmp_path / "made" / "train.txt", [Sentence(["王", "去"], ["B-T00", "?-T00"])])
    (tmp_path / "made" / "tags.txt").write_text("\n".join(labels))
    with pytest.raises(CorpusError, match=r"train.txt:1: .*80 types, expected at most 60"):
        load_msra(tmp_path / "made", cache_dir=tmp_path / "cache")


def test_corpora_with_types_of_their_own_are_joined(tmp_path):
    """What no corpus by itself knows of, its label list least of all, is open in both."""
    for name, types in (("a", ("PER", "LOC")), ("b", ("ORG",))):
        (tmp_path / name).mkdir()
        rows = [
            Sentence(row.tokens, [tag if tag[2:] in types else "O" for tag in row.tags])
            for row in EXAMPLE_SENTENCES
        ]
        write_columns(tmp_path / name / "train.txt", rows)
        made = tmp_path / f"made-{name}"
        convert_corpus(tmp_path / name, made, "json-tokens", annotated_types=",".join(types))
    lines = [(tmp_path / f"made-{name}" / "train.jsonl").read_text() for name in "ab"]
    (tmp_path / "train.jsonl").write_text("".join(lines))
    joined = load_msra(tmp_path / "train.jsonl", cache_dir=tmp_path / "cache")["train"]
    names = joined.features["ner_tags"].feature.names
    assert tuple(names) == label_list(["PER", "ORG", "LOC"])
    ids = LabelIds(names)
    tags = [[ids.name(code) for code in row] for row in joined["ner_tags"]]
    size = len(EXAMPLE_SENTENCES)
    for first, second, row in zip(tags[:size], tags[size:], EXAMPLE_SENTENCES, strict=True):
        assert first == [tag if tag[2:] in ("PER", "LOC") else "?-PER,LOC" for tag in row.tags]
        assert second == [tag if tag[2:] == "ORG" else "?-ORG" for tag in row.tags]
