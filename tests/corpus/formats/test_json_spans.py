"""JSON of texts with spans: what the keys, offsets and ends of other people's files are."""

import json
import re

import pytest
from helpers.builders import PROPERTY
from hypothesis import given, strategies as st

from msra_ner.corpus.documents import Document, Span
from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.formats.json_spans import read_json_spans
from msra_ner.corpus.options import ReadOptions
from msra_ner.errors import CorpusError

TEXT = "胃镜检查提示慢性胃炎"
SPANS = (Span(0, 4, "pro"), Span(6, 10, "dis"))
FIRST, SECOND = TEXT[0:4], TEXT[6:10]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "train.json"


def read(path, data, **options):
    path.write_text(data if isinstance(data, str) else json.dumps(data, ensure_ascii=False))
    return list(read_json_spans(path, ReadOptions(**options)))


CORPORA = {
    "CMeEE": {
        "text": TEXT,
        "entities": [
            {"start_idx": 0, "end_idx": 3, "type": "pro", "entity": FIRST},
            {"start_idx": 6, "end_idx": 9, "type": "dis", "entity": SECOND},
        ],
    },
    "entity_list": {
        "text": TEXT,
        "entity_list": [
            {"entity_index": {"begin": 0, "end": 4}, "entity_type": "pro", "entity": FIRST},
            {"entity_index": {"begin": 6, "end": 10}, "entity_type": "dis", "entity": SECOND},
        ],
    },
    "CCKS": {
        "originalText": TEXT,
        "entities": [
            {"start_pos": 0, "end_pos": 4, "label_type": "pro", "overlap": 0, "mention": FIRST},
            {"start_pos": 6, "end_pos": 10, "label_type": "dis", "overlap": 0, "mention": SECOND},
        ],
    },
    "an unknown key": {
        "text": TEXT,
        "annotations": [
            {"start": 0, "end": 4, "labels": ["pro"], "quote": FIRST},
            {"start": 6, "end": 10, "labels": ["dis"], "quote": SECOND},
        ],
    },
    "lists with texts": {"text": TEXT, "spans": [[0, 3, "pro", FIRST], [6, 9, "dis", SECOND]]},
    "ranges as lists": {
        "text": TEXT,
        "entities": [
            {"span": [0, 4], "type": "pro", "word": FIRST},
            {"span": [6, 10], "type": "dis", "word": SECOND},
        ],
    },
}


@pytest.mark.parametrize("name", CORPORA)
def test_files_of_other_people_are_read(path, name):
    assert read(path, CORPORA[name]) == [Document(TEXT, SPANS)]


@pytest.mark.parametrize("name", CORPORA)
def test_the_entities_are_as_many_as_an_own_count_finds(path, name):
    """Counts the texts of the spans in the raw file, whatever their keys."""
    rows = [CORPORA[name], CORPORA[name]]
    (found, again) = read(path, rows)
    raw = path.read_text()
    assert len(found.spans) + len(again.spans) == len(re.findall(f'"({FIRST}|{SECOND})"', raw))


@pytest.mark.parametrize("name", CORPORA)
def test_ends_that_are_stated_wrongly_never_go_through(path, name):
    inclusive = name in ("CMeEE", "lists with texts")
    wrong = "exclusive" if inclusive else "inclusive"
    fitting = "inclusive" if inclusive else "exclusive"
    with pytest.raises(CorpusError, match=rf"json:1: found .*'{FIRST}'.*ends {fitting}"):
        read(path, CORPORA[name], ends=wrong)


def test_doccano_is_read_with_the_flag_that_it_needs(path):
    row = {"id": 1, "data": TEXT, "label": [[0, 4, "pro"], [6, 10, "dis"]]}
    with pytest.raises(CorpusError, match="ends exclusive"):
        read(path, row)
    assert read(path, row, ends="exclusive") == [Document(TEXT, SPANS)]


def test_the_export_of_doccano_needs_none(path, caplog):
    caplog.set_level("INFO")
    row = {"id": 1, "text": TEXT, "label": [[0, 4, "pro"], [6, 10, "dis"]], "Comments": []}
    assert read(path, row) == [Document(TEXT, SPANS)]
    assert "ends of spans are exclusive, as doccano exports them" in caplog.text


def test_tags_in_one_text_get_their_own_remedy(path):
    with pytest.raises(CorpusError, match="split both into lists: jq"):
        read(path, {"text": "周 敏", "labels": "B-PER I-PER"}, format="json-spans")


def test_a_text_under_another_key_is_named(path):
    row = {"passage": TEXT, "title": "x", "entities": [{"start": 0, "end": 4, "label": "pro"}]}
    with pytest.raises(CorpusError, match="column text=KEY"):
        read(path, row, ends="exclusive")
    options = {"format": "json-spans", "column": "text=passage", "ends": "exclusive"}
    assert read(path, row, **options) == [Document(TEXT, SPANS[:1])]


def test_a_span_with_several_labels_is_as_many_spans(path):
    row = {"text": TEXT, "entities": [{"start": 0, "end": 4, "labels": ["a", "b"], "text": FIRST}]}
    assert read(path, row)[0].spans == (Span(0, 4, "a"), Span(0, 4, "b"))


def test_entity_is_the_type_where_there_is_no_other(path):
    row = {"text": TEXT, "entities": [{"start": 0, "end": 4, "entity": "pro", "word": FIRST}]}
    assert read(path, row)[0].spans == SPANS[:1]


def test_a_string_that_is_no_text_of_its_span_is_not_compared(path):
    spans = [
        {"start": 0, "end": 4, "label": "pro", "text": FIRST, "id": "a1", "note": "unsure"},
        {"start": 6, "end": 10, "label": "dis", "text": SECOND, "id": "a2", "note": SECOND[:2]},
    ]
    assert read(path, {"text": TEXT, "entities": spans}) == [Document(TEXT, SPANS)]


# Offsets


EMOJI = "😀在巴黎和😀苏州"
UNITS = {"characters": "utf-32-le", "utf-16": "utf-16-le", "bytes": "utf-8"}
WIDTHS = {"characters": 4, "utf-16": 2, "bytes": 1}


def measure(text, offsets):
    """Return how many units of a kind a text has."""
    return len(text.encode(UNITS[offsets])) // WIDTHS[offsets]


def write_spans(text, spans, offsets, ends, with_text=True):
    """Return an object whose spans count in some unit."""
    entities = []
    for span in spans:
        start, end = (measure(text[:place], offsets) for place in (span.start, span.end))
        item = {"start": start, "end": end - (ends == "inclusive"), "label": span.type}
        entities.append(item | ({"text": text[span.start : span.end]} if with_text else {}))
    return {"text": text, "entities": entities}


@pytest.mark.parametrize("offsets", UNITS)
@pytest.mark.parametrize("ends", ["exclusive", "inclusive"])
def test_what_offsets_count_is_shown_by_the_texts_beside_them(path, log, offsets, ends):
    document = Document(EMOJI, (Span(2, 4, "LOC"), Span(5, 8, "LOC")))
    assert read(path, write_spans(EMOJI, document.spans, offsets, ends)) == [document]
    assert f"ends of spans are {ends}" in log.messages[0]
    assert (f"offsets count {offsets}" in log.messages[0]) == (offsets != "characters")


@pytest.mark.parametrize("offsets", UNITS)
def test_what_offsets_count_is_asked_where_it_matters(path, offsets):
    document = Document(EMOJI, (Span(2, 4, "LOC"), Span(5, 8, "LOC")))
    row = write_spans(EMOJI, document.spans, offsets, "exclusive", with_text=False)
    with pytest.raises(CorpusError, match=r"json:1: found spans without .*offsets utf-16"):
        read(path, row, ends="exclusive")
    assert read(path, row, ends="exclusive", offsets=offsets) == [document]


@PROPERTY
@given(data=st.data())
def test_offsets_of_any_kind_mean_the_same_spans(data, tmp_path_factory):
    text = data.draw(st.text("a😀中é", min_size=1, max_size=8))
    places = st.integers(0, len(text))
    pairs = data.draw(st.lists(st.tuples(places, places).map(sorted), max_size=4))
    spans = tuple(Span(start, end, "X") for start, end in pairs if start < end)
    offsets, ends = (
        data.draw(st.sampled_from([*UNITS])),
        data.draw(st.sampled_from(["exclusive", "inclusive"])),
    )
    path = tmp_path_factory.mktemp("spans") / "train.json"
    row = write_spans(text, spans, offsets, ends)
    # With the flags it is always right; without, wherever the texts leave no other reading.
    assert read(path, row, offsets=offsets, ends=ends) == [Document(text, spans)]
    try:
        (found,) = read(path, row)
    except CorpusError:
        return
    assert [text[span.start : span.end] for span in found.spans] == [
        text[span.start : span.end] for span in spans
    ]


# Files


def test_an_array_and_objects_over_several_lines_are_read_like_lines(path):
    rows = [CORPORA["CMeEE"], CORPORA["CCKS"] | {"text": TEXT}]
    expected = [Document(TEXT, SPANS)]
    for text in (
        json.dumps(rows[:1]),
        json.dumps(rows[:1], indent=1),
        json.dumps(rows[0], indent=2, ensure_ascii=False),
    ):
        assert read(path, text) == expected


def test_an_array_longer_than_a_line_may_be_is_read(path):
    rows = [{"text": TEXT * 1000, "entities": []}] * 500
    text = json.dumps(rows, ensure_ascii=False)
    assert len(text.encode()) > 4 << 20
    assert len(read(path, text)) == 500


def test_what_spacy_trains_on_is_read(path):
    rows = [[TEXT, {"entities": [[0, 4, "pro"], [6, 10, "dis"]]}], [FIRST, {"entities": []}]]
    assert read(path, rows, ends="exclusive") == [Document(TEXT, SPANS), Document(FIRST, ())]


def test_an_object_without_the_spans_of_the_others_is_refused(path):
    rows = [CORPORA["CMeEE"], {"text": TEXT, "notes": []}]
    with pytest.raises(CorpusError, match=r"json:1 \(item 2\): found the keys 'text, notes'"):
        read(path, rows)


def test_an_unknown_key_may_hold_no_spans_where_it_does_elsewhere(path, log):
    rows = [{"text": FIRST, "annotations": []}, CORPORA["an unknown key"]]
    assert read(path, rows) == [Document(FIRST, ()), Document(TEXT, SPANS)]
    assert f"{path}: spans read from: annotations" in log.messages


@pytest.mark.parametrize(
    ("item", "left_out"),
    [
        ({"text": TEXT}, True),
        ({"text": TEXT, "id": 3, "source": "web"}, True),
        ({"originalText": TEXT}, True),
        ({"text": TEXT, "annotations": []}, False),
        ({"text": TEXT, "ners": "0 4 pro"}, False),
        ({"text": TEXT, "marks": {"pro": [FIRST]}}, False),
    ],
)
def test_only_texts_without_anything_that_may_be_labels_are_unlabelled(tmp_path, item, left_out):
    for name, row in (("train", CORPORA["CMeEE"]), ("test", item)):
        (tmp_path / f"{name}.json").write_text(json.dumps(row))
    if left_out:
        assert list(open_corpus(tmp_path).splits) == ["train"]
    else:
        with pytest.raises(CorpusError, match=r"test\.json:1: found the keys"):
            list(open_corpus(tmp_path).splits["test"].sentences())
