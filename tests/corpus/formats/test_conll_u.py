import re

import pytest
from helpers.builders import read_format

from msra_ner.corpus.formats.catalogue import recognise_format
from msra_ner.corpus.formats.conll_u import write_conll_u
from msra_ner.corpus.sentence import Sentence
from msra_ner.errors import CorpusError

LINA = [Sentence(["李娜", "到", "巴黎"], ["B-PER", "O", "B-LOC"]), Sentence(["好"], ["O"])]


def row(number, form, misc="_", **columns):
    """Return a line of the ten columns."""
    names = ["LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS"]
    return "\t".join([str(number), form, *(columns.get(name, "_") for name in names), misc]) + "\n"


def write(tmp_path, text):
    path = tmp_path / "train.conllu"
    path.write_text(text, encoding="utf-8")
    return path


def read(tmp_path, text, **options):
    path = write(tmp_path, text)
    assert recognise_format(path) == "conll-u"
    return read_format("conll-u", path, **options)


def lina(*tags):
    first, second, third, last = tags
    return (
        f"# sent_id = 1\n{row(1, '李娜', first)}{row(2, '到', second)}{row(3, '巴黎', third)}\n"
        f"{row(1, '好', last)}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lina("B-PER", "O", "B-LOC", "O"), id="alone in MISC"),
        pytest.param(lina("NER=B-PER", "NER=O", "NER=B-LOC", "NER=O"), id="NER"),
        pytest.param(lina("SpaceAfter=No|ner=S-PER", "ner=O", "ner=S-LOC", "ner=O"), id="Stanza"),
        pytest.param(lina("name=B-PER", "name=O", "name=B-LOC|Gloss=x", "name=O"), id="NorNE"),
        pytest.param(lina("NamedEntity=B-PER", "_", "NamedEntity=B-LOC", "_"), id="O left out"),
        pytest.param(lina("B-PER|SpaceAfter=No", "O", "SpaceAfter=No|B-LOC", "O"), id="with keys"),
        pytest.param(lina("X=B-PER", "X=O", "X=B-LOC", "X=O"), id="a key of tags"),
        pytest.param(
            lina("NER=B-PER", "_", "NER=B-LOC", "_").replace("\n", "\r\n"),
            id="line ends of Windows",
        ),
        pytest.param(
            "# global.columns = ID FORM NER\n"
            "1\t李娜\tB-PER\n2\t到\tO\n3\t巴黎\tB-LOC\n\n1\t好\tO\n",
            id="Plus",
        ),
        pytest.param(
            "# global.columns = form PARSEME:MWE ner:gold ner:gold_score\n"
            "李娜\t1:X\tB-PER\t0.9\n到\t*\tO\t1\n巴黎\t*\tB-LOC\t0.8\n\n好\t*\tO\t1\n",
            id="Plus without ids, a source behind the name",
        ),
        pytest.param(
            "# global.columns = ID TOKEN MY:TAGS\n"
            "1\t李娜\tB-PER\n2\t到\t*\n3\t巴黎\tB-LOC\n\n1\t好\t_\n",
            id="Plus, known by its tags",
        ),
    ],
)
def test_the_forms_that_are_known(tmp_path, text):
    assert read(tmp_path, text) == LINA


def test_tags_in_a_column_of_the_ten(tmp_path):
    text = row(1, "李娜", XPOS="B-PER", UPOS="PROPN") + row(2, "到", XPOS="O", UPOS="VERB")
    assert read(tmp_path, text)[0].tags == ["B-PER", "O"]


def test_ranges_and_empty_nodes_are_no_words(tmp_path, log):
    text = (
        row("0.1", "x") + row("1-2", "vámonos") + row(1, "vamos", "NER=O") + row(2, "nos", "NER=O")
        + row("2.1", "y", "NER=B-X") + row(3, "Ana", "NER=B-PER")
    )  # fmt: skip
    assert read(tmp_path, text) == [Sentence(["vamos", "nos", "Ana"], ["O", "O", "B-PER"])]
    assert "1 ranges of words" in log.text
    assert "2 empty nodes" in log.text


def test_a_range_with_the_only_tag_is_the_token(tmp_path):
    text = (
        row("1-2", "Berlins", "ner=S-LOC") + row(1, "Berlin") + row(2, "s") + row(3, "x", "ner=O")
    )
    assert read(tmp_path, text) == [Sentence(["Berlins", "x"], ["B-LOC", "O"])]


def test_a_range_that_says_the_same_as_its_words_is_passed_over(tmp_path):
    words = row(1, "New", "NER=B-LOC") + row(2, "York", "NER=I-LOC")
    assert read(tmp_path, row("1-2", "NewYork", "NER=B-LOC") + words) == [
        Sentence(["New", "York"], ["B-LOC", "I-LOC"])
    ]


@pytest.mark.parametrize(("outer", "inner"), [("B-LOC", "O"), ("O", "B-LOC")])
def test_a_range_that_contradicts_its_words_is_refused(tmp_path, outer, inner):
    words = row(1, "a", f"NER={inner}") + row(2, "b", f"NER={inner.replace('B', 'I')}")
    with pytest.raises(CorpusError, match=rf"train\.conllu:1: found the tag {outer} of .*1-2"):
        read(tmp_path, row("1-2", "ab", f"NER={outer}") + words)


def test_a_word_without_a_tag_among_words_with_O_is_refused(tmp_path):
    with pytest.raises(CorpusError, match=r"conllu:4: found no tag in NER in MISC.*add the tag"):
        read(tmp_path, lina("NER=B-PER", "NER=O", "SpaceAfter=No", "NER=O"))


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        (row(1, "a", "O") + row(3, "b", "O"), 2, "the id 3 behind 1 words"),
        (row(1, "a", "O") + row(1, "b", "O"), 2, "the id 1 behind 1 words"),
        (row(1, "a", "O") + row("1.x", "b", "O"), 2, "the id '1.x'"),
        (row("1-1", "a", "O") + row(1, "b", "O"), 1, "the id 1-1"),
        (row(1, "a", "O") + "2\tb\tO\n", 2, "3 fields"),
        (row(1, "", "O"), 1, "an empty token"),
        (row("0.1", "", "O"), 1, "a sentence without words"),
        ("# global.columns = ID ID\n1\t1\n", 1, "global.columns"),
    ],
)
def test_a_line_that_breaks_the_format_is_refused(tmp_path, text, line, found):
    with pytest.raises(CorpusError, match=rf"train\.conllu:{line}: found .*{found}.*To fix"):
        read(tmp_path, text)


def test_no_tags_are_a_question(tmp_path):
    with pytest.raises(CorpusError, match=r"no tags in the columns ID FORM.*column tags="):
        read(tmp_path, row(1, "a", "SpaceAfter=No"))


def test_several_columns_of_tags_are_a_question(tmp_path):
    text = "# global.columns = ID FORM NER NER:FINE\n1\t李娜\tB-PER\tB-ATHLETE\n"
    with pytest.raises(CorpusError, match=r"the column NER, the column NER:FINE.*column tags="):
        read(tmp_path, text)
    assert read(tmp_path, text, column="tags=ner:fine")[0].tags == ["B-ATHLETE"]
    assert read(tmp_path, text, tag_column=-1)[0].tags == ["B-ATHLETE"]


def test_columns_of_other_names_can_be_named(tmp_path):
    text = "# global.columns = ID TEXT NER\n1\t李娜\tB-PER\n"
    with pytest.raises(CorpusError, match=r":2: found the columns ID TEXT NER.*column tokens="):
        read(tmp_path, text)
    assert read(tmp_path, text, column="tokens=text")[0].tokens == ["李娜"]
    assert read(tmp_path, text, token_column=1)[0].tokens == ["李娜"]


def test_a_treebank_without_its_text_is_refused(tmp_path):
    text = "".join(row(number, "_", "NER=O") for number in range(1, 30))
    with pytest.raises(CorpusError, match=r"found _ for each FORM.*put the text in"):
        read(tmp_path, text)


def test_comments_are_counted_and_a_token_may_be_a_hash(tmp_path, log):
    text = "# global.columns = FORM NER\n# a\n#\tO\n\n# b\n#x\tB-X\n"
    assert read(tmp_path, text) == [Sentence(["#"], ["O"]), Sentence(["#x"], ["B-X"])]
    assert "3 lines of comment left out" in log.text


def test_what_is_written_is_counted_alike_by_others(tmp_path):
    path = tmp_path / "train.conllu"
    write_conll_u(path, LINA)
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"^\d+\t(\S+)\t.*NER=B-(\w+)$", text, re.MULTILINE) == [
        ("李娜", "PER"),
        ("巴黎", "LOC"),
    ]
    assert read_format("conll-u", path) == LINA


@pytest.mark.parametrize(("token", "tag"), [("a\tb", "O"), ("", "O"), ("a", "B-X|Y")])
def test_what_the_format_cannot_hold_is_not_written(tmp_path, token, tag):
    with pytest.raises(CorpusError, match="sentence 0: found the t"):
        write_conll_u(tmp_path / "x", [Sentence([token], [tag])])
