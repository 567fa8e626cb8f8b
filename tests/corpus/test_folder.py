import json

import pytest
from helpers.builders import EXAMPLE_SENTENCES, write_columns, write_corpus
from helpers.corpora import read_documents, read_split

from msra_ner.corpus.documents import Document, Span
from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.formats.columns import write_columns as write_scheme
from msra_ner.corpus.formats.pair import write_pair
from msra_ner.corpus.location import SAMPLE_DIR
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.sentence import Sentence
from msra_ner.corpus.split_names import recognise_split, split_train_val
from msra_ner.errors import ArgumentsError, CorpusError, CorpusNotFoundError

TOKENS = '{"tokens": ["中", "国"], "ner_tags": ["B-LOC", "I-LOC"]}\n'
SPANS = '{"text": "中国", "label": {"LOC": {"中国": [[0, 1]]}}}\n'
COLUMNS = "中\tB-LOC\n国\tI-LOC\n\n"


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def formats(corpus):
    return {name: split.format.name for name, split in corpus.splits.items()}


# Names of splits


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train", "train"),
        ("train.txt", "train"),
        ("msra_train_bio", "train"),
        ("msra_train_bio.txt", "train"),
        ("weiboNER_2nd_conll.train", "train"),
        ("weiboNER_2nd_conll.dev", "validation"),
        ("train.char.bmes", "train"),
        ("dev.char.bmes", "validation"),
        ("eng.train", "train"),
        ("eng.testa", "validation"),
        ("eng.testb", "test"),
        ("TRAIN.TXT", "train"),
        ("val", "validation"),
        ("valid.jsonl", "validation"),
        ("onto-development.conll", "validation"),
        ("test-00000-of-00001.parquet", "test"),
        ("trainset.txt", "train"),
        ("validate.jsonl", "validation"),
        ("eval.txt", "validation"),
        ("训练集.txt", "train"),
        ("CCKS_测试.jsonl", "test"),
        ("train_dev.txt", None),
        ("trainer.py", None),
        ("latest.txt", None),
        ("contest.json", None),
        ("README.md", None),
    ],
)
def test_a_name_tells_its_split_if_it_tells_one(name, split):
    assert recognise_split(name) == split


@pytest.mark.parametrize(
    "names",
    [
        ["weiboNER_2nd_conll.train", "weiboNER_2nd_conll.dev", "weiboNER_2nd_conll.test"],
        ["train.char.bmes", "dev.char.bmes", "test.char.bmes"],
        ["eng.train", "eng.testa", "eng.testb"],
        ["msra_train.txt", "msra_val.txt", "msra_test.txt"],
    ],
)
def test_the_files_of_known_corpora_are_found(tmp_path, names):
    for number, name in enumerate(names, 1):
        write_scheme(tmp_path / name, EXAMPLE_SENTENCES[:number], "bmes")
    corpus = open_corpus(tmp_path)
    assert list(corpus.splits) == ["train", "validation", "test"]
    for number, split in enumerate(corpus.splits, 1):
        assert read_split(tmp_path, split) == EXAMPLE_SENTENCES[:number]
    assert corpus.files() == sorted(tmp_path / name for name in names)


def test_cluener_is_read_with_its_test_left_out_aloud(tmp_path, log):
    write(tmp_path, train_dot_json=SPANS, dev_dot_json=SPANS, README_dot_md="# CLUENER\n")
    write(tmp_path, test_dot_json='{"id": 0, "text": "中国"}\n{"id": 1, "text": "好"}\n')
    assert formats(open_corpus(tmp_path)) == {"train": "json-spans", "validation": "json-spans"}
    assert f"{tmp_path}/test.json: texts without labels, left out" in log.text
    assert f"{tmp_path}: not part of the corpus by their names: README.md" in log.text


def test_one_text_without_spans_does_not_leave_out_a_test(tmp_path):
    write(tmp_path, train_dot_json=SPANS, test_dot_json='{"text": "好"}\n' + SPANS)
    with pytest.raises(CorpusError, match=r"test.json:1: found the keys 'text'; expected"):
        read_split(tmp_path, "test")


# Detection


def test_each_split_has_its_own_format(tmp_path):
    write(tmp_path, train_dot_jsonl=TOKENS, dev_dot_json=SPANS, test_dot_conll=COLUMNS)
    expected = {"train": "json-tokens", "validation": "json-spans", "test": "columns"}
    corpus = open_corpus(tmp_path)
    assert formats(corpus) == expected
    rows = [read_split(tmp_path, name) for name in expected]
    assert rows[0] == rows[1] == rows[2]


def test_folders_of_two_files_and_of_brat_are_splits(tmp_path):
    (tmp_path / "train").mkdir()
    write_pair(tmp_path / "train", EXAMPLE_SENTENCES)
    write(tmp_path, dev__a_dot_txt="中国", dev__a_dot_ann="T1\tLOC 0 2\t中国\n")
    assert formats(open_corpus(tmp_path)) == {"train": "pair", "validation": "brat"}


@pytest.mark.parametrize(
    ("text", "format"),
    [
        pytest.param("{\tO\n", "columns", id="a brace for a token"),
        pytest.param('{"a":1}\tB-X\n', "columns", id="JSON for a token"),
        pytest.param(
            '{"text": "vitamin B-12", "label": [], "x": "a B-12"}\n', "json-spans", id="a"
        ),
        pytest.param('{"label": [], "text": "the B-12"}\n', "json-spans", id="tags in a text"),
        pytest.param('\n  {"tags": [], "tokens": []}\n', "json-tokens", id="a space before"),
        pytest.param('{"tokens": [], "labels": [], "text": ""}', "json-tokens", id="both"),
        pytest.param('{"tokens": [{}], "text": "", "spans": []}', "json-spans", id="prodigy"),
        pytest.param("# a\n# b\n\n中 x B_LOC\n", "columns", id="comments before"),
        pytest.param("-DOCSTART-\n\n中 O\n", "columns", id="the start of a document before"),
        pytest.param("中 o\n", "columns", id="nothing known, so that its reader says why"),
        pytest.param('{"text": "中"}\n', "json-spans", id="a text without spans"),
        pytest.param('{"words": []}\n', "json-tokens", id="JSON of another kind"),
    ],
)
def test_a_lone_file_goes_to_the_reader_it_is_for(tmp_path, text, format):
    write(tmp_path, train_dot_txt=text)
    assert formats(open_corpus(tmp_path)) == {"train": format}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("train_README.md", "# How train was made\n\nBy hand, with care.\n"),
        ("train.log", "epoch 1: loss 3.2\n"),
        ("train.SVG", "<svg/>"),
        ("train.zip", "PK\x03\x04"),
    ],
)
def test_what_lies_beside_a_split_is_named_in_the_log(tmp_path, log, name, text):
    write(tmp_path, train_dot_txt=COLUMNS)
    (tmp_path / name).write_text(text)
    assert open_corpus(tmp_path).splits["train"].path.name == "train.txt"
    assert log.messages == [f"{tmp_path}: not part of the corpus by their names: {name}"]


def test_an_empty_folder_beside_a_split_is_named_in_the_log(tmp_path, log):
    write(tmp_path, train_dot_txt=COLUMNS)
    (tmp_path / "train").mkdir()
    assert open_corpus(tmp_path).splits["train"].path.name == "train.txt"
    assert log.messages == [f"{tmp_path}: not part of the corpus by their names: train"]


def test_a_third_file_in_a_split_of_two_is_named_in_the_log(tmp_path, log):
    write_corpus(tmp_path, {"train": EXAMPLE_SENTENCES})
    (tmp_path / "train" / "more.txt").touch()
    open_corpus(tmp_path)
    assert log.messages == [f"{tmp_path}/train: not read: more.txt"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("train.json", '{"texte": "在中国"}\n'), ("train_old", ""), ("train.xml", "<a>在中国</a>")],
)
def test_a_candidate_in_no_known_format_is_not_left_out(tmp_path, name, text):
    write(tmp_path, train_dot_txt=COLUMNS)
    (tmp_path / name).write_text(text)
    with pytest.raises(CorpusError, match=rf"{name} \(in no known format\).*split 'train'"):
        open_corpus(tmp_path)


def test_what_looks_like_a_corpus_and_is_no_split_is_warned_of(tmp_path, log):
    write(tmp_path, train_dot_txt=COLUMNS, extra_dot_txt=COLUMNS)
    open_corpus(tmp_path)
    (record,) = log.records
    assert record.levelname == "WARNING"
    assert "not read: extra.txt" in record.getMessage()


@pytest.mark.parametrize("start", [b"\x1f\x8b\x08\x00\xff", b"PK\x03\x04\x00a", b"BZh9\xff"])
def test_a_compressed_file_is_to_be_unpacked(tmp_path, start):
    (tmp_path / "train.txt").write_bytes(start)
    with pytest.raises(CorpusError, match=r"(archive|compressed file).*unpack it"):
        list(open_corpus(tmp_path).splits["train"].sentences())


@pytest.mark.parametrize("options", [{}, {"format": "columns"}])
def test_two_candidates_are_refused(tmp_path, options):
    write(tmp_path, train_dot_txt=COLUMNS, train_old_dot_txt=COLUMNS)
    with pytest.raises(CorpusError, match=r"found train.txt, train_old.txt for the split 'train'"):
        open_corpus(tmp_path, ReadOptions(**options))


def test_only_test_is_a_corpus_too(tmp_path):
    write(tmp_path, test_dot_txt=COLUMNS)
    assert list(open_corpus(tmp_path).splits) == ["test"]


@pytest.mark.parametrize(
    ("name", "text"), [("any.txt", COLUMNS), ("any.json", SPANS), ("any", TOKENS)]
)
def test_a_file_is_train(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert [item.tokens for item in read_split(tmp_path / name)] == [["中", "国"]]


def test_a_folder_of_brat_documents_is_train(tmp_path):
    write(tmp_path, a_dot_txt="中国", a_dot_ann="", b_dot_txt="好", b_dot_ann="")
    assert [item.text for item in read_documents(tmp_path)] == ["中国", "好"]


def test_brat_documents_of_two_splits_are_not_poured_together(tmp_path):
    write(tmp_path, train_dot_txt="a", train_dot_ann="", dev_dot_txt="b", dev_dot_ann="")
    with pytest.raises(CorpusError, match=r"dev.ann, train.ann in a folder that is a split itself"):
        open_corpus(tmp_path)


@pytest.mark.parametrize("name", ["sentences.txt", "x.ann"])
def test_a_split_with_a_split_in_it_is_refused(tmp_path, name):
    write_corpus(tmp_path, {"train": EXAMPLE_SENTENCES, "test": EXAMPLE_SENTENCES})
    (tmp_path / "tags.txt").unlink()
    (tmp_path / name).write_text("")
    with pytest.raises(CorpusError, match="found test, train in a folder that is a split itself"):
        open_corpus(tmp_path)


def test_the_sample_is_found_by_its_name_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert open_corpus("sample").folder == SAMPLE_DIR
    with pytest.raises(CorpusNotFoundError, match="no such folder"):
        open_corpus("./nothing")


def test_parquet_beside_a_format_that_was_asked_for_is_no_matter(tmp_path):
    write(tmp_path, train_dot_txt=COLUMNS, cache__x_dot_parquet="PAR1")
    with pytest.raises(CorpusError, match=r"found train.txt and cache/x.parquet"):
        open_corpus(tmp_path)
    assert len(read_split(tmp_path, format="columns")) == 1


# Labels


def test_labels_are_taken_from_all_splits(tmp_path):
    write(tmp_path, train_dot_txt="a\tB-GPE\n", dev_dot_json=SPANS, test_dot_txt="a\tS_ART\n")
    labels = open_corpus(tmp_path).labels
    assert labels == ("O", "B-ART", "I-ART", "B-GPE", "I-GPE", "B-LOC", "I-LOC")


def test_a_label_list_gives_the_order_and_holds_for_all(tmp_path):
    write(tmp_path, train_dot_txt="a\tB-GPE\n", tags_dot_txt="B-X\nS-GPE\nM-GPE\nO\n")
    corpus = open_corpus(tmp_path)
    assert corpus.labels == ("O", "B-X", "I-X", "B-GPE", "I-GPE")
    write(tmp_path, dev_dot_json=SPANS)
    with pytest.raises(CorpusError, match=r"dev.json:1: found the unknown label 'LOC'"):
        read_documents(tmp_path, "validation")
    with pytest.raises(CorpusError, match=r"dev.json:1: found the unknown label 'LOC'"):
        read_split(tmp_path, "validation")


def test_what_a_corpus_depends_on_changes_with_its_label_list(tmp_path):
    write(tmp_path, train_dot_txt=COLUMNS)
    identities = [open_corpus(tmp_path).identity]
    for text in ("O\nB-LOC\n", "O\nB-LOC\nB-PER\n"):
        write(tmp_path, tags_dot_txt=text)
        identities.append(open_corpus(tmp_path).identity)
    assert len(set(identities)) == 3


# val out of train


@pytest.mark.parametrize("format", ["columns", "json-spans", "a file"])
def test_val_is_taken_from_train_by_the_rule_of_prepare(tmp_path, log, format):
    if format == "json-spans":
        items = [Document(f"a b{number}", (Span(0, 3, "X"),)) for number in range(9)]
        rows = ({"text": p.text, "entities": [[0, 3, "X"]]} for p in items)
        write(tmp_path, train_dot_json="".join(json.dumps(row) + "\n" for row in rows))
        train, val = split_train_val(items, 3)
        options = {"val_size": 3, "ends": "exclusive"}
        assert read_documents(tmp_path, "train", **options) == train
        assert read_documents(tmp_path, "validation", **options) == val
        return
    path = write_columns(tmp_path / "train.txt", EXAMPLE_SENTENCES)
    source = path if format == "a file" else tmp_path
    train, val = split_train_val(EXAMPLE_SENTENCES, 3)
    assert read_split(source, "train", val_size=3) == train
    assert read_split(source, "validation", val_size=3) == val
    assert f"{path}: 3 sentences of it for val (the rule of 'prepare')" in log.messages


def test_a_corpus_with_val_keeps_it(tmp_path):
    write_corpus(tmp_path, {"train": EXAMPLE_SENTENCES, "val": EXAMPLE_SENTENCES[:2]})
    assert read_split(tmp_path, "train", val_size=3) == EXAMPLE_SENTENCES
    assert read_split(tmp_path, "validation", val_size=3) == EXAMPLE_SENTENCES[:2]


def test_the_raw_file_of_msra_is_divided_unless_told_otherwise(tmp_path):
    write_columns(tmp_path / "msra_train_bio.txt", EXAMPLE_SENTENCES)
    with pytest.raises(CorpusError, match="of which 3000 should go to val"):
        read_split(tmp_path)
    assert read_split(tmp_path, val_size=0) == EXAMPLE_SENTENCES


def test_val_must_leave_something_for_train(tmp_path):
    write_columns(tmp_path / "train.txt", EXAMPLE_SENTENCES)
    count = len(EXAMPLE_SENTENCES)
    assert len(read_split(tmp_path, val_size=count - 1)) == 1
    with pytest.raises(CorpusError, match=rf"train.txt: found {count} sentences, of which {count}"):
        read_split(tmp_path, val_size=count)


# Parquet and the Hub


def test_parquet_is_read_with_the_names_of_its_numbers(tmp_path, log):
    import datasets

    names = ["O", "B-GPE", "I-GPE", "B-ART", "I-ART"]
    features = datasets.Features(
        {
            "tokens": datasets.Sequence(datasets.Value("string")),
            "ner_tags": datasets.Sequence(datasets.ClassLabel(names=names)),
        }
    )
    rows = {"tokens": [["中", "国"], ["好"]], "ner_tags": [[1, 2], [0]]}
    data = datasets.Dataset.from_dict(rows, features=features)
    (tmp_path / "data").mkdir()
    data.to_parquet(tmp_path / "data" / "train-00000-of-00001.parquet")
    data.to_parquet(tmp_path / "data" / "test-00000-of-00001.parquet")
    corpus = open_corpus(tmp_path)
    assert list(corpus.splits) == ["train", "test"]
    assert corpus.labels == tuple(names)
    found = list(corpus.splits["test"].sentences(corpus.labels))
    assert [(item.tokens, item.tags) for item in found] == [
        (["中", "国"], ["B-GPE", "I-GPE"]),
        (["好"], ["O"]),
    ]


def test_parquet_with_tags_as_strings_is_read(tmp_path):
    import datasets

    rows = {"tokens": [["中", "国"]], "ner_tags": [["B-GPE", "I-GPE"]]}
    datasets.Dataset.from_dict(rows).to_parquet(tmp_path / "train.parquet")
    corpus = open_corpus(tmp_path)
    assert corpus.labels == ("O", "B-GPE", "I-GPE")
    assert [item.tags for item in corpus.splits["train"].sentences(corpus.labels)] == [
        ["B-GPE", "I-GPE"]
    ]


def test_numbers_without_names_take_those_that_are_given(tmp_path):
    """R1, ``../shared/cases``, 01b."""
    import datasets

    rows = {"tokens": [["中", "国"]], "ner_tags": [[1, 2]]}
    datasets.Dataset.from_dict(rows).to_parquet(tmp_path / "train.parquet")
    with pytest.raises(CorpusError, match="the number 1 for a tag"):
        read_split(tmp_path)
    assert read_split(tmp_path, tag_names="O,B-GPE,I-GPE")[0].tags == ["B-GPE", "I-GPE"]


def test_columns_by_other_names_and_one_of_several_configurations(tmp_path):
    import datasets

    rows = {"words": [["中", "国"]], "ner": [["B-GPE", "I-GPE"]], "wörter": [["中", "国"]]}
    for name in ("first", "second"):
        datasets.Dataset.from_dict(rows).to_parquet(tmp_path / name / "train.parquet")
    configs = [{"config_name": name, "data_dir": name} for name in ("first", "second")]
    (tmp_path / "README.md").write_text(f"---\n{json.dumps({'configs': configs})}\n---\n")
    with pytest.raises(CorpusError, match=r"found several configurations .*first.*:CONFIG"):
        read_split(f"hub:{tmp_path}")
    expected = [Sentence(["中", "国"], ["B-GPE", "I-GPE"])]
    assert read_split(f"hub:{tmp_path}:first") == expected
    assert read_split(f"hub:{tmp_path}:second", column="tokens=wörter,tags=ner") == expected
    with pytest.raises(CorpusError, match="expected tags under pos"):
        read_split(f"hub:{tmp_path}:first", column="tags=pos")
    with pytest.raises(ArgumentsError, match="found layer for the format hub"):
        read_split(f"hub:{tmp_path}:first", column="layer=ner")


@pytest.mark.parametrize(
    ("tokens", "tags", "found"),
    [
        pytest.param(["中", "国"], ["O"], "1 tags for 2 tokens", id="too few tags"),
        pytest.param([], [], "no token", id="no tokens"),
        pytest.param([""], ["O"], 'the token ""', id="an empty token"),
        pytest.param([None], ["O"], "the token null", id="a token that is missing"),
        pytest.param(None, ["O"], "null for a list of tokens", id="a row without tokens"),
        pytest.param(["中"], None, "no tags for 1 tokens", id="a row without tags"),
        pytest.param(["中"], [None], "the tag null", id="a tag that is missing"),
        pytest.param(["中"], ["PER"], "the tag 'PER'", id="a tag that is none"),
    ],
)
def test_a_row_that_is_wrong_is_refused_with_its_number(tmp_path, tokens, tags, found):
    import datasets

    features = datasets.Features(
        {
            "tokens": datasets.Sequence(datasets.Value("string")),
            "ner_tags": datasets.Sequence(datasets.Value("string")),
        }
    )
    rows = {"tokens": [["好"], tokens], "ner_tags": [["O"], tags]}
    datasets.Dataset.from_dict(rows, features=features).to_parquet(tmp_path / "train.parquet")
    with pytest.raises(CorpusError) as caught:
        read_split(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}[train]:1")
    assert f"found {found}" in str(caught.value)


def test_a_dataset_is_known_by_its_rows(tmp_path):
    import datasets

    def write_rows(name, tag):
        rows = {"tokens": [["好"], ["中"]], "ner_tags": [["O"], [tag]]}
        (tmp_path / name).mkdir()
        datasets.Dataset.from_dict(rows).to_parquet(tmp_path / name / "train.parquet")
        return open_corpus(tmp_path / name).identity

    assert write_rows("one", "O") == write_rows("same", "O") != write_rows("other", "B-LOC")
