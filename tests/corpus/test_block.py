import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from helpers.builders import (
    EXAMPLE_SENTENCES,
    PROPERTY,
    any_tags,
    marked,
    msra_folder,
    read_format,
    valid_tags,
    write_columns,
    write_lines,
)
from hypothesis import given, strategies as st

from msra_ner.corpus import lines
from msra_ner.corpus.block import MAX_TAGS, OddFileError, collect_block_transitions
from msra_ner.corpus.formats import columns as column_blocks, pair as pair_blocks
from msra_ner.corpus.formats.catalogue import FORMATS
from msra_ner.corpus.formats.pair import write_pair
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.schemes import collect_transitions, encode_scheme
from msra_ner.corpus.sentence import Sentence
from msra_ner.corpus.split import BLOCK_READERS, open_split
from msra_ner.errors import CorpusError
from msra_ner.labels import label_list

LABELS = label_list(["PER", "ORG", "LOC", "GEO-POL"])
FORMAT_NAMES = sorted(BLOCK_READERS)


def write(format, folder, sentences):
    """Write sentences in a format and return the path of the split."""
    if format == "columns":
        return write_columns(folder / "train.txt", sentences)
    write_pair(folder, sentences)
    return folder


def in_blocks(format, path, **options):
    """Return the sentences of a split read in blocks, or None where it cannot be."""
    blocks = open_split(path, FORMATS[format], ReadOptions(**options)).blocks(LABELS)
    if blocks is None:
        return None
    found = []
    for block, ids in blocks:
        tokens = block.tokens.to_pylist()
        block.tokens.validate(full=True)
        for start, end in pairwise(block.offsets):
            found.append(Sentence(tokens[start:end], [LABELS[number] for number in ids[start:end]]))
    return found


def in_lines(format, path, **options):
    """Return the sentences of a split of which no block was looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("msra_ner.corpus.split.BLOCK_READERS", {})
        return read_format(format, path, labels=LABELS, **options)


def outcome(read, format, path, **options):
    """Return the sentences that a reader returns, or the message of its refusal."""
    try:
        return read(format, path, **options)
    except CorpusError as error:
        return str(error)


def set_block_bytes(patch, size):
    for module in (column_blocks, pair_blocks):
        patch.setattr(module, "BLOCK_BYTES", size)


def assert_blocks_say_what_lines_say_or_nothing(format, path, size, repair):
    with pytest.MonkeyPatch.context() as patch:
        set_block_bytes(patch, size)
        expected = outcome(in_lines, format, path, repair_tags=repair)
        assert outcome(in_blocks, format, path, repair_tags=repair) in (expected, None)
        assert outcome(read_format, format, path, labels=LABELS, repair_tags=repair) == expected


@pytest.fixture(params=[1, 7, 1 << 20], ids=lambda size: f"{size} bytes at a time")
def block_bytes(request, monkeypatch):
    set_block_bytes(monkeypatch, request.param)


@pytest.mark.usefixtures("block_bytes")
@pytest.mark.parametrize("format", FORMAT_NAMES)
def test_sentences_come_in_whole_and_in_order(tmp_path, format):
    path = write(format, tmp_path, EXAMPLE_SENTENCES)
    assert in_blocks(format, path) == EXAMPLE_SENTENCES
    surveyed = collect_block_transitions(BLOCK_READERS[format](path, with_tokens=False))
    assert surveyed == collect_transitions(FORMATS[format].read(path, ReadOptions()))


@pytest.mark.parametrize("format", FORMAT_NAMES)
@pytest.mark.parametrize("scheme", ["iob1", "bioes", "bmes", "bilou"])
def test_other_schemes_become_iob2(tmp_path, format, scheme):
    rows = [Sentence(item.tokens, encode_scheme(item.tags, scheme)) for item in EXAMPLE_SENTENCES]
    assert in_blocks(format, write(format, tmp_path, rows)) == EXAMPLE_SENTENCES


SIZES = st.sampled_from([1, 5, 1 << 20])
TOKENS = st.sampled_from(["中", "a", "#", "-DOCSTART-", "\u3000", "\u2028", "O", "B-PER", "北京"])
COLUMN_DAMAGE = ["中", "\t", "\n", "\n\n", "\r\n", " ", "#", "# 1\n", "O", "B-PER", "I-PER",
                 "中\tO\n", "国\tB-PER\n", "\ufeff", "\0", "-DOCSTART- O\n", "\tO\n",
                 "中\t\n"]  # fmt: skip
PAIR_DAMAGE = ["中", "O", " O", " ", "  ", "\t", "\n", "\n\n", "\r\n", "\r", "O\n", "I-PER ",
               "B-PER", "\ufeff", "\0", "X"]  # fmt: skip
ROWS = st.lists(valid_tags().filter(bool) | any_tags(), min_size=1, max_size=4)


@st.composite
def damaged(draw, text, pieces):
    """Return the bytes of a text, as often as not with some damage, inside a character too."""
    data = text.encode()
    for piece in draw(st.lists(st.sampled_from([*map(str.encode, pieces), b"\xff"]), max_size=2)):
        location = draw(st.integers(0, len(data)))
        data = data[:location] + piece + data[location:]
    return data


@st.composite
def any_columns(draw):
    """Return the bytes of a file of two columns, as often as not with some damage."""
    text = ""
    for tags in draw(ROWS):
        tokens = draw(st.lists(TOKENS, min_size=len(tags), max_size=len(tags)))
        text += "".join(f"{token}\t{tag}\n" for token, tag in zip(tokens, tags, strict=True)) + "\n"
    return draw(damaged(text, COLUMN_DAMAGE))


@st.composite
def any_pair(draw):
    """Return the bytes of both files of a pair, as often as not with some damage."""
    rows = draw(ROWS)
    tokens = [draw(st.lists(TOKENS, min_size=len(tags), max_size=len(tags))) for tags in rows]
    texts = ["\n".join(map(" ".join, side)) + draw(st.sampled_from(["", "\n", "\n\n"]))
             for side in (tokens, rows)]  # fmt: skip
    return [draw(damaged(text, PAIR_DAMAGE)) for text in texts]


@PROPERTY
@given(any_columns(), SIZES, st.booleans())
def test_whatever_the_columns_blocks_say_what_lines_say_or_nothing(data, size, repair):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        path.write_bytes(data)
        assert_blocks_say_what_lines_say_or_nothing("columns", path, size, repair)


@PROPERTY
@given(any_pair(), SIZES, st.booleans())
def test_whatever_the_pair_blocks_say_what_lines_say_or_nothing(files, size, repair):
    with tempfile.TemporaryDirectory() as folder:
        path = write_lines(Path(folder), *files)
        assert_blocks_say_what_lines_say_or_nothing("pair", path, size, repair)


@pytest.mark.parametrize(
    "text",
    ["中\tO\r\n", "中 国\tO\n", "# 1\tO\n", "\ufeff中\tO\n", "-DOCSTART-\tO\n", "中\tO\tO\n",
     "中\n", "中\t\n", "\tO\n", "中\tO\n国\n\n人\tO\tO\n", "\0\tO\n", "\n\n\n"],
    ids=ascii,
)  # fmt: skip
def test_odd_columns_are_left_to_the_line_reader(tmp_path, text):
    path = tmp_path / "train.txt"
    path.write_bytes(text.encode())
    with pytest.raises(OddFileError):
        list(BLOCK_READERS["columns"](path))


@pytest.mark.parametrize(
    ("sentences", "tags"),
    [
        pytest.param("中 国\n", "O\n", id="a tag too few"),
        pytest.param("中\n", "O O\n", id="a tag too many"),
        pytest.param("中 国\n好\n", "O\nO O\n", id="as many tags as tokens, but not in each line"),
        pytest.param("中\n国\n", "O\n", id="a line of tags too few"),
        pytest.param("中\n", "O\nO\n", id="a line of tags too many"),
        pytest.param("中\n", "", id="no tags"),
        pytest.param("中\n\n国\n", "O\n\nO\n", id="an empty line"),
        pytest.param("中\n\n", "O\n", id="an empty line at the end"),
        pytest.param("中  国\n", "O O\n", id="two spaces"),
        pytest.param(" 中\n", "O\n", id="a space at the start"),
        pytest.param("中\n", "O \n", id="a space at the end"),
        pytest.param("中\r\n", "O\r\n", id="CRLF"),
        pytest.param("\ufeff中\n", "O\n", id="a BOM"),
        pytest.param("中\0\n", "O\n", id="NUL"),
        pytest.param(b"\xd6\xd0\n", "O\n", id="GB18030"),
    ],
)
def test_an_odd_pair_is_left_to_the_line_reader(tmp_path, sentences, tags):
    path = write_lines(tmp_path, sentences, tags)
    with pytest.raises(OddFileError):
        list(BLOCK_READERS["pair"](path))


@pytest.mark.parametrize("file", [0, 1])
def test_a_line_too_long_for_the_line_reader_is_odd(tmp_path, monkeypatch, file):
    monkeypatch.setattr(pair_blocks, "MAX_LINE_BYTES", 8)
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 8)
    files = ["中\n中\n", "O\nO\n"]
    files[file] = files[file].replace("\n", "a" * 20 + "\n", 1)
    with pytest.raises(OddFileError):
        list(BLOCK_READERS["pair"](write_lines(tmp_path, *files)))


@pytest.mark.parametrize("format", FORMAT_NAMES)
def test_a_plain_file_is_not_left_to_the_line_reader(tmp_path, format):
    sentences = [*EXAMPLE_SENTENCES, marked("\u3000[LOC 北京]"), Sentence(["。", "#"], ["O", "O"])]
    assert in_blocks(format, write(format, tmp_path, sentences)) == sentences


def test_the_last_line_of_a_pair_may_lack_its_end(tmp_path):
    path = write_lines(tmp_path, "中 国\n好", "O O\nO")
    assert in_blocks("pair", path) == [Sentence(["中", "国"], ["O", "O"]), Sentence(["好"], ["O"])]


@pytest.mark.parametrize(("format", "name"), [("columns", "raw/msra_test_bio"), ("pair", "test")])
def test_the_real_test_split_in_blocks_is_that_in_lines(format, name):
    path = msra_folder() / name
    found = in_blocks(format, path)
    assert found == in_lines(format, path)
    assert sum(len(sentence.tokens) for sentence in found) == 172_601


def test_a_file_of_very_many_tags_is_read_by_line(tmp_path):
    """As many as the wrong column has; tables of tags by tags would fill the memory."""
    types = [f"Q{number}" for number in range(MAX_TAGS)]
    rows = [Sentence(["中", "国"], [f"B-{name}", f"I-{name}"]) for name in types]
    split = open_split(write("columns", tmp_path, rows), FORMATS["columns"], ReadOptions())
    labels = label_list(types)
    assert split.blocks(labels) is None
    assert list(split.sentences(labels)) == rows


@pytest.mark.parametrize("format", FORMAT_NAMES)
def test_label_ids_are_64_bit(tmp_path, format):
    path = write(format, tmp_path, EXAMPLE_SENTENCES)
    blocks = open_split(path, FORMATS[format], ReadOptions()).blocks(LABELS)
    assert all(ids.dtype == np.int64 for _, ids in blocks)
