"""spaCy's DocBin: entities, groups of spans, and what is no such file."""

import pytest
from helpers.corpora import read_documents

spacy = pytest.importorskip("spacy", reason="needs spacy (pip install .[spacy])")
from spacy.tokens import Doc, DocBin, Span as SpacySpan  # noqa: E402

from msra_ner.corpus import ReadOptions, open_corpus  # noqa: E402
from msra_ner.corpus.documents import Document, Span  # noqa: E402
from msra_ner.errors import CorpusError  # noqa: E402

NLP = spacy.blank("zh")


def make(text, ents=(), **groups):
    doc = Doc(NLP.vocab, list(text), [False] * len(text))
    doc.ents = [SpacySpan(doc, *ent) for ent in ents]
    for name, spans in groups.items():
        doc.spans[name] = [SpacySpan(doc, *span) for span in spans]
    return doc


def read(tmp_path, docs, **options):
    DocBin(docs=docs, store_user_data=True).to_disk(tmp_path / "train.spacy")
    corpus = open_corpus(tmp_path, ReadOptions(**options))
    return list(corpus.splits["train"].documents())


def test_entities_are_spans(tmp_path, caplog):
    caplog.set_level("INFO")
    docs = [make("𠮷敏在苏州", [(0, 2, "PER"), (3, 5, "LOC")], sc=[(0, 1, "X")]), make("无")]
    spans = (Span(0, 2, "PER"), Span(3, 5, "LOC"))
    assert read(tmp_path, docs) == [Document("𠮷敏在苏州", spans), Document("无", ())]
    assert "groups of spans not read: sc" in caplog.text
    assert read(tmp_path, docs, column="layer=sc")[0].spans == (Span(0, 1, "X"),)


def test_without_entities_the_only_group_is_read_and_of_two_one_is_named(tmp_path):
    overlapping = [(0, 2, "LOC"), (0, 4, "ORG")]
    found = read(tmp_path, [make("北京大学", sc=overlapping)])
    assert found[0].spans == (Span(0, 2, "LOC"), Span(0, 4, "ORG"))
    with pytest.raises(CorpusError, match="column layer=GROUP"):
        read(tmp_path, [make("北京大学", sc=overlapping, other=[])])
    with pytest.raises(CorpusError, match="expected one called none"):
        read(tmp_path, [make("北京大学", sc=overlapping)], column="layer=none")


def test_other_bytes_are_refused_in_one_line(tmp_path):
    (tmp_path / "train.spacy").write_bytes(b"not zlib")
    with pytest.raises(CorpusError, match="bytes that spaCy cannot read") as caught:
        read_documents(tmp_path)
    assert len(str(caught.value).splitlines()) == 1
