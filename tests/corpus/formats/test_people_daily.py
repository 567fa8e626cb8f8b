import re

import pytest
from helpers.corpora import read_documents

from msra_ner.corpus.convert import convert_corpus
from msra_ner.corpus.formats.catalogue import recognise_format
from msra_ner.errors import CorpusError

ID = "19980101-01-001-001/m  "


def read(tmp_path, text):
    path = tmp_path / "train.txt"
    path.write_text(text, encoding="utf-8")
    assert recognise_format(path) == "people-daily"
    return read_documents(tmp_path)


def found(document):
    return [(document.text[span.start : span.end], span.type) for span in document.spans]


def test_persons_places_and_organisations(tmp_path, log):
    text = f"{ID}新华社/nt  记者/n  刘/nr  思源/nr  在/p  苏州/ns  说/v  ：/w  １９/m  \n\n"
    (document,) = read(tmp_path, text)
    assert document.text == "新华社记者刘思源在苏州说：１９"
    assert found(document) == [("新华社", "ORG"), ("刘思源", "PER"), ("苏州", "LOC")]
    assert document.location.endswith("train.txt:1")
    assert "nr is PER, ns LOC, nt ORG" in log.text
    assert "1 persons of surname and given name, joined" in log.text


@pytest.mark.parametrize(
    ("words", "persons"),
    [
        ("张/nr 伟/nr", ["张伟"]),
        ("欧阳/nr 思源/nr", ["欧阳思源"]),
        ("陈/nr 王/nr 思源/nr", ["陈王思源"]),  # a husband's surname, her own, her given name
        ("鲁迅/nr 巴金/nr", ["鲁迅", "巴金"]),
        ("张/nr 伟/nr 李/nr 娜/nr", ["张伟", "李娜"]),
        ("张/nr 伟/nr 欧阳/nr 娜/nr", ["张伟", "欧阳娜"]),
        ("张/nr 伟/nr 爱因斯坦/nr", ["张伟", "爱因斯坦"]),
        ("刘思源/nr 李娜/nr", ["刘思源", "李娜"]),  # from a tagger that does not part names
        ("张/nr 爱因斯坦/nr", ["张", "爱因斯坦"]),
        ("老张/nr 小李/nr", ["老张", "小李"]),
        ("张/nr 教授/n 李/nr 娜/nr", ["张", "李娜"]),
        ("张/nr1 思源/nr2 爱因斯坦/nrf", ["张思源", "爱因斯坦"]),
    ],
)
def test_surname_and_given_name_are_one_person(tmp_path, words, persons):
    (document,) = read(tmp_path, f"{ID}{words} 说/v\n")
    assert found(document) == [(person, "PER") for person in persons]


@pytest.mark.parametrize("bracket", ["]nt", "]/nt", "]NT", "]ntu"])
def test_an_organisation_in_brackets_keeps_the_place_inside(tmp_path, bracket):
    (document,) = read(tmp_path, f"{ID}[苏州/ns 大学/n{bracket} 。/w\n")
    assert found(document) == [("苏州", "LOC"), ("苏州大学", "ORG")]


def test_brackets_in_brackets(tmp_path, log):
    (document,) = read(tmp_path, f"{ID}[[苏州/ns 市/n]ns 体育/n 馆/n]nz [大/a 学/n]nt\n")
    assert found(document) == [("苏州", "LOC"), ("苏州市", "LOC"), ("大学", "ORG")]
    assert "1 brackets of nz not read" in log.text


def test_marks_of_the_corpus_that_are_no_text(tmp_path, log):
    (document,) = read(tmp_path, f"{ID}和{{he2}}/c 腾空而起/l/% [/w ]/w //w http://a.cn/n {{/w\n")
    assert document.text == "和腾空而起[]/http://a.cn{"
    assert "1 pronunciations in braces left out" in log.text


def test_other_names_are_counted(tmp_path, log):
    assert found(read(tmp_path, f"{ID}长征/nz 号/n\n")[0]) == []
    assert "1 other names (nz) not read" in log.text


def test_lines_need_no_ids_and_may_hold_nothing_else(tmp_path, log):
    assert found(read(tmp_path, f"苏州/ns 好/a\n{ID}\n")[0]) == [("苏州", "LOC")]
    assert "1 paragraphs without words left out" in log.text


def test_a_wide_space_is_a_word(tmp_path):
    assert read(tmp_path, f"{ID}苏州/ns \u3000/w 好/a\n")[0].text == "苏州\u3000好"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("苏州 大学/n", "'苏州' among the words.*a word with its tag"),
        ("/n", "'/n' among the words"),
        ("[苏州/ns 大学/n", "a bracket that does not close, before '苏州大学'"),
        ("苏州/ns 大学/n]nt", "a bracket that closes behind '大学'.*add the other"),
    ],
)
def test_what_breaks_the_format_is_refused(tmp_path, words, message):
    with pytest.raises(CorpusError, match=rf"train\.txt:2: found {message}"):
        read(tmp_path, f"{ID}好/a\n{ID}{words}\n")


@pytest.mark.parametrize(
    "text", ["周/B-PER 敏/I-PER 在/O\n", "the/at jury/nn\n", "中/n\n", "a b\n"]
)
def test_other_pairs_are_not_taken_for_it(tmp_path, text):
    path = tmp_path / "train.txt"
    path.write_text(text, encoding="utf-8")
    assert recognise_format(path) != "people-daily"


def test_the_count_of_entities_is_that_of_the_raw_text(tmp_path):
    text = f"{ID}[苏州/ns 大学/n]nt 刘/nr 思源/nr 、/w 张/nr 伟/nr 到/v 北京/ns\n{ID}好/a\n"
    persons = len(re.findall(r"/nr(?! +\S+/nr)", text))
    others = len(re.findall(r"/n[st]\b", text)) + len(re.findall(r"\]n[st]", text))
    assert sum(len(item.spans) for item in read(tmp_path, text)) == persons + others == 5
    report = convert_corpus(tmp_path, tmp_path / "out", "columns", nested="outermost")["train"]
    assert (report.sentences, report.entities, report.nested) == (2, 5, 1)
