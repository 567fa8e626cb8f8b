"""A small corpus of one split, as bytes, in each format that is only read."""

from msra_ner.corpus.formats.catalogue import FORMATS

_WEBANNO = """#FORMAT=WebAnno TSV 3.2
#T_SP=de.dkpro.core.api.ner.type.NamedEntity|value


#Text=周敏在苏州。
1-1\t0-2\t周敏\tPER\t
1-2\t2-3\t在\t_\t
1-3\t3-5\t苏州\tLOC\t
1-4\t5-6\t。\t_\t

#Text=无
2-1\t7-8\t无\t_\t
"""
_TEXTS = {
    "people-daily": "19980101-01-001-001/m  [中央/n 电台/n]nt  江/nr  泽民/nr  在/p  北京/ns\n",
    "table": "word,tag,sentence\n周,B-PER,1\n敏,I-PER,1\n无,O,2\n",
    "webanno": _WEBANNO,
    "pipes": "高血压患者头痛。|||0    2    dis|||5    6    sym|||\n无|||\n",
}


def _make_doc_bin() -> bytes:
    """Return two texts with entities; nothing where there is no spaCy."""
    try:
        import spacy
        from spacy.tokens import Doc, DocBin, Span
    except ImportError:
        return b""
    doc = Doc(spacy.blank("xx").vocab, list("周敏在苏州"), [False] * 5)
    doc.ents = [Span(doc, 0, 2, "PER"), Span(doc, 3, 5, "LOC")]
    return DocBin(docs=[doc, doc]).to_bytes()


def make_example(format_name: str) -> bytes:
    """Return a file in a format that is only read."""
    if format_name == "doc-bin":
        return _make_doc_bin()
    return _TEXTS[format_name].encode()


READ_ONLY = tuple(name for name, format in FORMATS.items() if format.write is None)
