"""CSV and TSV files with a header: a token a row, or a sentence a row."""

import csv
import io
import re

import pytest
from helpers.builders import EXAMPLE_SENTENCES, read_format
from hypothesis import given, strategies as st

from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.formats.catalogue import recognise_format
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.sentence import Sentence
from msra_ner.errors import CorpusError

ROWS = [Sentence(["Mr", "Zhou", "left"], ["O", "B-PER", "O"]), Sentence(["Suzhou"], ["B-LOC"])]


def read(tmp_path, text, **options):
    path = tmp_path / "train.csv"
    path.write_text(text, encoding="utf-8")
    return read_format("table", path, **options)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "Sentence #,Word,POS,Tag\nSentence: 1,Mr,NN,O\n,Zhou,NN,B-PER\n,left,VB,O\n"
            "Sentence: 2,Suzhou,NN,B-LOC\n",
            id="a sentence is named in its first row",
        ),
        pytest.param(
            "sentence_id\ttoken\tlabel\n0\tMr\tO\n0\tZhou\tB-PER\n0\tleft\tO\n1\tSuzhou\tB-LOC\n",
            id="in each row",
        ),
        pytest.param("token,tag\nMr,O\nZhou,B-PER\nleft,O\n,\nSuzhou,B-LOC\n", id="blank rows"),
        pytest.param(
            "tokens,ner_tags\nMr Zhou left,O B-PER O\nSuzhou,B-LOC\n", id="a sentence a row"
        ),
        pytest.param(
            "id,words,tags\n1,\"['Mr', 'Zhou', 'left']\",\"['O', 'B-PER', 'O']\"\n"
            "2,\"['Suzhou']\",\"['B-LOC']\"\n",
            id="printed lists",
        ),
    ],
)
def test_tables_of_other_people_are_read(tmp_path, text):
    assert read(tmp_path, text) == ROWS
    assert recognise_format(tmp_path / "train.csv") == "table"
    # An independent count of entities, from the text alone.
    found = sum(tag.startswith("B-") for row in read(tmp_path, text) for tag in row.tags)
    assert found == len(re.findall(r"\bB-", text))


def test_characters_are_read_where_there_are_as_many_tags(tmp_path, log):
    (found,) = read(tmp_path, "text,label\n周敏在苏州,B-PER I-PER O B-LOC I-LOC\n")
    assert found.tokens == list("周敏在苏州")
    assert "its tokens are characters" in " ".join(log.messages)


def test_numbers_are_named(tmp_path):
    text = "sentence,word,tag\n1,周,1\n1,敏,2\n"
    (found,) = read(tmp_path, text, tag_names="O,B-PER,I-PER")
    assert found.tags == ["B-PER", "I-PER"]


def test_columns_may_be_named(tmp_path):
    text = "nr,surface,pos,entity\n1,周,x,B-PER\n1,敏,x,I-PER\n2,在,x,O\n"
    with pytest.raises(CorpusError, match=r"one column of tokens.*column tokens=NAME"):
        read(tmp_path, text)
    found = read(tmp_path, text, column="tokens=surface,tags=entity,sentence=nr")
    assert [row.tokens for row in found] == [["周", "敏"], ["在"]]


def test_a_table_without_any_end_of_a_sentence_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="no column that tells sentences apart"):
        read(tmp_path, "token,tag\n周,B-PER\n敏,I-PER\n")


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("sentence,word,tag\n1,周\n", 2, "2 cells"),
        ("sentence,word,tag\n1,周,\n", 2, "without a tag"),
        ("sentence,word,tag\n1,,O\n", 2, "an empty token"),
        ("sentence,word,tag\n1,周,O\n2,敏,O\n1,在,O\n", 4, "again, after others"),
        ("text,tags\na b,O O\nc d,O\n", 3, "1 tags for"),
    ],
)
def test_what_breaks_a_table_is_refused_with_its_line(tmp_path, text, line, found):
    with pytest.raises(CorpusError, match=rf"train\.csv:{line}: found .*{found}"):
        read(tmp_path, text)


def test_a_corpus_of_tables_is_a_corpus(tmp_path):
    for name in ("train", "test"):
        (tmp_path / f"{name}.csv").write_text("sentence,word,tag\n1,周,B-PER\n1,敏,I-PER\n")
    corpus = open_corpus(tmp_path, ReadOptions())
    assert corpus.labels == ("O", "B-PER", "I-PER")
    assert list(corpus.splits) == ["train", "test"]


@given(tokens=st.lists(st.text("a,\"' 中\t;#", min_size=1, max_size=4), min_size=1, max_size=5))
def test_what_csv_writes_is_read(tokens, tmp_path_factory):
    """A token of white space alone is a blank cell to other tools, so it is left to them."""
    tokens = [token for token in tokens if token.strip()] or ["x"]
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["sentence", "word", "tag"])
    writer.writerows([["1", token, "O"] for token in tokens])
    path = tmp_path_factory.mktemp("table") / "train.csv"
    path.write_text(file.getvalue(), encoding="utf-8")
    (found,) = read_format("table", path)
    assert found.tokens == tokens


def test_the_example_sentences_come_through(tmp_path):
    lines = ["sentence\tword\ttag"]
    for number, row in enumerate(EXAMPLE_SENTENCES):
        pairs = zip(row.tokens, row.tags, strict=True)
        lines += [f"{number}\t{token}\t{tag}" for token, tag in pairs]
    assert read(tmp_path, "\n".join(lines)) == EXAMPLE_SENTENCES
