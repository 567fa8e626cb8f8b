"""WebAnno TSV 3: layers, joined and stacked annotations, escapes, UTF-16 offsets."""

import pytest

from msra_ner.corpus import ReadOptions, open_corpus
from msra_ner.corpus.documents import Document, Span
from msra_ner.errors import CorpusError

HEAD = """#FORMAT=WebAnno TSV 3.2
#T_SP=webanno.custom.Lemma|value
#T_SP=de.dkpro.core.api.ner.type.NamedEntity|identifier|value
#T_RL=webanno.custom.Relation|kind|BT_webanno.custom.Lemma

"""
HEAD = HEAD.replace("|identifier|value", "|value|identifier")
BODY = """
#Text=😀周敏在New York。
1-1\t0-2\t😀\t_\t_\t_\t_\t_\t
1-2\t2-4\t周敏\t周\tPER\t_\t_\t_\t
1-3\t4-5\t在\t_\t_\t_\t_\t_\t
1-4\t5-8\tNew\t_\tLOC[1]|ORG\\_X\t_\t_\t_\t
1-5\t9-13\tYork\t_\tLOC[1]\t_\t_\t_\t
1-6\t13-14\t。\t_\t_\t_\t_\t_\t

#Text=A\\tB
2-1\t15-16\tA\t_\t_\t_\t_\t_\t
2-2\t17-18\tB\t_\tPER\t_\t_\t_\t
"""


def read(tmp_path, text, **options):
    path = tmp_path / "train.tsv"
    path.write_text(text, encoding="utf-8")
    split = open_corpus(path, ReadOptions(**options)).splits["train"]
    assert split.format.name == "webanno"
    return list(split.documents())


def test_a_sentence_is_a_text_with_the_spans_of_a_layer(tmp_path, caplog):
    caplog.set_level("INFO")
    spans = (Span(1, 3, "PER"), Span(4, 7, "ORG_X"), Span(4, 12, "LOC"))
    expected = [Document("😀周敏在New York。", spans), Document("A\tB", (Span(2, 3, "PER"),))]
    assert read(tmp_path, HEAD + BODY) == expected
    assert "spans of the layer de.dkpro.core.api.ner.type.NamedEntity" in caplog.text
    assert "layers not read: webanno.custom.Lemma" in caplog.text
    assert read(tmp_path, HEAD + BODY, column="layer=Lemma")[0].spans == (Span(1, 3, "周"),)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("\tPER\t", "\t*\t"), "'*', an annotation without one"),
        (("1-2\t2-4", "1-2\t1-4"), "offsets 1-4"),
        (("\t周\tPER\t_", "\tPER"), "expected a token"),
        (("\tPER\t", "\t_\ufeff\t"), "found the label"),
        (("NamedEntity", "Other"), "--column layer=NAME".replace("--", "")),
    ],
)
def test_what_is_wrong_names_the_line(tmp_path, change, says):
    with pytest.raises(CorpusError, match=r"train\.tsv") as caught:
        read(tmp_path, (HEAD + BODY).replace(*change))
    assert says in str(caught.value)
