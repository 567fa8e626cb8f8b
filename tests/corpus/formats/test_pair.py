import codecs
import tempfile
from pathlib import Path

import pytest
from helpers.builders import (
    EXAMPLE_SENTENCES,
    PROPERTY,
    msra_folder,
    read_columns,
    read_pair,
    valid_tags,
    write_columns,
    write_lines,
)
from hypothesis import given, strategies as st

from msra_ner.corpus.folder import read_labels
from msra_ner.corpus.formats.pair import write_pair
from msra_ner.corpus.sentence import Sentence, collect_labels
from msra_ner.errors import CorpusError, CorpusNotFoundError, MsraNerError
from msra_ner.labels import decode_entities, encode_entities

# Characters that other tools take for white space or a line end; here they are tokens.
ODD_TOKENS = [
    "\u3000", "\u00a0", "\u2028", "\u2029", "\u0085", "\u200b", "\u000b", "\u000c", "\u001c",
    "\u001d", "\u001e", "\u2003", "\u202f", "\u180e", "\ufeff", "\ufffd", "\u0301",
    "\U0001f600", "\U00020bb7", "Ａ", "…", "北京",
]  # fmt: skip

MSRA_LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")


def tokens_of_any_text() -> st.SearchStrategy[str]:
    odd = st.sampled_from([*ODD_TOKENS, "\t"])
    text = st.text(st.characters(blacklist_characters=" \r\n\0", blacklist_categories=["Cs"]))
    return odd | text.filter(bool)


@st.composite
def any_sentences(draw: st.DrawFn, min_size: int = 0) -> list[Sentence]:
    sentences = []
    for tags in draw(st.lists(valid_tags().filter(bool), min_size=min_size, max_size=5)):
        count = len(tags)
        tokens = draw(st.lists(tokens_of_any_text(), min_size=count, max_size=count))
        sentences.append(Sentence(tokens, tags))
    return sentences


PIECES = ["\ufeff", "中", "\u2028", " ", "  ", "\t", "\t\t", "\n", "\n\n", "\r\n", "\r", "-", "O",
          "B-PER", "I-PER", "I-LOC", "B-", "X", "中\tO\n", "国\tB-PER\n", "中 国\n"]  # fmt: skip
BYTES = st.sampled_from([*(piece.encode() for piece in PIECES), b"\xff", b"\xe4\xb8"])


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Return bytes with up to two pieces put in anywhere, inside a character too."""
    for piece in draw(st.lists(BYTES, max_size=2)):
        location = draw(st.integers(0, len(data)))
        data = data[:location] + piece + data[location:]
    return data


def any_bytes() -> st.SearchStrategy[bytes]:
    return st.lists(BYTES, max_size=8).map(b"".join) | st.binary(max_size=40)


@st.composite
def any_pair(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """Return bytes of two files: anything at all, or those of a corpus with some damage."""
    if draw(st.integers(0, 3)) == 0:
        return draw(any_bytes()), draw(any_bytes())
    sentences = draw(any_sentences(1))
    rows = [sentence.tokens for sentence in sentences], [sentence.tags for sentence in sentences]
    files = ["".join(" ".join(row) + "\n" for row in part).encode() for part in rows]
    return draw(damaged(files[0])), draw(damaged(files[1]))


@st.composite
def any_columns(draw: st.DrawFn) -> bytes:
    """Return bytes of a file: anything at all, or those of two columns with some damage."""
    if draw(st.integers(0, 3)) == 0:
        return draw(any_bytes())
    blocks = [
        "".join(f"{token}\t{tag}\n" for token, tag in zip(item.tokens, item.tags, strict=True))
        for item in draw(any_sentences(1))
    ]
    return draw(damaged("\n".join(blocks).encode()))


def assert_sound(sentences: list[Sentence]) -> None:
    for sentence in sentences:
        assert sentence.tokens
        assert all(sentence.tokens)
        tags = sentence.tags
        assert len(tags) == len(sentence.tokens)
        assert encode_entities(decode_entities(tags), len(tags)) == tags


def outcome(read, *args, **kwargs):
    """Return what a reader returns and no message, or None and the message of its refusal."""
    try:
        return read(*args, **kwargs), ""
    except MsraNerError as error:
        return None, str(error)


# What both readers accept


def test_read_pair_reads_what_the_files_say(tmp_path):
    write_lines(tmp_path, "李 娜 到 巴 黎\n好 。\n", "B-PER I-PER O B-LOC I-LOC\nO O\n")
    assert read_pair(tmp_path) == [
        Sentence(["李", "娜", "到", "巴", "黎"], ["B-PER", "I-PER", "O", "B-LOC", "I-LOC"]),
        Sentence(["好", "。"], ["O", "O"]),
    ]


def test_read_columns_reads_what_the_file_says(tmp_path):
    path = tmp_path / "raw"
    path.write_bytes("李\tB-PER\n娜\tI-PER\n\n好\tO\n。\tO\n\n".encode())
    assert read_columns(path) == [
        Sentence(["李", "娜"], ["B-PER", "I-PER"]),
        Sentence(["好", "。"], ["O", "O"]),
    ]


def test_example_sentences_come_back_from_both_formats(tmp_path):
    write_pair(tmp_path, EXAMPLE_SENTENCES)
    assert read_pair(tmp_path) == EXAMPLE_SENTENCES
    assert read_columns(write_columns(tmp_path / "raw", EXAMPLE_SENTENCES)) == EXAMPLE_SENTENCES


@pytest.mark.parametrize(
    ("sentences", "tags"),
    [
        pytest.param("\ufeff中 国\n好\n", "\ufeffB-LOC I-LOC\nO\n", id="a BOM"),
        pytest.param("中 国\r\n好\r\n", "B-LOC I-LOC\r\nO\r\n", id="CRLF"),
        pytest.param("中 国\r\n好\r\n", "B-LOC I-LOC\nO\n", id="CRLF in one file alone"),
        pytest.param("中 国\n好", "B-LOC I-LOC\nO", id="no line end at the end"),
        pytest.param("中 国\n好\n\n\n", "B-LOC I-LOC\nO\n", id="blank lines at the end"),
        pytest.param("\ufeff中 国\r\n好\r\n\r\n", "B-LOC I-LOC\r\nO", id="all of them"),
    ],
)
def test_read_pair_accepts(tmp_path, sentences, tags):
    write_lines(tmp_path, sentences, tags)
    assert read_pair(tmp_path) == [
        Sentence(["中", "国"], ["B-LOC", "I-LOC"]),
        Sentence(["好"], ["O"]),
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\ufeff中\tB-LOC\n国\tI-LOC\n\n好\tO\n\n", id="a BOM"),
        pytest.param("中\tB-LOC\r\n国\tI-LOC\r\n\r\n好\tO\r\n\r\n", id="CRLF"),
        pytest.param("中\tB-LOC\n国\tI-LOC\n\n好\tO\n", id="no blank line at the end"),
        pytest.param("中\tB-LOC\n国\tI-LOC\n\n好\tO", id="no line end at the end"),
        pytest.param("中\tB-LOC\n国\tI-LOC\n\n\n\n好\tO\n\n\n", id="several blank lines in a row"),
        pytest.param("\n\n中\tB-LOC\n国\tI-LOC\n\n好\tO\n", id="blank lines at the start"),
        pytest.param("\ufeff\r\n中\tB-LOC\r\n国\tI-LOC\r\n\r\n\r\n好\tO", id="all of them"),
    ],
)
def test_read_columns_accepts(tmp_path, text):
    path = tmp_path / "raw"
    path.write_bytes(text.encode())
    assert read_columns(path) == [
        Sentence(["中", "国"], ["B-LOC", "I-LOC"]),
        Sentence(["好"], ["O"]),
    ]


def test_files_without_a_sentence_are_refused(tmp_path):
    write_lines(tmp_path, "", "\n")
    with pytest.raises(CorpusError, match="found no sentence"):
        read_pair(tmp_path)
    (tmp_path / "raw").write_bytes(b"\n\n")
    with pytest.raises(CorpusError, match="raw: found no sentence"):
        read_columns(tmp_path / "raw")


@pytest.mark.parametrize("token", ODD_TOKENS, ids=ascii)
def test_an_odd_character_is_a_token_like_any_other(tmp_path, token):
    sentence = Sentence(["中", token, "国", token], ["B-LOC", "I-LOC", "I-LOC", "O"])
    assert read_columns(write_columns(tmp_path / "raw", [sentence])) == [sentence]
    write_lines(tmp_path, " ".join(sentence.tokens) + "\n", " ".join(sentence.tags) + "\n")
    assert read_pair(tmp_path) == [sentence]


def test_a_tab_is_a_token_in_pair_files(tmp_path):
    write_lines(tmp_path, "中 \t 国\n", "O O O\n")
    assert read_pair(tmp_path) == [Sentence(["中", "\t", "国"], ["O", "O", "O"])]


# What both readers refuse: file and line, what was found, what was expected


@pytest.mark.parametrize(
    ("sentences", "tags", "where", "found", "expected"),
    [
        pytest.param(
            "中 国\n好 啊\n", "B-LOC I-LOC\nO\n", "tags.txt:2",
            ["1 tags for the 2 tokens", "sentences.txt:2"], "one tag a token",
            id="fewer tags than tokens",
        ),
        pytest.param(
            "中 国\n好\n", "B-LOC I-LOC\nO O\n", "tags.txt:2",
            ["2 tags for the 1 tokens"], "one tag a token", id="more tags than tokens",
        ),
        pytest.param(
            "中\n国\n好\n", "O\nO\n", "tags.txt:3",
            ["the end of the file", "3 sentences and 2 lines of tags"], "as many lines",
            id="a line of tags is missing",
        ),
        pytest.param(
            "中\n", "O\nO\n", "sentences.txt:2",
            ["the end of the file", "1 sentences and 2 lines of tags"], "as many lines",
            id="a sentence is missing",
        ),
        pytest.param(
            "中\n", "", "tags.txt:1", ["1 sentences and 0 lines"], "as many lines",
            id="no tags at all",
        ),
        pytest.param(
            "中 国\n好\n", "O O\nPER\n", "tags.txt:2 (token 1)",
            ["the tag 'PER'"], "O, B-TYPE or I-TYPE", id="a tag without a prefix",
        ),
        pytest.param(
            "中 国\n", "O B-\n", "tags.txt:1 (token 2)", ["the tag 'B-'"], "O, B-TYPE or I-TYPE",
            id="a tag without a type",
        ),
        pytest.param(
            "中 国\n", "O Q-PER\n", "tags.txt:1 (token 2)", ["'Q-PER'"], "O, B-TYPE or I-TYPE",
            id="a tag of no scheme",
        ),
        pytest.param(
            "中 国\n", "O\tO O\n", "tags.txt:1 (token 1)", [r"'O\tO'"], "O, B-TYPE or I-TYPE",
            id="a tab between tags",
        ),
        pytest.param(
            "中 国\n好 啊\n", "B-PER I-PER\nO I-PER\n", "tags.txt:2 (token 2)",
            ["I-PER after O (and 0 more"], "B- at the first token", id="I after O",
        ),
        pytest.param(
            "中 国\n好 啊\n", "B-PER I-PER\nI-PER O\n", "tags.txt:2 (token 1)",
            ["I-PER at the start of the sentence"], "B- at the first token",
            id="I at the start, though the sentence before ends in its type",
        ),
        pytest.param(
            "中 国\n好 啊\n", "B-PER I-LOC\nI-LOC I-PER\n", "tags.txt:1 (token 2)",
            ["I-LOC after B-PER (and 2 more"], "B- at the first token",
            id="I of another type, with the number of its like",
        ),
        pytest.param(
            "中  国\n", "O O\n", "sentences.txt:1", ["nothing where item 2 should be"],
            "items separated by one space", id="two spaces in a row",
        ),
        pytest.param(
            "中\n 国\n", "O\nO\n", "sentences.txt:2", ["nothing where item 1"], "one space",
            id="a space at the start",
        ),
        pytest.param(
            "中\n国\n", "O\nO \n", "tags.txt:2", ["nothing where item 2"], "one space",
            id="a space at the end",
        ),
        pytest.param(
            " \n", "O\n", "sentences.txt:1", ["nothing where item 1"], "one space",
            id="a space alone",
        ),
        pytest.param(
            "中\n\n国\n", "O\n\nO\n", "sentences.txt:2", ["an empty line"], "a sentence",
            id="an empty line between sentences",
        ),
        pytest.param(
            "中\n国\n好\n", "O\n\nO\n", "tags.txt:2", ["an empty line"], "a sentence",
            id="an empty line of tags",
        ),
        pytest.param(
            "中\n国 \r 好\n", "O\nO O O\n", "sentences.txt:2",
            [r"a carriage return inside '国 \r 好'"], "LF or CRLF", id="a carriage return",
        ),
        pytest.param(
            "中 国\n好\n".encode(), b"O O\nO\xff\n", "tags.txt:2",
            ["byte 0xFF at byte 2"], "UTF-8", id="a byte that is not UTF-8",
        ),
        pytest.param(
            "中\n中 国\n".encode("gb18030"), "O\nO O\n", "sentences.txt:1",
            ["byte 0xD6 at byte 1"], "UTF-8", id="GB18030",
        ),
        pytest.param(
            codecs.BOM_UTF8 + b"ab\n\xffcd\n", "O\nO\n", "sentences.txt:2",
            ["byte 0xFF at byte 1"], "UTF-8", id="a byte that is not UTF-8, in a file with a BOM",
        ),
        pytest.param(
            "中\n".encode() + "国".encode()[:2], "O\nO\n", "sentences.txt:2",
            ["byte 0xE5 at byte 1"], "UTF-8", id="a file cut inside a character",
        ),
    ],
)  # fmt: skip
def test_read_pair_refuses(tmp_path, sentences, tags, where, found, expected):
    write_lines(tmp_path, sentences, tags)
    with pytest.raises(CorpusError) as caught:
        read_pair(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / where}: found ")
    assert all(part in message for part in found)
    assert expected in message.split("; expected ")[1]
    assert "To fix it" in message


@pytest.mark.parametrize(
    ("text", "line", "found", "expected"),
    [
        pytest.param("中\tO\n国\n", 2, "no tab in '国'", "token TAB tag", id="a token alone"),
        pytest.param(
            "中\tO\n\n国 O\n", 3, "no tab in '国 O'", "token TAB tag", id="a space for the tab"
        ),
        pytest.param("中\tO\n国\t\n", 2, "a token without a tag", "token TAB tag", id="no tag"),
        pytest.param("中\tO\n\tO\n", 2, "an empty token", "token TAB tag", id="an empty token"),
        pytest.param("中\tO\n中\tNN\tO\n", 2, "3 fields", "token TAB tag", id="three columns"),
        pytest.param(
            "中\tO\n\n中 国\tO\n", 3, "a space in the token '中 国'", "without a space",
            id="a space in a token",
        ),
        pytest.param(
            "中\tO\n国\r人\tO\n", 2, r"a carriage return inside '国\r人\tO'", "LF or CRLF",
            id="a carriage return in a token",
        ),
        pytest.param(
            "中\tO\r国\tO\r", 1, r"inside '中\tO\r国\tO'", "LF or CRLF", id="lines that end in CR"
        ),
        pytest.param("\n\n中\tPER\n", 3, "the tag 'PER'", "B-TYPE", id="a tag without a prefix"),
        pytest.param("中\tO\n\n国\tE-A\n", 3, "E-A at the start", "as in BIOES", id="an end alone"),
        pytest.param("中\tB-PER \n", 1, "the tag 'B-PER '", "B-TYPE", id="a space after a tag"),
        pytest.param("中\tB-A B\n", 1, "the tag 'B-A B'", "B-TYPE", id="a space in a type"),
        pytest.param(
            "中\tB-PER\n国\tO\n\n\n人\tI-PER\n", 5, "I-PER at the start of the sentence (and 0",
            "B- at the first token", id="I at the start",
        ),
        pytest.param(
            "中\tB-PER\n国\tO\n人\tI-PER\n", 3, "I-PER after O", "B- at the first token",
            id="I after O",
        ),
        pytest.param(
            "中\tB-PER\n国\tI-LOC\n", 2, "I-LOC after B-PER", "B- at the first token",
            id="I of another type",
        ),
        pytest.param("中\tO\n国\tO\n".encode("gb18030"), 1, "byte 0xD6", "UTF-8", id="GB18030"),
        pytest.param(
            "中\tO\n\n国\tO\n".encode() + b"\x80\tO\n", 4, "byte 0x80 at byte 1", "UTF-8",
            id="a byte that is not UTF-8",
        ),
    ],
)  # fmt: skip
def test_read_columns_refuses(tmp_path, text, line, found, expected):
    path = tmp_path / "msra_train_bio"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CorpusError) as caught:
        read_columns(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: found ")
    assert found in message
    assert expected in message.split("; expected ")[1]


def test_a_long_line_is_not_shown_whole(tmp_path):
    path = tmp_path / "raw"
    path.write_bytes(("中" * 5000).encode())
    with pytest.raises(CorpusError, match=r"no tab or space in '中+…'") as caught:
        read_columns(path)
    assert len(str(caught.value)) < 500


def test_tags_outside_the_given_labels_are_refused(tmp_path):
    write_lines(tmp_path, "中 国\n好 啊\n", "B-LOC I-LOC\nB-TIME O\n")
    assert len(read_pair(tmp_path)) == 2
    with pytest.raises(CorpusError) as caught:
        read_pair(tmp_path, labels=("O", "B-LOC", "I-LOC"))
    message = str(caught.value)
    assert f"{tmp_path / 'tags.txt'}:2 (token 1): found the unknown tag 'B-TIME'" in message
    assert "; expected O, B-LOC, I-LOC. " in message
    with pytest.raises(CorpusError, match="raw:4: found the unknown tag 'B-TIME'"):
        read_columns(
            write_columns(tmp_path / "raw", read_pair(tmp_path)), labels=("O", "B-LOC", "I-LOC")
        )


@pytest.mark.parametrize("missing", ["sentences.txt", "tags.txt"])
def test_a_missing_file_is_named_with_the_remedy(tmp_path, missing):
    write_lines(tmp_path, "中\n", "O\n")
    (tmp_path / missing).unlink()
    with pytest.raises(CorpusNotFoundError, match=r"docs/reference/corpus\.md") as caught:
        read_pair(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / missing}: no such file")
    assert isinstance(caught.value, FileNotFoundError)


def test_a_folder_in_place_of_a_file_is_refused(tmp_path):
    with pytest.raises(CorpusError) as caught:
        read_columns(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}: found a folder, expected a file")


# Stray I- tags and IOB1

STRAY = ("中 国 人\n好\n李 娜\n", "B-LOC O I-PER\nO\nI-PER I-PER\n")
IOB1 = ("中 美 两 国\n李 娜\n", "I-LOC B-LOC O O\nI-PER I-PER\n")
IOB1_CONVERTED = [["B-LOC", "B-LOC", "O", "O"], ["B-PER", "I-PER"]]


def test_repair_turns_stray_i_into_b_and_counts_them_in_the_log(tmp_path, log):
    write_lines(tmp_path, *STRAY)
    repaired = read_pair(tmp_path, repair_tags=True)
    assert [item.tags for item in repaired] == [["B-LOC", "O", "B-PER"], ["O"], ["B-PER", "I-PER"]]
    assert log.messages == [f"{tmp_path}: 2 tags that contradicted their scheme, repaired"]


def test_repair_leaves_valid_tags_and_the_log_alone(tmp_path, log):
    write_pair(tmp_path, EXAMPLE_SENTENCES)
    assert read_pair(tmp_path, repair_tags=True) == EXAMPLE_SENTENCES
    assert not log.messages


@pytest.mark.parametrize("scheme", ["auto", "iob1"])
def test_iob1_is_converted_and_the_log_says_so(tmp_path, log, scheme):
    write_lines(tmp_path, *IOB1)
    sentences = read_pair(tmp_path, scheme=scheme)
    assert [sentence.tags for sentence in sentences] == IOB1_CONVERTED
    assert log.messages == [f"{tmp_path}: IOB1 tags, converted to IOB2"]


def test_iob1_is_converted_in_columns_too(tmp_path, log):
    path = tmp_path / "raw"
    path.write_bytes("中\tI-LOC\n美\tB-LOC\n两\tO\n国\tO\n\n李\tI-PER\n娜\tI-PER\n".encode())
    assert [sentence.tags for sentence in read_columns(path)] == IOB1_CONVERTED
    assert f"{path}: IOB1 tags" in log.text


def test_iob1_is_refused_where_iob2_was_asked_for(tmp_path):
    write_lines(tmp_path, *IOB1)
    with pytest.raises(CorpusError, match=r"tags.txt:1 \(token 1\): found I-LOC at the start"):
        read_pair(tmp_path, scheme="iob2")


def test_one_b_after_o_in_the_whole_file_speaks_against_iob1(tmp_path, log):
    write_lines(tmp_path, IOB1[0] + "到 京\n", IOB1[1] + "O B-LOC\n")
    with pytest.raises(CorpusError, match="I-LOC at the start of the sentence") as caught:
        read_pair(tmp_path)
    assert "scheme iob1" in str(caught.value)
    assert not log.messages


def test_iob2_is_not_taken_for_iob1(tmp_path, log):
    write_lines(tmp_path, "中 美\n李 娜\n", "B-LOC B-LOC\nB-PER I-PER\n")
    tags = [sentence.tags for sentence in read_pair(tmp_path)]
    assert tags == [["B-LOC", "B-LOC"], ["B-PER", "I-PER"]]
    assert not log.messages


@PROPERTY
@given(st.lists(valid_tags().filter(bool), min_size=1, max_size=5))
def test_a_file_in_iob1_reads_like_the_same_file_in_iob2(rows):
    iob2 = [Sentence(["字"] * len(tags), tags) for tags in rows]
    iob1 = []
    for sentence in iob2:
        tags = []
        for before, tag in zip(["O", *sentence.tags], sentence.tags, strict=False):
            apart = tag != "O" and before[1:] != tag[1:]
            tags.append("I" + tag[1:] if apart else tag)
        iob1.append(Sentence(sentence.tokens, tags))
    with tempfile.TemporaryDirectory() as folder:
        write_pair(Path(folder), iob1)
        assert read_pair(Path(folder)) == iob2
        assert read_columns(write_columns(Path(folder) / "raw", iob1)) == iob2


# Writing


def test_write_pair_writes_one_sentence_a_line_with_lf(tmp_path):
    write_pair(tmp_path, [Sentence(["中", "\u3000"], ["B-LOC", "O"]), Sentence(["好"], ["O"])])
    assert (tmp_path / "sentences.txt").read_bytes() == "中 \u3000\n好\n".encode()
    assert (tmp_path / "tags.txt").read_bytes() == b"B-LOC O\nO\n"


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        pytest.param(Sentence(["中", ""], ["O", "O"]), "the token ''", id="an empty token"),
        pytest.param(Sentence(["a b"], ["O"]), "the token 'a b'", id="a space in a token"),
        pytest.param(Sentence(["a\nb"], ["O"]), r"the token 'a\nb'", id="a line feed"),
        pytest.param(Sentence(["中", "\r"], ["O", "O"]), r"the token '\r'", id="a carriage return"),
        pytest.param(Sentence([], []), "0 tokens and 0 tags", id="no tokens"),
        pytest.param(Sentence(["中", "国"], ["O"]), "2 tokens and 1 tags", id="too few tags"),
    ],
)
def test_write_pair_refuses_what_could_not_be_read_back(tmp_path, sentence, found):
    with pytest.raises(CorpusError) as caught:
        write_pair(tmp_path, [EXAMPLE_SENTENCES[0], sentence])
    assert str(caught.value).startswith(f"sentence 1: found {found}, expected ")


@PROPERTY
@given(any_sentences(1))
def test_write_pair_then_read_pair_is_the_identity(sentences):
    with tempfile.TemporaryDirectory() as folder:
        write_pair(Path(folder), sentences)
        assert read_pair(Path(folder)) == sentences


@pytest.mark.parametrize("token", ODD_TOKENS, ids=ascii)
def test_an_odd_character_at_either_end_of_a_file_comes_back(tmp_path, token):
    sentences = [Sentence([token, "中"], ["O", "O"]), Sentence(["国", token], ["O", "B-LOC"])]
    write_pair(tmp_path, sentences)
    assert read_pair(tmp_path) == sentences


@PROPERTY
@given(any_pair(), st.sampled_from(["auto", "iob1", "iob2"]), st.booleans())
def test_whatever_the_bytes_read_pair_returns_sound_sentences_or_refuses(files, scheme, repair):
    with tempfile.TemporaryDirectory() as name:
        folder = write_lines(Path(name), *files)
        found, message = outcome(read_pair, folder, scheme=scheme, repair_tags=repair)
        if found is None:
            places = (
                f"{folder}/sentences.txt:",
                f"{folder}/tags.txt:",
                f"{folder}: found no sentence",
            )
            assert message.startswith(places)
        else:
            assert_sound(found)


@PROPERTY
@given(any_columns(), st.sampled_from(["auto", "iob1", "iob2"]), st.booleans())
def test_whatever_the_bytes_what_read_columns_returns_can_be_written_and_read_back(
    data, scheme, repair
):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "raw"
        path.write_bytes(data)
        found, message = outcome(read_columns, path, scheme=scheme, repair_tags=repair)
        if found is None:
            assert message.startswith(f"{path}:")
        else:
            assert_sound(found)
            write_pair(folder, found)
            assert read_pair(folder) == found


@PROPERTY
@given(any_bytes())
def test_whatever_the_bytes_read_labels_returns_a_label_list_or_refuses(data):
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "tags.txt"
        path.write_bytes(data)
        labels, message = outcome(read_labels, path)
        if labels is None:
            assert message.startswith(f"{path}:")
        else:
            assert labels[0] == "O"
            assert len(labels) == len(set(labels))


# Label lists


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        pytest.param("".join(f"{tag}\n" for tag in MSRA_LABELS), MSRA_LABELS, id="the usual file"),
        pytest.param("\n".join(reversed(MSRA_LABELS)), MSRA_LABELS, id="another order"),
        pytest.param("\ufeffI-LOC\r\n\r\nB-LOC\r\n", ("O", "B-LOC", "I-LOC"), id="BOM and CRLF"),
        pytest.param("B-LOC\n", ("O", "B-LOC", "I-LOC"), id="O and I left out"),
        pytest.param(
            "B-TIME\nB-GPE\nI-TIME\n",
            ("O", "B-TIME", "I-TIME", "B-GPE", "I-GPE"),
            id="foreign types in their order",
        ),
        pytest.param("", ("O",), id="an empty file"),
    ],
)
def test_read_labels(tmp_path, text, labels):
    (tmp_path / "tags.txt").write_bytes(text.encode())
    assert read_labels(tmp_path / "tags.txt") == labels


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        pytest.param("O\nPER\n", 2, "the tag 'PER'", id="a type without a prefix"),
        pytest.param("O\n\nB-PER \n", 3, "the tag 'B-PER '", id="a space after a tag"),
        pytest.param("B-PER I-PER O\n", 1, "'B-PER I-PER O'", id="the tags of a split"),
    ],
)
def test_read_labels_refuses(tmp_path, text, line, found):
    path = tmp_path / "tags.txt"
    path.write_bytes(text.encode())
    with pytest.raises(CorpusError, match="which is not O, B-TYPE or I-TYPE") as caught:
        read_labels(path)
    assert str(caught.value).startswith(f"{path}:{line}: found ")
    assert found in str(caught.value)


def test_read_labels_names_a_missing_file(tmp_path):
    with pytest.raises(CorpusNotFoundError, match=r"tags.txt: no such file"):
        read_labels(tmp_path / "tags.txt")


@pytest.mark.parametrize(
    ("tags", "labels"),
    [
        pytest.param([], ("O",), id="no sentence"),
        pytest.param(
            ["O", "B-LOC", "B-PER"], ("O", "B-PER", "I-PER", "B-LOC", "I-LOC"), id="types of MSRA"
        ),
        pytest.param(
            ["B-TIME", "B-GPE", "B-PER"],
            ("O", "B-GPE", "I-GPE", "B-PER", "I-PER", "B-TIME", "I-TIME"),
            id="foreign types in alphabetical order",
        ),
    ],
)
def test_labels_of_sentences(tags, labels):
    assert collect_labels([Sentence([tag], [tag]) for tag in tags]) == labels


@pytest.mark.parametrize("split", ["test", "val"])
def test_the_real_corpus_comes_back_byte_for_byte(tmp_path, split):
    folder = msra_folder()
    labels = read_labels(folder / "tags.txt")
    assert labels == MSRA_LABELS
    write_pair(tmp_path, read_pair(folder / split, scheme="iob2", labels=labels))
    for name in ("sentences.txt", "tags.txt"):
        assert (tmp_path / name).read_bytes() == (folder / split / name).read_bytes()
