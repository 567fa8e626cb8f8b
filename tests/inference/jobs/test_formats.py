import json

import pytest
from helpers import tiny_models
from helpers.builders import PROPERTY
from hypothesis import given, strategies as st

from msra_ner.inference.entities import TextEntity
from msra_ner.inference.jobs.formats import FORMATS, label_studio_config

ODD = [*"中国人 ab1\t\u3000\n,", "𠮷", "👩‍👧", "  ", "NBA", "é"]


@st.composite
def tagged_texts(draw):
    """Return a text and entities in it that do not overlap and hold no outer white space."""
    text = "".join(draw(st.lists(st.sampled_from(ODD), max_size=12)))
    borders = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    entities = [
        TextEntity("PER", start, end, text[start:end], 0.5)
        for start, end in zip(borders[::2], borders[1::2], strict=False)
        if text[start:end] == text[start:end].strip() != ""
    ]
    return text, entities


def written(name, text, entities):
    line = FORMATS[name].row(text, entities)
    assert "\n" not in line
    return json.loads(line)


@PROPERTY
@given(tagged_texts())
def test_json_lines_hold_all_of_an_entity(example):
    text, entities = example
    row = written("jsonl", text, entities)
    assert row["text"] == text
    assert [TextEntity(**entity) for entity in row["entities"]] == entities


@PROPERTY
@given(tagged_texts())
def test_spacy_reads_its_form_back(example):
    spacy = pytest.importorskip("spacy", reason="spaCy is not installed")
    from spacy.tokens import Doc

    text, entities = example
    row = written("spacy", text, entities)
    doc = Doc(spacy.blank("zh").vocab).from_json(row, validate=True)
    assert doc.text == text
    assert [(e.start_char, e.end_char, e.label_, e.text) for e in doc.ents] == [
        (item.start, item.end, item.type, item.text) for item in entities
    ]


def test_spacy_tokens_are_characters_and_latin_words():
    entity = TextEntity("ORG", 1, 3, "NB", 0.9)
    tokens = written("spacy", "在NBA 2008年", [entity])["tokens"]
    assert [(token["start"], token["end"]) for token in tokens] == [
        *[(0, 1), (1, 3), (3, 4)],
        *[(5, 9), (9, 10)],
    ]


@PROPERTY
@given(tagged_texts())
def test_doccano_has_offsets_in_characters(example):
    text, entities = example
    row = written("doccano", text, entities)
    assert [(text[start:end], name) for start, end, name in row["label"]] == [
        (item.text, item.type) for item in entities
    ]


@PROPERTY
@given(tagged_texts())
def test_label_studio_has_offsets_in_utf16_units(example):
    text, entities = example
    task = written("label-studio", text, entities)
    assert task["data"] == {"text": text}
    units = text.encode("utf-16-le", "surrogatepass")
    for result, item in zip(task["predictions"][0]["result"], entities, strict=True):
        value = result["value"]
        cut = units[2 * value["start"] : 2 * value["end"]]
        assert cut.decode("utf-16-le", "surrogatepass") == value["text"] == item.text
        assert value["labels"] == [item.type]
        assert result["score"] == item.score


def test_the_label_studio_configuration_names_what_tasks_refer_to():
    import xml.etree.ElementTree as ElementTree

    root = ElementTree.fromstring(label_studio_config(["PER", 'A"&<']))
    labels, text = root
    assert (labels.get("name"), labels.get("toName")) == ("label", text.get("name"))
    assert [label.get("value") for label in labels] == ["PER", 'A"&<']
    entity = TextEntity("PER", 0, 1, "王", 0.5)
    result = written("label-studio", "王", [entity])["predictions"][0]["result"][0]
    assert (result["from_name"], result["to_name"]) == (labels.get("name"), text.get("name"))
    assert text.get("value") == "$text"


def test_what_a_model_finds_goes_into_every_form(tmp_path):
    from msra_ner.inference.tagger import Tagger
    from msra_ner.labels import label_list

    folder = tiny_models.save_tagger(tmp_path / "model", label_list(["PER", "ORG"]))
    found = Tagger.from_pretrained(folder, "cpu")(tiny_models.TEXTS[0])
    assert found
    for name in FORMATS:
        assert found[0].type in json.dumps(written(name, tiny_models.TEXTS[0], found))


def test_white_space_at_the_ends_of_an_entity_is_none_of_spacys():
    text = "王\u3000 小\u3000\u3000"
    row = FORMATS["spacy"].build(
        text, [TextEntity("PER", 0, 2, text[:2], 0.5), TextEntity("LOC", 4, 5, "\u3000", 0.5)]
    )
    assert row["ents"] == [{"start": 0, "end": 1, "label": "PER"}]
    assert [(token["start"], token["end"]) for token in row["tokens"]][:2] == [(0, 1), (1, 3)]
