import pytest
from helpers.builders import EXAMPLE_SENTENCES, PROPERTY, TYPES, any_tags, valid_tags
from hypothesis import given, strategies as st
from seqeval.scheme import IOB2, Entities

from msra_ner.labels import (
    Entity,
    decode_entities,
    encode_entities,
    entity_types,
    label_list,
    parse_tag,
)


def seqeval_entities(tags: list[str]) -> list[Entity]:
    found = Entities([tags], IOB2).entities[0]
    return [Entity(entity.start, entity.end, entity.tag) for entity in found]


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("O", ("O", "", "")),
        ("B-PER", ("B", "-", "PER")),
        ("I-PER", ("I", "-", "PER")),
        ("B-GEO-POL", ("B", "-", "GEO-POL")),
        ("I-人名", ("I", "-", "人名")),
    ],
)
def test_a_tag_is_split_at_its_first_hyphen(tag, parts):
    assert parse_tag(tag) == parse_tag(tag, any_scheme=True) == parts


@pytest.mark.parametrize("prefix", "BIMESLU")
@pytest.mark.parametrize("separator", "-_")
def test_any_scheme_has_more_prefixes_and_another_separator(prefix, separator):
    tag = f"{prefix}{separator}PER.NAM"
    assert parse_tag(tag, any_scheme=True) == (prefix, separator, "PER.NAM")


@pytest.mark.parametrize(
    "tag",
    ["", "o", "B", "I", "B-", "I-", "-PER", "PER", "b-PER", "S-PER", "E-PER", "O-PER", "B_PER",
     " O", "O ", "B-PER ", "B- PER", "B-PER O", "B-PER\t", "B-PER\r", "B-PER\u3000", "B-\u200b"],
    ids=repr,
)  # fmt: skip
def test_what_is_no_tag_is_refused_and_shown(tag):
    with pytest.raises(ValueError, match="which is not O, B-TYPE or I-TYPE") as caught:
        parse_tag(tag)
    assert repr(tag) in str(caught.value)
    if tag[:2] not in ("S-", "E-", "B_"):
        with pytest.raises(ValueError, match="nor M-, E-, S-, L-, U-TYPE"):
            parse_tag(tag, any_scheme=True)


@pytest.mark.parametrize(
    ("types", "labels"),
    [
        pytest.param([], ["O"], id="no type leaves O alone"),
        pytest.param(
            ["LOC", "ORG", "PER"],
            ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"],
            id="types of MSRA come in its order",
        ),
        pytest.param(
            ["LOC", "PER", "LOC"],
            ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"],
            id="a type given twice comes once",
        ),
        pytest.param(
            ["TIME", "PER", "GEO-POL"],
            ["O", "B-TIME", "I-TIME", "B-PER", "I-PER", "B-GEO-POL", "I-GEO-POL"],
            id="a foreign type keeps the order given",
        ),
    ],
)
def test_label_list(types, labels):
    assert list(label_list(types)) == labels
    assert sorted(entity_types(labels)) == sorted(set(types))


def test_entity_types_come_in_the_order_of_the_labels():
    assert entity_types(["O", "B-ORG", "I-ORG", "B-GEO-POL", "I-GEO-POL", "I-PER"]) == [
        "ORG",
        "GEO-POL",
        "PER",
    ]


@pytest.mark.parametrize(
    ("tags", "entities"),
    [
        pytest.param("", [], id="an empty sentence holds none"),
        pytest.param("O O", [], id="only O holds none"),
        pytest.param("B-PER I-PER O", [Entity(0, 2, "PER")], id="B and I make one"),
        pytest.param("O B-PER I-PER", [Entity(1, 3, "PER")], id="one may end the sentence"),
        pytest.param(
            "B-PER B-PER", [Entity(0, 1, "PER"), Entity(1, 2, "PER")], id="B ends the one before"
        ),
        pytest.param("I-PER I-PER", [], id="I at the start belongs to none"),
        pytest.param("B-PER O I-PER", [Entity(0, 1, "PER")], id="I after O belongs to none"),
        pytest.param("B-PER I-LOC I-PER", [Entity(0, 1, "PER")], id="I of another type ends it"),
        pytest.param(
            "B-PER I-LOC B-LOC I-LOC",
            [Entity(0, 1, "PER"), Entity(2, 4, "LOC")],
            id="the next B starts an entity after a stray I",
        ),
    ],
)
def test_decode_entities(tags, entities):
    assert decode_entities(tags.split()) == entities


def test_decode_entities_refuses_what_is_no_tag():
    with pytest.raises(ValueError, match="'PER', which is not O"):
        decode_entities(["O", "PER"])


@PROPERTY
@given(any_tags())
def test_decoding_equals_seqeval_strict_iob2_on_any_tags(tags):
    assert decode_entities(tags) == seqeval_entities(tags)


@PROPERTY
@given(valid_tags())
def test_decoding_equals_seqeval_strict_iob2_on_valid_tags(tags):
    assert decode_entities(tags) == seqeval_entities(tags)


@PROPERTY
@given(valid_tags())
def test_tags_to_entities_to_tags_is_the_identity_on_valid_iob2(tags):
    assert encode_entities(decode_entities(tags), len(tags)) == tags


@PROPERTY
@given(valid_tags(), st.randoms(use_true_random=False))
def test_encoding_does_not_depend_on_the_order_of_entities(tags, random):
    entities = decode_entities(tags)
    random.shuffle(entities)
    assert encode_entities(entities, len(tags)) == tags


@pytest.mark.parametrize(
    ("entities", "message"),
    [
        pytest.param([Entity(1, 1, "PER")], "is empty or leaves a sentence of 4", id="empty"),
        pytest.param([Entity(2, 1, "PER")], "is empty or leaves", id="ends before it starts"),
        pytest.param([Entity(-1, 1, "PER")], "is empty or leaves", id="starts too early"),
        pytest.param([Entity(3, 5, "PER")], "is empty or leaves", id="ends too late"),
        pytest.param(
            [Entity(0, 2, "PER"), Entity(1, 3, "LOC")],
            r"start=1, end=3, type='LOC'\) overlaps another",
            id="overlaps another",
        ),
        pytest.param(
            [Entity(0, 4, "ORG"), Entity(1, 2, "LOC")], "overlaps another", id="is inside another"
        ),
        pytest.param(
            [Entity(1, 2, "LOC"), Entity(0, 4, "ORG")], "overlaps another", id="holds another"
        ),
    ],
)
def test_encode_entities_refuses_an_entity_that(entities, message):
    with pytest.raises(ValueError, match=message):
        encode_entities(entities, 4)


@PROPERTY
@given(st.permutations(TYPES), st.integers(0, len(TYPES)))
def test_labels_give_each_type_a_b_and_an_i_tag_side_by_side(types, number):
    labels = label_list(types[:number])
    assert labels[0] == "O"
    assert len(labels) == len(set(labels)) == 1 + 2 * number
    assert all(b == "B" + i[1:] for b, i in zip(labels[1::2], labels[2::2], strict=True))


def test_example_sentences_are_valid_iob2_with_all_types():
    for sentence in EXAMPLE_SENTENCES:
        tags = sentence.tags
        assert encode_entities(decode_entities(tags), len(sentence.tokens)) == tags
    found = {entity.type for item in EXAMPLE_SENTENCES for entity in decode_entities(item.tags)}
    assert found == {"PER", "ORG", "LOC"}
