import pytest

from msra_ner.corpus.documents import Document, Span
from msra_ner.corpus.formats.brat import read_brat, write_brat
from msra_ner.errors import CorpusError, CorpusNotFoundError


def write_document(folder, name, text, annotation=""):
    (folder / f"{name}.txt").write_bytes(text.encode())
    (folder / f"{name}.ann").write_bytes(annotation.encode())


def test_each_line_of_each_document_is_a_passage(tmp_path):
    write_document(tmp_path, "b", "李娜到巴黎。\n好。", "T1\tLOC 3 5\t巴黎\nT2\tPER 0 2\t李娜\n")
    write_document(tmp_path, "a", "第一\n\n  \n第二\n", "T3\tX 7 9\t第二\n")
    found = list(read_brat(tmp_path))
    assert found == [
        Document("第一", ()),
        Document("第二", (Span(0, 2, "X"),)),
        Document("李娜到巴黎。", (Span(3, 5, "LOC"), Span(0, 2, "PER"))),
        Document("好。", ()),
    ]
    assert [item.location for item in found] == [
        f"{tmp_path}/{location}" for location in ("a.txt:1", "a.txt:4", "b.txt:1", "b.txt:2")
    ]


def test_a_line_of_full_width_spaces_is_a_text_and_its_spans_stay(tmp_path):
    write_document(tmp_path, "a", "\u3000\n中\n", "T1\tX 0 1\t\u3000\nT2\tX 2 3\t中\n")
    assert list(read_brat(tmp_path)) == [
        Document("\u3000", (Span(0, 1, "X"),)),
        Document("中", (Span(0, 1, "X"),)),
    ]


@pytest.mark.parametrize("mark", ["\u2028", "\u0085", "\x0c", "\x1c", "\ufeff"], ids=ascii)
def test_what_other_tools_take_for_a_line_end_is_a_character(tmp_path, mark):
    write_document(tmp_path, "a", f"中{mark}国\n", f"T1\tX 0 3\t中{mark}国\n")
    assert list(read_brat(tmp_path)) == [Document(f"中{mark}国", (Span(0, 3, "X"),))]


def test_a_line_end_counts_one_even_where_it_is_crlf(tmp_path):
    write_document(tmp_path, "a", "ab\r\ncd\r\n", "T1\tX 3 5\tcd\r\n")
    assert list(read_brat(tmp_path))[1] == Document("cd", (Span(0, 2, "X"),))


def test_spans_may_be_nested_and_cross(tmp_path):
    lines = "T1\tX 0 3\tabc\nT2\tY 1 2\tb\nT3\tZ 2 4\tcd\n"
    write_document(tmp_path, "a", "abcd", lines)
    (document,) = read_brat(tmp_path)
    assert document.spans == (Span(0, 3, "X"), Span(1, 2, "Y"), Span(2, 4, "Z"))


def test_other_annotations_and_other_files_are_named_in_the_log(tmp_path, log):
    rest = "R1\tr Arg1:T1 Arg2:T2\nE1\tX:T1\nA1\tn T1\n#1\tAnnotatorNotes T1\tx\n*\tEquiv T1 T2\n"
    write_document(tmp_path, "a", "ab", f"T1\tX 0 1\ta\n{rest}N1\tReference T1 W:1\tx\nM1\tn T1\n")
    (tmp_path / "annotation.conf").touch()
    (tmp_path / "more").mkdir()
    (tmp_path / ".hidden").touch()
    assert len(list(read_brat(tmp_path))) == 1
    assert log.messages == [
        f"{tmp_path}: neither .txt nor .ann, not read: annotation.conf, more",
        f"{tmp_path}: annotations that are no spans, not read: "
        "# (1), * (1), A (1), E (1), M (1), N (1), R (1)",
    ]


@pytest.mark.parametrize("missing", [".txt", ".ann"])
def test_half_of_a_document_is_refused(tmp_path, missing):
    write_document(tmp_path, "a", "x")
    write_document(tmp_path, "b.c", "x")
    (tmp_path / f"b.c{missing}").unlink()
    with pytest.raises(CorpusNotFoundError) as caught:
        list(read_brat(tmp_path))
    assert str(caught.value).startswith(f"{tmp_path}/b.c{missing}: no such file")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param("T1\tX 0 1;3 4\ta d", "a span in pieces (0 1;3 4)", id="discontinuous"),
        pytest.param("T1\tX 0\ta", "the offsets '0'", id="one offset"),
        pytest.param("T1\tX 0 1 2\ta", "the offsets '0 1 2'", id="three offsets"),
        pytest.param("T1\tX -1 1\ta", r"'T1\tX -1 1\ta'", id="a negative offset"),
        pytest.param("T1\tX 0 1", r"'T1\tX 0 1'", id="no text"),
        pytest.param("T\tX 0 1\ta", r"'T\tX 0 1\ta'", id="no number"),
        pytest.param("T1\tX Y 0 1\ta", r"'T1\tX Y 0 1\ta'", id="a space in the label"),
        pytest.param("T1\tX 2 7\tc\nd", "'c' beside a span that holds", id="a text cut by a line"),
        pytest.param("T1\tX 2 7\tcd ef", "goes over the end of line 1", id="two lines"),
        pytest.param("T1\tX 4 5\t ", "goes over the end of line 1", id="a line end alone"),
        pytest.param("T1\tX 0 99\tab", "a span from 0 to 99", id="behind the text"),
        pytest.param("T1\tX 1 0\t", "a span from 1 to 0", id="backwards"),
        pytest.param("T1\tX 0 1\tb", "'b' beside a span that holds 'a'", id="another text"),
        pytest.param(" T1\tX 0 1\ta", r"' T1\tX 0 1\ta'", id="a space before"),
    ],
)
def test_a_bad_line_is_refused_with_its_place(tmp_path, line, found):
    write_document(tmp_path, "a", "abcd\nefgh\n", f"\nT9\tX 0 2\tab\n{line}\n")
    with pytest.raises(CorpusError) as caught:
        list(read_brat(tmp_path))
    assert str(caught.value).startswith(f"{tmp_path}/a.ann:3: found ")
    assert found in str(caught.value)


def test_what_is_written_is_one_document_with_offsets_of_the_whole(tmp_path):
    items = [
        Document("\ufeff李娜", (Span(1, 3, "PER"),)),
        Document("  到巴黎 ", (Span(3, 5, "LOC"), Span(2, 5, "X"))),
    ]
    write_brat(tmp_path, items)
    assert (tmp_path / "text.txt").read_bytes() == "\ufeff\ufeff李娜\n  到巴黎 \n".encode()
    lines = ["T1\tPER 1 3\t李娜", "T2\tLOC 7 9\t巴黎", "T3\tX 6 9\t到巴黎"]
    assert (tmp_path / "text.ann").read_text(encoding="utf-8").splitlines() == lines
    assert list(read_brat(tmp_path)) == items
