import pytest
from helpers.builders import EXAMPLE_SENTENCES, read_columns

from msra_ner.corpus.formats.columns import write_columns
from msra_ner.corpus.schemes import encode_scheme
from msra_ner.corpus.sentence import Sentence
from msra_ner.errors import ArgumentsError, CorpusError


def read(tmp_path, text, **options):
    path = tmp_path / "train.txt"
    path.write_bytes(text.encode())
    return read_columns(path, **options)


CHINA = [Sentence(["中", "国"], ["B-LOC", "I-LOC"]), Sentence(["好"], ["O"])]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("中\tB-LOC\n国\tI-LOC\n\n好\tO\n", id="IOB2 with tabs"),
        pytest.param("中 B-LOC\n国 I-LOC\n\n好 O\n", id="IOB2 with spaces"),
        pytest.param("中  B-LOC\n国   I-LOC \n\n 好 O\n", id="several spaces"),
        pytest.param("中 B_LOC\n国 I_LOC\n\n好 O\n", id="underscores"),
        pytest.param("中\tI-LOC\n国\tI-LOC\n\n好\tO\n", id="IOB1"),
        pytest.param("中 B-LOC\n国 E-LOC\n\n好 O\n", id="BMES or BIOES"),
        pytest.param("中 B-LOC\n国 L-LOC\n\n好 O\n", id="BILOU"),
        pytest.param("中\tB-LOC\r\n国\tI-LOC\r\n\r\n好\tO\r\n", id="CRLF"),
        pytest.param("中 NR B-NP B-LOC\n国 NR I-NP I-LOC\n\n好 JJ O O\n", id="CoNLL-2003"),
        pytest.param("中\tNR\t_\tB-LOC\n国\tNR\t_\tI-LOC\n\n好\tJJ\t\tO\n", id="an empty column"),
        pytest.param(
            "-DOCSTART- -X- O O\n\n中 x x B-LOC\n国 x x I-LOC\n\n好 x x O\n", id="DOCSTART"
        ),
        pytest.param("# id = 1\n中\tB-LOC\n国\tI-LOC\n\n# id = 2\n# x\n好\tO\n", id="comments"),
        pytest.param(
            "# id 12\tdomain=zh\n中\tB-LOC\n国\tI-LOC\n\n好\tO\n", id="a tab in a comment"
        ),
    ],
)
def test_each_kind_of_column_file_is_read(tmp_path, text):
    assert read(tmp_path, text) == CHINA


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        pytest.param("B-LOC 中\nI-LOC 国\n\nO 好\n", (1, 0), id="swapped"),
        pytest.param("1 中 B-LOC x\n2 国 I-LOC y\n\n1 好 O z\n", (1, 2), id="inside"),
        pytest.param("1 中 B-LOC x\n2 国 I-LOC y\n\n1 好 O z\n", (-3, -2), id="from the end"),
    ],
)
def test_the_columns_can_be_chosen(tmp_path, text, columns):
    token, tag = columns
    assert read(tmp_path, text, token_column=token, tag_column=tag) == CHINA


@pytest.mark.parametrize("options", [{"token_column": 2}, {"token_column": -3}, {"tag_column": 5}])
def test_a_column_that_is_not_there_is_refused(tmp_path, options):
    with pytest.raises(ArgumentsError, match=r"train\.txt: found 2 columns"):
        read(tmp_path, "中\tO\n", **options)


@pytest.mark.parametrize(
    ("line", "tag_column"),
    [
        pytest.param("#\tO", -1, id="with a tab"),
        pytest.param("# O", -1, id="with a space"),
        pytest.param("# O ", -1, id="with a space at the end"),
        pytest.param("#\tO\tx", 1, id="where the tag is not the last column"),
        pytest.param("#  O  x", 1, id="where the tag is not the last of columns with spaces"),
    ],
)
def test_the_token_hash_is_no_comment(tmp_path, line, tag_column):
    found = read(tmp_path, f"{line}\n{line}\n", tag_column=tag_column)
    assert found == [Sentence(["#", "#"], ["O", "O"])]


def test_a_hashtag_is_no_comment(tmp_path):
    assert read(tmp_path, "#巴黎\tB-LOC\n")[0].tokens == ["#巴黎"]


def test_comments_and_document_starts_are_counted_in_the_log(tmp_path, log):
    read(tmp_path, "-DOCSTART- -X- O\n\n# a b\n# c\n中 x O\n")
    # A file is read more than once, and says so each time.
    assert set(log.messages) == {f"{tmp_path}/train.txt: 3 lines of comment or -DOCSTART- left out"}


def test_what_looks_like_a_mark_inside_a_sentence_is_a_token(tmp_path):
    found = read(tmp_path, "中\tO\n-DOCSTART-\tB-X\n#\tO\n\n-DOCSTART-x\tO\n")
    assert [item.tokens for item in found] == [["中", "-DOCSTART-", "#"], ["-DOCSTART-x"]]


@pytest.mark.parametrize("token", ["O", "B-PER", "I-PER", "1", "\u3000", "\u2028", "\ufeff", " "])
def test_odd_tokens_are_tokens_wherever_they_stand(tmp_path, token):
    items = [Sentence([token, "中", token], ["B-X", "I-X", "O"]), Sentence([token], ["O"])]
    write_columns(tmp_path / "train.txt", items)
    assert read_columns(tmp_path / "train.txt") == items


@pytest.mark.parametrize("scheme", ["iob2", "iob1", "bioes", "bmes", "bilou"])
def test_what_is_written_is_read_whatever_the_scheme(tmp_path, scheme):
    write_columns(tmp_path / "train.txt", EXAMPLE_SENTENCES, scheme)
    assert read_columns(tmp_path / "train.txt") == EXAMPLE_SENTENCES
    lines = (tmp_path / "train.txt").read_text(encoding="utf-8").split("\n")
    tags = [line.split("\t")[1] for line in lines if line]
    assert tags == [tag for item in EXAMPLE_SENTENCES for tag in encode_scheme(item.tags, scheme)]


def test_a_document_start_cannot_be_written_at_the_start_of_a_sentence(tmp_path):
    path = tmp_path / "train.txt"
    fine = [Sentence(["中", "-DOCSTART-"], ["O", "O"])]
    write_columns(path, fine)
    assert read_columns(path) == fine
    with pytest.raises(CorpusError, match="sentence 0: found the token -DOCSTART-"):
        write_columns(path, [Sentence(["-DOCSTART-"], ["O"])])


def test_the_place_of_a_sentence_is_its_first_line(tmp_path):
    found = read(tmp_path, "# x\n中\tO\n\n\n国\tO\n")
    assert [item.location for item in found] == [f"{tmp_path}/train.txt:{line}" for line in (2, 5)]
