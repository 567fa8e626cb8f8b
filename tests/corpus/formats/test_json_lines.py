import json

import pytest
from helpers.builders import read_format
from helpers.corpora import read_split

from msra_ner.corpus.documents import Document, Span
from msra_ner.corpus.formats.json_spans import read_json_spans, write_json_spans
from msra_ner.corpus.formats.json_tokens import read_json_tokens, write_json_tokens
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.sentence import Sentence
from msra_ner.errors import CorpusError

TEXT = "浙商银行企业信贷部叶老桂博士"
CLUENER = {
    "text": TEXT,
    "label": {"name": {"叶老桂": [[9, 11]]}, "company": {"浙商银行": [[0, 3]]}},
}
TAGS = ["B-PER", "I-PER", "O"]
SPANS = (Span(9, 12, "name"), Span(0, 4, "company"))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "train.json"


def write(path, *rows):
    text = "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)
    path.write_bytes(text.encode())


def read_spans(path, *rows, **options):
    write(path, *rows)
    return list(read_json_spans(path, ReadOptions(**options)))


def read_tokens(path, *rows, **options):
    write(path, *rows)
    return list(read_json_tokens(path, ReadOptions(**options)))


# Tokens


@pytest.mark.parametrize("key", ["ner_tags", "tags", "labels"])
def test_tags_may_have_each_of_their_names(path, key):
    row = {"id": 7, "tokens": ["中", "国"], key: ["B-LOC", "I-LOC"], "lang": None}
    assert read_tokens(path, row) == [Sentence(["中", "国"], ["B-LOC", "I-LOC"])]


def test_numbers_stand_for_the_names_given(path):
    row = {"tokens": ["中", "国", "好"], "ner_tags": [1, 2, 0]}
    found = read_tokens(path, row, tag_names="O, B-LOC, I-LOC")
    assert found == [Sentence(["中", "国", "好"], ["B-LOC", "I-LOC", "O"])]


def test_blank_lines_a_mark_and_crlf_are_no_rows(path):
    row = json.dumps({"tokens": ["中"], "ner_tags": ["O"]})
    path.write_bytes(f"\ufeff\r\n{row}\r\n \t\r\n\r\n {row}".encode())
    found = read_format("json-tokens", path)
    assert found == [Sentence(["中"], ["O"])] * 2
    assert [item.location for item in found] == [f"{path}:2", f"{path}:5"]


def test_any_token_but_nul_and_nothing_can_stand(path):
    odd = ["\n", "\r\n", " ", "a b", "\u2028", "\u0085", "\ufeff", '"', "\\", "\\n", "😀", "\x7f"]
    sentence = Sentence(odd, ["O"] * len(odd))
    write_json_tokens(path, [sentence, sentence])
    assert read_format("json-tokens", path) == [sentence, sentence]
    write(path, {"tokens": odd, "ner_tags": sentence.tags})  # escaped
    assert read_format("json-tokens", path) == [sentence]


def test_a_pair_of_surrogates_is_a_character(path):
    found = read_tokens(path, r'{"tokens": ["\ud83d\ude00"], "ner_tags": ["O"]}')
    assert found == [Sentence(["😀"], ["O"])]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"tokens": ["a"], "ner_tags": ["O"], "x": "\ud800"}, id="beside the tokens"),
        pytest.param({"tokens": ["\udc00\ud800"], "ner_tags": ["O"]}, id="the wrong way round"),
        pytest.param({"tokens": ["a"], "ner_tags": ["B-\udfff"]}, id="in a tag"),
    ],
)
def test_half_of_a_pair_of_surrogates_is_refused(path, row):
    with pytest.raises(CorpusError, match=r"train.json:1: found half of a surrogate pair"):
        read_tokens(path, row)


# Spans


@pytest.mark.parametrize("key", ["entities", "label", "labels", "spans"])
@pytest.mark.parametrize(
    "span",
    [
        {"start": 9, "end": 12, "label": "name", "text": "叶老桂"},
        {"start_offset": 9, "end_offset": 12, "type": "name", "id": 3},
        {"start_idx": 9, "end_idx": 12, "entity_type": "name"},
        {"begin": 9, "end": 12, "entity": "name", "word": None},
        [9, 12, "name"],
    ],
    ids=["start", "start_offset", "start_idx", "begin", "a list"],
)
def test_spans_may_have_each_of_their_names(path, key, span):
    found = read_spans(path, {"text": TEXT, key: [span]}, ends="exclusive")
    assert found == [Document(TEXT, (Span(9, 12, "name"),))]


def test_the_format_of_cluener_is_read_and_its_ends_found_out(path, log):
    assert read_spans(path, CLUENER) == [Document(TEXT, SPANS)]
    assert log.messages == [f"{path}: ends of spans are inclusive, by the texts beside them"]


def test_one_surface_at_two_places_is_two_spans(path):
    row = {"text": "京到京", "label": {"address": {"京": [[0, 0], [2, 2]]}}}
    assert read_spans(path, row)[0].spans == (Span(0, 1, "address"), Span(2, 3, "address"))


@pytest.mark.parametrize("ends", ["exclusive", "inclusive"])
def test_ends_are_found_out_by_the_texts_beside_them(path, log, ends):
    last = 12 if ends == "exclusive" else 11
    row = {"text": TEXT, "entities": [{"start": 9, "end": last, "label": "name", "text": "叶老桂"}]}
    assert read_spans(path, row)[0].spans == SPANS[:1]
    assert log.messages == [f"{path}: ends of spans are {ends}, by the texts beside them"]


def test_texts_beside_some_spans_tell_for_all(path):
    told = {"start": 9, "end": 11, "label": "name", "text": "叶老桂"}
    bare = {"start": 0, "end": 3, "label": "company"}
    assert read_spans(path, {"text": TEXT, "entities": [told, bare]})[0].spans == SPANS
    assert read_spans(path, {"text": TEXT, "entities": [bare, told]})[0].spans == SPANS[::-1]


def test_a_span_at_the_end_of_the_text_does_not_confuse_the_ends(path):
    row = {"text": "在京", "entities": [{"start": 1, "end": 2, "label": "x", "text": "京"}]}
    assert read_spans(path, row)[0].spans == (Span(1, 2, "x"),)


def test_ends_that_nothing_tells_are_never_guessed(path):
    rows = [{"text": "a", "entities": []}, {"text": TEXT, "entities": [[9, 11, "name"]]}]
    with pytest.raises(CorpusError, match=r"train.json:2: found spans without their text"):
        read_spans(path, *rows)
    assert read_spans(path, *rows, ends="inclusive")[1].spans == SPANS[:1]
    assert read_spans(path, *rows, ends="exclusive")[1].spans == (Span(9, 11, "name"),)


def test_ends_of_both_kinds_in_one_file_are_refused_with_the_line(path):
    row = {"text": TEXT, "entities": [{"start": 9, "end": 12, "label": "name", "text": "叶老桂"}]}
    with pytest.raises(CorpusError, match=r"train.json:3: found '叶老桂博' from 9 to 12"):
        read_spans(path, CLUENER, CLUENER, row)


def test_ends_that_are_stated_must_fit_the_texts(path):
    with pytest.raises(CorpusError, match=r"train.json:1: found '叶老' from 9 to 11 of the text"):
        read_spans(path, CLUENER, ends="exclusive")


def test_keys_that_are_not_read_are_counted_in_the_log(path, log):
    row = {"id": 1, "text": "ab", "entities": [], "label": "politics", "meta": {}}
    read_spans(path, row, {"text": "ab", "entities": [], "id": 2})
    assert log.messages == [f"{path}: not read: id (2), label (1), meta (1)"]


def test_a_label_of_the_whole_text_is_not_taken_for_its_spans(path):
    row = {"text": "ab", "label": "politics", "spans": [[0, 1, "x"]]}
    assert read_spans(path, row, ends="exclusive")[0].spans == (Span(0, 1, "x"),)


@pytest.mark.parametrize("empty", [[], {}, {"name": {}}])
def test_a_text_may_have_no_spans(path, empty):
    assert read_spans(path, {"text": "a\nb", "label": empty}) == [Document("a\nb", ())]


def test_spans_come_back_as_they_were_written(path):
    items = [
        Document(" a\n😀b\u2028", (Span(2, 5, "X"), Span(3, 4, "Y"), Span(3, 4, "Y"))),
        Document("", ()),
        Document("\ufeff中", (Span(0, 2, "人名"),)),
    ]
    write_json_spans(path, items)
    assert list(read_json_spans(path, ReadOptions())) == items


@pytest.mark.parametrize(
    ("item", "options"),
    [
        ({"words": ["周", "敏", "在"], "ner": TAGS}, {}),
        ({"text": ["周", "敏", "在"], "labels": TAGS}, {}),
        ({"text": "周敏在", "label": TAGS}, {}),
        ({"字": ["周", "敏", "在"], "标": TAGS}, {"column": "tokens=字,tags=标"}),
        ({"字": "周敏在", "标": TAGS}, {"column": "tokens=字,tags=标"}),
    ],
)
def test_tokens_by_other_names_and_a_tag_for_each_character(tmp_path, item, options):
    (tmp_path / "train.jsonl").write_text(json.dumps(item) + "\n")
    format = "json-tokens" if options else "auto"
    assert read_split(tmp_path, format=format, **options) == [Sentence(list("周敏在"), TAGS)]
