"""Label Studio: both exports, several annotators, what is no span, and back again."""

import json

import pytest
from helpers.builders import PROPERTY
from helpers.corpora import read_documents, write_split
from helpers.strategies import documents
from hypothesis import given

from msra_ner.corpus import ReadOptions, open_corpus
from msra_ner.corpus.documents import Document, Span
from msra_ner.errors import CorpusError

# As Label Studio 1.x writes it; 😀 is two units of UTF-16.
TEXT = "😀周敏在苏州。"
PERSON = {"start": 2, "end": 4, "text": "周敏", "labels": ["PER"]}
PLACE = {"start": 5, "end": 7, "text": "苏州", "labels": ["LOC"]}
SPANS = (Span(1, 3, "PER"), Span(4, 6, "LOC"))


def result(value, **more):
    names = {"from_name": "label", "to_name": "text", "type": "labels", "origin": "manual"}
    return {"id": "a", **names, "value": value, **more}


def task(*annotations, data=None, **more):
    base = {"id": 1, "data": data or {"text": TEXT}, "predictions": [], "meta": {}, "project": 1}
    found = [{"id": 7, "was_cancelled": False, "ground_truth": False, **a} for a in annotations]
    return {**base, "annotations": found, **more}


def read(tmp_path, items, **options):
    path = tmp_path / "train.json"
    path.write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")
    corpus = open_corpus(path, ReadOptions(**options))
    assert corpus.splits["train"].format.name == "label-studio"
    return list(corpus.splits["train"].documents())


BOTH = {"result": [result(PERSON), result(PLACE)]}


def test_a_task_is_a_text_with_its_spans(tmp_path):
    assert read(tmp_path, [task(BOTH)]) == [Document(TEXT, SPANS)]
    # Without the text beside a span, it counts as Label Studio does.
    bare = [result({k: v for k, v in value.items() if k != "text"}) for value in (PERSON, PLACE)]
    assert read(tmp_path, [task({"result": bare})]) == [Document(TEXT, SPANS)]


def test_json_min_too_with_no_key_where_nothing_is_marked(tmp_path):
    more = {"id": 1, "annotator": 1, "annotation_id": 7, "created_at": "", "updated_at": ""}
    items = [{"text": TEXT, "label": [PERSON, PLACE], **more}, {"text": "今天下雨", **more}]
    assert read(tmp_path, items) == [Document(TEXT, SPANS), Document("今天下雨", ())]


def test_what_nobody_annotated_is_left_out_and_counted(tmp_path, caplog):
    cancelled = {"result": [result(PERSON)], "was_cancelled": True}
    items = [task(BOTH), task(), task(cancelled), task({"result": []})]
    assert read(tmp_path, items) == [Document(TEXT, SPANS), Document(TEXT, ())]
    assert "2 tasks that nobody annotated left out" in caplog.text


def test_of_several_annotations_one_is_the_truth(tmp_path):
    one = {"result": [result(PERSON)]}
    other = {"result": [result(PLACE), result(PERSON, id="b")]}
    with pytest.raises(CorpusError, match="2 annotations of one task that differ"):
        read(tmp_path, [task(one, BOTH)])
    assert read(tmp_path, [task(one, {**BOTH, "ground_truth": True})])[0].spans == SPANS
    assert len(read(tmp_path, [task(BOTH, other)])[0].spans) == 2, "the same in another order"


def test_other_results_are_counted(tmp_path, caplog):
    choice = result({"choices": ["news"]}, type="choices")
    relation = {"from_id": "a", "to_id": "b", "type": "relation"}
    found = read(tmp_path, [task({"result": [result(PERSON), choice, relation]})])
    assert found[0].spans == SPANS[:1]
    assert "1 results that are no spans (choices" in caplog.text
    assert "1 results that are no spans (relations" in caplog.text


@pytest.mark.parametrize(
    ("item", "says"),
    [
        (task({"result": [result({**PERSON, "end": 5})]}), "'周敏在' from 2 to 5 of the text"),
        (task({"result": [result({**PERSON, "start": "/p[1]"})]}), "annotate with <Text>"),
        (task({"result": [result({**PERSON, "labels": [1]})]}), "a list of labels"),
        (task(BOTH, data={"a": TEXT, "b": TEXT}), "column text=KEY"),
        (task(BOTH, data={"a": 1}), "texts under no key"),
        (task({"result": None}), 'a list under "result"'),
        (task({"result": []}, data={"text": "a\0b"}), "a NUL character"),
    ],
)
def test_what_is_wrong_names_the_task(tmp_path, item, says):
    with pytest.raises(CorpusError, match=r"train\.json:1: .*") as caught:
        read(tmp_path, [item])
    assert says in str(caught.value)


def test_the_text_may_be_named(tmp_path):
    item = task(BOTH, data={"title": "新闻", "body": TEXT})
    assert read(tmp_path, [item], column="text=body") == [Document(TEXT, SPANS)]


@PROPERTY
@given(documents())
def test_texts_come_back_the_same(tmp_path_factory, items):
    folder = write_split(tmp_path_factory.mktemp("ls") / "in", "label-studio", items)
    assert read_documents(folder) == items
