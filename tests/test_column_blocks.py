import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from builders import (
    EXAMPLE_SENTENCES,
    PROPERTY,
    any_tags,
    marked,
    msra_folder,
    read_columns,
    valid_tags,
    write_columns,
)
from hypothesis import given
from hypothesis import strategies as st

from msra_ner import column_blocks
from msra_ner.column_blocks import OddFileError, read_blocks, survey_blocks
from msra_ner.columns import read_columns as read_lines
from msra_ner.corpus import Sentence
from msra_ner.corpus_split import Split
from msra_ner.errors import CorpusError
from msra_ner.forms import FORMS
from msra_ner.labels import label_list
from msra_ner.read_options import ReadOptions
from msra_ner.schemes import encode_scheme, survey

LABELS = label_list(["PER", "ORG", "LOC", "GEO-POL"])


def in_blocks(path, **options):
    """Return the sentences of a file read in blocks, or None where it cannot be."""
    blocks = Split(path, FORMS["columns"], ReadOptions(**options)).blocks(LABELS)
    if blocks is None:
        return None
    found = []
    for block, ids in blocks:
        tokens = block.tokens.to_pylist()
        block.tokens.validate(full=True)
        for start, end in pairwise(block.offsets):
            found.append(Sentence(tokens[start:end], [LABELS[number] for number in ids[start:end]]))
    return found


@pytest.fixture(params=[1, 7, 1 << 20], ids=lambda size: f"{size} bytes at a time")
def block_bytes(request, monkeypatch):
    monkeypatch.setattr(column_blocks, "BLOCK_BYTES", request.param)


@pytest.mark.usefixtures("block_bytes")
def test_sentences_come_in_whole_and_in_order(tmp_path):
    path = write_columns(tmp_path / "train.txt", EXAMPLE_SENTENCES)
    assert in_blocks(path) == EXAMPLE_SENTENCES
    assert survey_blocks(path) == survey(read_lines(path, ReadOptions()))


@pytest.mark.parametrize("scheme", ["iob1", "bioes", "bmes", "bilou"])
def test_other_schemes_become_iob2(tmp_path, scheme):
    rows = [Sentence(item.tokens, encode_scheme(item.tags, scheme)) for item in EXAMPLE_SENTENCES]
    assert in_blocks(write_columns(tmp_path / "train.txt", rows)) == EXAMPLE_SENTENCES


TOKENS = st.sampled_from(["中", "a", "#", "-DOCSTART-", "\u3000", "\u2028", "O", "B-PER", "北京"])
PIECES = ["中", "\t", "\n", "\n\n", "\r\n", " ", "#", "# 1\n", "O", "B-PER", "I-PER", "中\tO\n",
          "国\tB-PER\n", "\ufeff", "\0", "-DOCSTART- O\n", "\tO\n", "中\t\n"]  # fmt: skip


@st.composite
def any_columns(draw):
    """Return the bytes of a file of two columns, as often as not with some damage."""
    rows = draw(st.lists(valid_tags() | any_tags(), min_size=1, max_size=4))
    text = ""
    for tags in rows:
        tokens = draw(st.lists(TOKENS, min_size=len(tags), max_size=len(tags)))
        text += "".join(f"{token}\t{tag}\n" for token, tag in zip(tokens, tags, strict=True)) + "\n"
    data = text.encode()
    for piece in draw(st.lists(st.sampled_from(PIECES), max_size=2)):
        place = draw(st.integers(0, len(data)))
        data = data[:place] + piece.encode() + data[place:]
    return data


def outcome(read, path, **options):
    """Return the sentences that a reader returns, or the message of its refusal."""
    try:
        return read(path, **options)
    except CorpusError as error:
        return str(error)


def in_lines(path, **options):
    """Return the sentences of a file of which no block was looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("msra_ner.corpus_split.columns_are_plain", lambda path, options: False)
        return read_columns(path, labels=LABELS, **options)


@PROPERTY
@given(any_columns(), st.sampled_from([1, 5, 1 << 20]), st.booleans())
def test_whatever_the_file_blocks_say_what_lines_say_or_nothing(data, size, repair):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(column_blocks, "BLOCK_BYTES", size)
        path = Path(folder) / "train.txt"
        path.write_bytes(data)
        lines = outcome(in_lines, path, repair_tags=repair)
        assert outcome(in_blocks, path, repair_tags=repair) in (lines, None)
        assert outcome(read_columns, path, labels=LABELS, repair_tags=repair) == lines


@pytest.mark.parametrize(
    "text",
    ["中\tO\r\n", "中 国\tO\n", "# 1\tO\n", "\ufeff中\tO\n", "-DOCSTART-\tO\n", "中\tO\tO\n",
     "中\n", "中\t\n", "\tO\n", "中\tO\n国\n\n人\tO\tO\n", "\0\tO\n", "\n\n\n"],
    ids=ascii,
)  # fmt: skip
def test_what_is_odd_is_left_to_the_line_reader(tmp_path, text):
    path = tmp_path / "train.txt"
    path.write_bytes(text.encode())
    with pytest.raises(OddFileError):
        list(read_blocks(path))


def test_a_plain_file_is_not_left_to_the_line_reader(tmp_path):
    sentences = [*EXAMPLE_SENTENCES, marked("\u3000[LOC 北京]"), Sentence(["。", "#"], ["O", "O"])]
    assert in_blocks(write_columns(tmp_path / "train.txt", sentences)) == sentences


def test_the_official_test_file_in_blocks_is_that_in_lines():
    path = msra_folder() / "raw" / "msra_test_bio"
    found = in_blocks(path)
    assert found == read_columns(path)
    assert sum(len(sentence.tokens) for sentence in found) == 172_601


def test_label_ids_are_64_bit(tmp_path):
    path = write_columns(tmp_path / "train.txt", EXAMPLE_SENTENCES)
    blocks = Split(path, FORMS["columns"], ReadOptions()).blocks(LABELS)
    assert all(ids.dtype == np.int64 for _, ids in blocks)
