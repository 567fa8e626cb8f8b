"""CHIP's lines of texts and spans between |||."""

import pytest

from msra_ner.corpus import ReadOptions, open_corpus
from msra_ner.corpus.documents import Document, Span
from msra_ner.errors import CorpusError

LINES = "高血压患者头痛。|||0    2    dis|||5\t6\tsym|||\n\n无。|||\n"


def read(tmp_path, text, **options):
    path = tmp_path / "train.txt"
    path.write_text(text, encoding="utf-8")
    split = open_corpus(path, ReadOptions(**options)).splits["train"]
    assert split.format.name == "pipes"
    return list(split.documents())


def test_ends_are_the_last_character_as_chip_has_them(tmp_path, caplog):
    caplog.set_level("INFO")
    found = read(tmp_path, LINES)
    spans = (Span(0, 3, "dis"), Span(5, 7, "sym"))
    assert found == [Document("高血压患者头痛。", spans), Document("无。", ())]
    assert [document.location[-1] for document in found] == ["1", "3"]
    assert "ends of spans are inclusive, as CHIP has them" in caplog.text
    assert read(tmp_path, LINES, ends="exclusive")[0].spans[0] == Span(0, 2, "dis")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("头痛|||0 x sym|||", "'0 x sym' between |||"),
        ("头痛|||0 2 sym|||", "a span from 0 to 3 in a text of 2"),
        ("头痛 0 1 sym", "no ||| in"),
    ],
)
def test_what_is_wrong_names_the_line(tmp_path, line, says):
    with pytest.raises(CorpusError) as caught:
        read(tmp_path, f"{LINES}{line}\n", format="pipes")
    assert "train.txt:4: " in str(caught.value)
    assert says in str(caught.value)
