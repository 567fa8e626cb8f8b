"""Terms of a user decide about entities, and whatever they change is marked."""

import json
from itertools import pairwise

import pyarrow.parquet as pq
import pytest
from helpers.builders import EXAMPLE_SENTENCES
from hypothesis import given, strategies as st

from msra_ner import Tagger
from msra_ner.cli.entry import main
from msra_ner.errors import ArgumentsError, CorpusError
from msra_ner.inference.dictionary import Dictionary, Term, read_dictionary
from msra_ner.inference.jobs.job import TagJob
from msra_ner.inference.jobs.plan import plan_job
from msra_ner.labels import Entity, decode_entities, label_list

TEXTS = ["".join(sentence.tokens) for sentence in EXAMPLE_SENTENCES]
TYPES = ["PER", "ORG", "LOC"]
LABELS = label_list(TYPES)


def make(*terms, labels=LABELS):
    return Dictionary([Term(*term) for term in terms], list, labels)


def read(folder, text):
    file = folder / "terms.tsv"
    file.write_text(text, encoding="utf-8")
    return read_dictionary(file)


def test_a_line_is_text_type_and_rule(tmp_path):
    terms = read(tmp_path, "张江高科\tORG\n\n长江\tPER\tnever\n 小米 \tORG\tmay\n小米\tLOC\tmay\n")
    assert [(term.text, term.type, term.rule) for term in terms] == [
        ("张江高科", "ORG", "must"),
        ("长江", "PER", "never"),
        ("小米", "ORG", "may"),
        ("小米", "LOC", "may"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("长江\n", "terms.tsv:1: found '长江'; expected a text, a tab, a type"),
        ("a\tPER\n\tLOC\n", "terms.tsv:2: found"),
        ("长江\tLOC\tmaybe\n", "one of must, may, never"),
        ("长江\tLOC\tmay\tx\n", "expected a text"),
        ("长江\tLOC\n长江\tLOC\tnever\n", "terms.tsv:2: found never .* must as in .*terms.tsv:1"),
    ],
)
def test_a_line_that_is_none_is_refused(tmp_path, text, said):
    with pytest.raises(CorpusError, match=said):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ([("王", "PRE")], r"the type 'PRE'; expected one of the model's, such as PER"),
        ([("王", "*")], r"the type '\*'"),
        ([("王", "PER", "Never")], "the rule 'Never'; expected one of must, may, never"),
        ([("长江", "LOC"), ("长江", "PER")], r"must PER and must LOC \(a term\); expected one"),
        ([("长江", "LOC"), ("长江", "LOC", "may")], "may LOC and must LOC"),
        ([("长江", "LOC"), ("长江", "*", "never")], r"never \* and must LOC"),
        ([("长江", "*", "never"), ("长江", "LOC", "may")], r"may LOC and never \*"),
        ([("", "LOC")], "no character that the model reads"),
    ],
)
def test_terms_that_cannot_be_are_refused(terms, said):
    with pytest.raises(ArgumentsError, match=said):
        make(*terms)


def test_a_type_without_an_inside_label_has_no_long_entities():
    with pytest.raises(ArgumentsError, match=r"2 tokens; expected one: .* no label I-LOC"):
        make(("北京", "LOC"), labels=["O", "B-LOC"])
    assert make(("京", "LOC"), ("北京", "LOC", "never"), labels=["O", "B-LOC"])


@pytest.mark.parametrize(
    ("text", "found", "terms", "kept", "removed"),
    [
        ("在张江", [], [("张江", "LOC")], [(1, 3, "LOC", "must")], []),
        ("在张江", [(1, 3, "LOC")], [("张江", "LOC")], [(1, 3, "LOC", "")], []),
        (
            "在张江",
            [(1, 3, "PER")],
            [("张江", "LOC")],
            [(1, 3, "LOC", "must")],
            [(1, 3, "PER", "must")],
        ),
        # A part of a longer name stays one; what a term cuts in two goes.
        ("北京大学", [(0, 4, "ORG")], [("北京", "LOC")], [(0, 4, "ORG", "")], []),
        (
            "南京市长江大桥",
            [(2, 5, "PER")],
            [("南京市", "LOC"), ("长江大桥", "LOC")],
            [(0, 3, "LOC", "must"), (3, 7, "LOC", "must")],
            [(2, 5, "PER", "must")],
        ),
        # The longest term wins.
        ("北京大学", [], [("北京", "LOC"), ("北京大学", "ORG")], [(0, 4, "ORG", "must")], []),
        ("长江", [(0, 2, "PER")], [("长江", "PER", "never")], [], [(0, 2, "PER", "never")]),
        ("长江", [(0, 2, "LOC")], [("长江", "PER", "never")], [(0, 2, "LOC", "")], []),
        ("长江", [(0, 2, "LOC")], [("长江", "*", "never")], [], [(0, 2, "LOC", "never")]),
        (
            "小米",
            [(0, 2, "PER")],
            [("小米", "ORG", "may"), ("小米", "LOC", "may")],
            [(0, 2, "ORG", "may")],
            [(0, 2, "PER", "may")],
        ),
        ("小米", [(0, 2, "LOC")], [("小米", "LOC", "may")], [(0, 2, "LOC", "")], []),
        ("小米", [], [("小米", "ORG", "may")], [], []),
    ],
)
def test_the_rules(text, found, terms, kept, removed):
    result = make(*terms).apply(list(text), [Entity(*item) for item in found])
    assert [
        [(item.entity.start, item.entity.end, item.entity.type, item.rule) for item in side]
        for side in result
    ] == [kept, removed]


@given(
    text=st.text("ab", max_size=12),
    tags=st.lists(st.sampled_from(["O", "B-PER", "I-PER", "B-LOC"]), min_size=12, max_size=12),
    terms=st.dictionaries(
        st.text("ab", min_size=1, max_size=4), st.sampled_from(TYPES), max_size=4
    ),
)
def test_no_two_entities_overlap_and_every_change_is_marked(text, tags, terms):
    tags = tags[: len(text)]
    entities = decode_entities(
        [tag if not tag.startswith("I") or n else "O" for n, tag in enumerate(tags)]
    )
    kept, removed = make(*terms.items()).apply(list(text), entities)
    spans = [(item.entity.start, item.entity.end) for item in kept]
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    unchanged = {item.entity for item in kept if not item.rule}
    assert unchanged | {item.entity for item in removed} == set(entities)
    for term in terms:
        for start in range(len(text) - len(term) + 1):
            if text.startswith(term, start):
                assert any(a < start + len(term) and start < b for a, b in spans)


def find_free(tagger, text):
    """Return a character that is no entity by itself, however often it stands there."""
    entities = {entity.text for entity in tagger(text)}
    return next(char for char in text if char not in entities and text.count(char) == 1)


def test_a_tagger_marks_what_the_dictionary_says(tiny_encoder):
    plain = Tagger.from_pretrained(tiny_encoder)
    found = next(row for row in plain(TEXTS) if row)
    terms = [Term(entity.text, "*", "never") for entity in found]
    free = find_free(plain, found.text)
    tagger = Tagger.from_pretrained(tiny_encoder, dictionary=[*terms, Term(free, "A")])
    (ruled,) = tagger([found.text])
    assert [(item.text, item.rule) for item in ruled] == [(free, "must")]
    assert 0 <= ruled[0].score < 1, "the score is the model's"
    assert [(item.text, item.score) for item in ruled.removed] == [
        (item.text, item.score) for item in found
    ]
    assert {item.rule for item in ruled.removed} == {"never"}
    (tags,) = tagger.tag_tokens([list(found.text)])
    assert len(decode_entities(tags)) == 1


@pytest.mark.parametrize("longer", [False, True], ids=["the very entity", "in a longer one"])
def test_a_lowest_score_does_not_drop_what_must_be(tiny_encoder, longer):
    plain = Tagger.from_pretrained(tiny_encoder)
    entity = next(item for row in plain(TEXTS) for item in row if not longer or len(item.text) > 1)
    text = next(text for text in TEXTS if entity in plain(text))
    must = entity.text[:-1] if longer else entity.text
    terms = [Term(must, entity.type)]
    (found,) = Tagger.from_pretrained(tiny_encoder, min_score=1, dictionary=terms)([text])
    assert {(item.text, item.rule) for item in found} == {(must, "must")}
    assert found.removed == []


def test_predict_writes_the_rules(tiny_encoder, tmp_path, capsys):
    plain = Tagger.from_pretrained(tiny_encoder)
    found = next(row for row in plain(TEXTS) if row)
    text, free = found.text, find_free(plain, found.text)
    terms, texts = tmp_path / "terms.tsv", tmp_path / "texts.txt"
    texts.write_text(f"{text}\n", encoding="utf-8")
    lines = [*{f"{entity.text}\t*\tnever\n" for entity in found}, f"{free}\tA\n"]
    terms.write_text("".join(lines), encoding="utf-8")
    flags = [str(tiny_encoder), str(texts), "--dictionary", str(terms)]
    assert main(["predict", *flags]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [item["rule"] for item in printed["entities"] if item["text"] == free] == ["must"]
    for name in ("out.jsonl", "out.parquet"):
        assert main(["predict", *flags, "--output", str(tmp_path / name)]) == 0
    written = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert written == printed
    (row,) = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [item["rule"] or "" for item in row["entities"]] == [
        item.get("rule", "") for item in printed["entities"]
    ]
    assert len(row["entities_removed"]) == len(printed["entities_removed"]) == len(found)


def test_a_job_with_another_dictionary_is_another_job(tiny_encoder, tmp_path):
    file = tmp_path / "texts.txt"
    file.write_text("\n".join(TEXTS), encoding="utf-8")
    jobs = [
        TagJob(str(tiny_encoder), [str(file)], tmp_path / "out.jsonl", dictionary=terms)
        for terms in (None, [Term("王", "A")], [Term("王", "A", "never")])
    ]
    records = [plan_job(job).record["dictionary"] for job in jobs]
    assert len(set(records)) == 3
