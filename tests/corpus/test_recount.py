"""Each reader finds what was put in, by writers that share no code with the readers."""

import csv
import io
import json
import random

import pytest

from msra_ner.corpus import ReadOptions, open_corpus
from msra_ner.corpus.documents import to_sentence
from msra_ner.labels import decode_entities

SURNAMES, PLACES, BODIES = "周王李赵", ["苏州", "北京", "大连湾"], ["新华社", "北京大学"]
FILLERS = ["在", "说，", "今天到", "的记者", "。", "与", "😀", "？"]


def make_rows(number=200, seed=4):
    """Rows of (piece, type or ""): entities and what is between them, never two side by side."""
    chance = random.Random(seed)
    rows = []
    for _ in range(number):
        row = [(chance.choice(FILLERS), "")]
        for _ in range(chance.randint(0, 4)):
            kind = chance.choice(["PER", "LOC", "ORG"])
            name = {
                "PER": chance.choice(SURNAMES) + chance.choice("敏明小红"),
                "LOC": chance.choice(PLACES),
                "ORG": chance.choice(BODIES),
            }[kind]
            row += [(name, kind), (chance.choice(FILLERS), "")]
        rows.append(row)
    return rows


ROWS = make_rows()
PLAIN = [[(piece.replace("😀", "呀"), kind) for piece, kind in row] for row in ROWS]


def list_spans(row):
    """Return (start, end, type, text) of each entity of a row, ends exclusive."""
    spans, position = [], 0
    for piece, kind in row:
        if kind:
            spans.append((position, position + len(piece), kind, piece))
        position += len(piece)
    return spans


def join(row):
    return "".join(piece for piece, _ in row)


def list_tags(row, first="B-", inner="I-"):
    for piece, kind in row:
        for number, char in enumerate(piece):
            yield char, (inner if number else first) + kind if kind else "O"


def as_json(make):
    return "".join(
        json.dumps(make(join(r), list_spans(r)), ensure_ascii=False) + "\n" for r in ROWS
    )


def as_columns(line, rows=ROWS, head="", **tags):
    blocks = (
        "".join(line(n, char, tag) + "\n" for n, (char, tag) in enumerate(list_tags(row, **tags)))
        for row in rows
    )
    return head + "\n".join(blocks)


def wide(text, offset):
    return len(text[:offset].encode("utf-16-le")) // 2


def as_conll_u():
    line = "{}\t{}\t_\t_\t_\t_\t_\t_\t_\tNER={}".format
    return as_columns(lambda n, char, tag: line(n + 1, char, tag)) + "\n"


def as_table():
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["Sentence #", "Word", "POS", "Tag"])
    for number, row in enumerate(ROWS, 1):
        for index, (char, tag) in enumerate(list_tags(row)):
            writer.writerow([f"Sentence: {number}" if not index else "", char, "x", tag])
    return buffer.getvalue()


def as_webanno():
    lines = ["#FORMAT=WebAnno TSV 3.2", "#T_SP=a.NamedEntity|value", ""]
    start, group = 0, 0
    for number, row in enumerate(ROWS, 1):
        text = join(row)
        lines += ["", f"#Text={text}"]
        place, index = 0, 0
        for piece, kind in row:
            group += bool(kind)
            for char in piece:
                index += 1
                end = place + wide(char, 1)
                value = f"{kind}[{group}]" if kind else "_"
                lines.append(f"{number}-{index}\t{start + place}-{start + end}\t{char}\t{value}\t")
                place = end
        start += place + 1
    return "\n".join(lines) + "\n"


def as_people_daily():
    codes = {"PER": "nr", "LOC": "ns", "ORG": "nt", "": "v"}
    return "".join(
        f"19980101-01-{number:03}-001/m  "
        + "  ".join(f"{piece}/{codes[kind]}" for piece, kind in row)
        + "\n"
        for number, row in enumerate(PLAIN, 1)
    )


def as_label_studio(text, spans):
    values = [
        {"start": wide(text, a), "end": wide(text, b), "text": t, "labels": [kind]}
        for a, b, kind, t in spans
    ]
    results = [{"type": "labels", "value": value} for value in values]
    return {"id": 1, "data": {"text": text}, "annotations": [{"result": results}]}


def build_json_files():
    """Return JSON of every kind that people have, by name: file and reading options."""
    return {
        "CLUENER": (as_json(lambda t, s: {"text": t, "label": nest(s)}), {}),
        "CMeEE": (
            as_json(
                lambda t, s: {
                    "text": t,
                    "entities": [
                        {"start_idx": a, "end_idx": b - 1, "type": k, "entity": x}
                        for a, b, k, x in s
                    ],
                }
            ),
            {},
        ),
        "CCKS": (
            as_json(
                lambda t, s: {
                    "originalText": t,
                    "entities": [
                        {"start_pos": a, "end_pos": b, "label_type": k} for a, b, k, _ in s
                    ],
                }
            ),
            {"ends": "exclusive", "offsets": "characters"},
        ),
        "entity_list": (
            as_json(
                lambda t, s: {
                    "text": t,
                    "entity_list": [
                        {"entity_index": {"begin": a, "end": b}, "entity_type": k, "entity": x}
                        for a, b, k, x in s
                    ],
                }
            ),
            {},
        ),
        "doccano": (
            as_json(lambda t, s: {"id": 1, "text": t, "label": [[a, b, k] for a, b, k, _ in s]}),
            {"ends": "exclusive", "offsets": "characters"},
        ),
        "doccano, older": (
            as_json(
                lambda t, s: {
                    "data": t,
                    "labels": [
                        {"start_offset": a, "end_offset": b, "label": k} for a, b, k, _ in s
                    ],
                }
            ),
            {"ends": "exclusive", "offsets": "characters"},
        ),
        "offsets in bytes": (
            as_json(
                lambda t, s: {
                    "text": t,
                    "spans": [
                        {
                            "start": len(t[:a].encode()),
                            "end": len(t[:b].encode()),
                            "label": k,
                            "mention": x,
                        }
                        for a, b, k, x in s
                    ],
                }
            ),
            {},
        ),
        "an array": (
            json.dumps([{"text": join(r), "entities": dicts(list_spans(r))} for r in ROWS]),
            {},
        ),
        "Label Studio": (
            json.dumps([as_label_studio(join(r), list_spans(r)) for r in ROWS]),
            {},
        ),
    }


def dicts(spans):
    return [{"start": a, "end": b, "label": k, "text": x} for a, b, k, x in spans]


def nest(spans):
    label = {}
    for start, end, kind, text in spans:
        label.setdefault(kind, {}).setdefault(text, []).append([start, end - 1])
    return label


def to_bmes(row):
    for piece, kind in row:
        marks = ["S"] if len(piece) == 1 else ["B", *"M" * (len(piece) - 2), "E"]
        for char, mark in zip(piece, marks, strict=True):
            yield char, f"{mark}-{kind}" if kind else "O"


def to_weibo(row):
    """Yield characters, their positions in their words, and tags."""
    positions = [number for piece, _ in row for number in range(len(piece))]
    for (char, tag), number in zip(list_tags(row), positions, strict=True):
        yield char, number, tag


FILES = {
    "columns": ("train.txt", as_columns(lambda n, c, t: f"{c}\t{t}"), {}),
    "counted": ("train.txt", as_columns(lambda n, c, t: f"{n + 1}\t{c}\t{t}"), {}),
    "Weibo": (
        "train.conll",
        "\n".join("".join(f"{c}{n}\t{t}\n" for c, n, t in to_weibo(row)) for row in ROWS),
        {},
    ),
    "IO": ("train.txt", as_columns(lambda n, c, t: f"{c} {t}", first="I-"), {"scheme": "io"}),
    "BMES": (
        "train.bmes",
        "\n".join("".join(f"{c} {t}\n" for c, t in to_bmes(row)) for row in ROWS),
        {},
    ),
    "CoNLL-U": ("train.conllu", as_conll_u(), {}),
    "Kaggle": ("train.csv", as_table(), {}),
    "WebAnno": ("train.tsv", as_webanno(), {}),
    "People's Daily": ("train.txt", as_people_daily(), {}),
    "CHIP": (
        "train.txt",
        "".join(
            f"{join(r)}|||"
            + "".join(f"{a}    {b - 1}    {k}|||" for a, b, k, _ in list_spans(r))
            + "\n"
            for r in ROWS
        ),
        {},
    ),
    "tokens": (
        "train.jsonl",
        "".join(
            json.dumps({"words": [c for c, _ in list_tags(r)], "ner": [t for _, t in list_tags(r)]})
            + "\n"
            for r in ROWS
        ),
        {},
    ),
    **{name: ("train.json", *file) for name, file in build_json_files().items()},
}


@pytest.mark.parametrize("name", FILES)
def test_what_was_put_in_comes_out(tmp_path, name):
    file, text, options = FILES[name]
    (tmp_path / file).write_text(text, encoding="utf-8")
    corpus = open_corpus(tmp_path, ReadOptions(**options))
    found = list(corpus.splits["train"].sentences(corpus.labels))
    rows = PLAIN if name == "People's Daily" else ROWS
    assert ["".join(sentence.tokens) for sentence in found] == [join(row) for row in rows]
    assert [
        [(item.start, item.end, item.type) for item in decode_entities(sentence.tags)]
        for sentence in found
    ] == [[span[:3] for span in list_spans(row)] for row in rows]
    assert sum(len(decode_entities(sentence.tags)) for sentence in found) > 300


def test_spacy_too(tmp_path):
    spacy = pytest.importorskip("spacy", reason="needs spacy (pip install .[spacy])")
    from spacy.tokens import Doc, DocBin

    vocab = spacy.blank("xx").vocab
    docs = []
    for row in ROWS:
        doc = Doc(vocab, list(join(row)), [False] * len(join(row)))
        doc.ents = [doc.char_span(a, b, label=kind) for a, b, kind, _ in list_spans(row)]
        docs.append(doc)
    DocBin(docs=docs).to_disk(tmp_path / "train.spacy")
    found = list(open_corpus(tmp_path).splits["train"].documents())
    assert [[(s.start, s.end, s.type) for s in item.spans] for item in found] == [
        [span[:3] for span in list_spans(row)] for row in ROWS
    ]
    assert [to_sentence(item)[0].tokens for item in found] == [list(join(row)) for row in ROWS]
