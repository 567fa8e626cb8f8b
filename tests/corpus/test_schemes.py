import pytest
from helpers.builders import EXAMPLE_SENTENCES, PROPERTY, any_tags, valid_tags
from helpers.corpora import read_split
from hypothesis import given, strategies as st

from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.scheme_conversion import TagConverter
from msra_ner.corpus.schemes import collect_transitions, encode_scheme, parse_written, read_as_iob2
from msra_ner.corpus.sentence import Sentence
from msra_ner.errors import CorpusError
from msra_ner.labels import decode_entities, encode_entities

SCHEMES = ["iob2", "iob1", "bioes", "bmes", "bilou"]


def convert(rows, scheme="auto", labels=None, **settings):
    """Return rows of tags as IOB2, each row a sentence of as many tokens."""
    sentences = [Sentence(["字"] * len(tags), tags, f"f:{n}") for n, tags in enumerate(rows, 1)]
    converter = TagConverter(
        "f",
        lambda: iter(sentences),
        lambda sentence, position: f"{sentence.location} ({position + 1})",
        collect_transitions(sentences),
        scheme,
        labels,
    )
    return [sentence.tags for sentence in converter.sentences(**settings)]


def to_iob1(tags: list[str]) -> list[str]:
    """State IOB1 on its own: B- stays only right after an entity of the same type."""
    rewritten = []
    for before, tag in zip(["O", *tags], tags, strict=False):
        separates = tag.startswith("B-") and before != "O" and before[2:] == tag[2:]
        rewritten.append(tag if tag == "O" or separates else "I-" + tag[2:])
    return rewritten


@pytest.mark.parametrize(
    ("tag", "iob2"),
    [
        ("o", "O"),
        ("e_per", "I-PER"),
        ("S-PER", "B-PER"),
        ("U-PER", "B-PER"),
        ("M_PER", "I-PER"),
        ("L-PER", "I-PER"),
        ("B-per", "B-per"),
        ("[PAD]", "[PAD]"),
        ("", ""),
    ],
)
def test_a_tag_of_any_spelling_is_read_as_iob2(tag, iob2):
    assert read_as_iob2(tag) == iob2


@pytest.mark.parametrize(
    ("scheme", "tags"),
    [
        ("iob2", "B-A I-A I-A B-B O B-A B-A I-A"),
        ("iob1", "I-A I-A I-A I-B O I-A B-A I-A"),
        ("bioes", "B-A I-A E-A S-B O S-A B-A E-A"),
        ("bmes", "B-A M-A E-A S-B O S-A B-A E-A"),
        ("bilou", "B-A I-A L-A U-B O U-A B-A L-A"),
    ],
)
@pytest.mark.parametrize("separator", ["-", "_"])
def test_each_scheme_is_known_by_its_tags_and_becomes_iob2(scheme, tags, separator):
    wanted = ["B-A", "I-A", "I-A", "B-B", "O", "B-A", "B-A", "I-A"]
    rows = [tags.replace("-", separator).split()]
    assert convert(rows) == convert(rows, scheme) == [wanted]
    assert encode_scheme(wanted, scheme) == tags.split()


@PROPERTY
@given(st.lists(valid_tags().filter(bool), min_size=1, max_size=5), st.sampled_from(SCHEMES))
def test_any_scheme_and_back_is_the_identity(rows, scheme):
    written = [encode_scheme(tags, scheme) for tags in rows]
    assert convert(written) == rows
    assert convert(written, scheme) == rows


@PROPERTY
@given(valid_tags())
def test_iob1_is_written_as_its_definition_says(tags):
    assert encode_scheme(tags, "iob1") == to_iob1(tags)


@pytest.mark.parametrize(
    ("tags", "is_iob1"),
    [
        pytest.param("I-PER I-PER O", True, id="I starts each entity"),
        pytest.param("I-PER I-LOC", True, id="I of another type starts an entity"),
        pytest.param("I-PER B-PER O", True, id="B separates neighbours of one type"),
        pytest.param("I-PER O B-PER", False, id="B after O is IOB2 with a stray I"),
        pytest.param("I-PER B-LOC", False, id="B after another type is IOB2 with a stray I"),
    ],
)
def test_a_file_is_iob1_only_if_it_can_be_nothing_else(tags, is_iob1):
    if is_iob1:
        assert convert([tags.split()])[0][0] == "B-PER"
    else:
        with pytest.raises(CorpusError, match="I-PER at the start of the sentence"):
            convert([tags.split()])


@PROPERTY
@given(any_tags())
def test_repair_changes_nothing_but_tags_that_continue_nothing(tags):
    found = []
    (fixed,) = convert([tags], "iob2", repair=True, on_illegal=found.append)
    assert encode_entities(decode_entities(fixed), len(fixed)) == fixed
    stray = [
        tag[0] == "I" and previous[1:] != tag[1:]
        for previous, tag in zip(["O", *tags], tags, strict=False)
    ]
    for tag, new, is_stray in zip(tags, fixed, stray, strict=True):
        assert new == ("B" + tag[1:] if is_stray else tag)
    assert [fault.position for fault in found] == [n for n, bad in enumerate(stray) if bad]


@pytest.mark.parametrize(
    ("rows", "scheme", "where", "found"),
    [
        pytest.param(["O B-A", "O I-A"], "iob2", "f:2 (2)", "I-A after O", id="a stray I"),
        pytest.param(["S-A", "B-A O"], "auto", "f:2 (2)", "O after B-A", id="B without an end"),
        pytest.param(["S-A B-A"], "auto", "f:1 (2)", "the end of the sentence after", id="open"),
        pytest.param(["S-A E-A"], "auto", "f:1 (2)", "E-A after S-A", id="an end alone"),
        pytest.param(["S-A", "B-A E-B"], "auto", "f:2 (2)", "E-B after B-A", id="another's end"),
        pytest.param(["B-A L-A", "S-A"], "auto", "f:1 (2)", "the tag 'L-A'", id="mixed schemes"),
        pytest.param(["B-A", "B_A"], "auto", "f:2 (1)", "the tag 'B_A'", id="mixed separators"),
        pytest.param(["B-A E-A"], "iob2", "f:1 (2)", "the tag 'E-A'", id="not the scheme asked"),
        pytest.param(["O", "O PER"], "auto", "f:2 (2)", "the tag 'PER'", id="no tag"),
    ],
)  # fmt: skip
def test_a_contradiction_is_refused_with_its_place(rows, scheme, where, found):
    with pytest.raises(CorpusError) as caught:
        convert([row.split() for row in rows], scheme)
    assert str(caught.value).startswith(f"{where}: found {found}")


def test_a_tag_beyond_the_labels_is_refused():
    with pytest.raises(CorpusError, match=r"f:1 \(2\): found the unknown tag 'S-B'"):
        convert([["S-A", "S-B"]], labels=["O", "B-A", "I-A"])


def test_types_come_from_well_formed_tags_alone():
    parsed, faults = parse_written({"B_A", "nonsense", "S-B.C", "O"}, "auto", "ENT")
    assert {tag.type for tag in parsed.values()} == {"A", "B.C", ""}
    assert faults.keys() == {"nonsense"}


IO = ["PER", "PER", "O", "I-LOC", "PER"]


def test_io_tags_are_types_with_or_without_a_prefix():
    assert convert([IO], scheme="io") == [["B-PER", "I-PER", "O", "B-LOC", "B-PER"]]


def test_types_without_a_prefix_are_refused_with_the_flag_that_reads_them():
    with pytest.raises(CorpusError, match=r"f:1 \(1\): found the tag 'PER'.*scheme io"):
        convert([["PER", "O"]])


def test_a_type_without_a_prefix_among_tags_is_a_mistake():
    with pytest.raises(CorpusError, match=r"found the tag 'PER'(?!.*scheme io)"):
        convert([["B-PER", "PER"]])


def test_a_start_is_refused_in_io():
    with pytest.raises(CorpusError, match="found the tag 'B-PER'; expected tags of IO"):
        convert([["B-PER", "I-PER"]], scheme="io")


@pytest.mark.parametrize(
    ("tags", "iob2"),
    [
        (["B", "I", "O", "B"], ["B-ENT", "I-ENT", "O", "B-ENT"]),
        (["B", "M", "E", "S"], ["B-ENT", "I-ENT", "I-ENT", "B-ENT"]),
        (["I", "I", "O", "I"], ["B-ENT", "I-ENT", "O", "B-ENT"]),
    ],
)
def test_prefixes_alone_are_entities_of_one_type(tags, iob2):
    assert convert([tags]) == [iob2]


def test_prefixes_alone_among_typed_tags_are_refused():
    with pytest.raises(CorpusError, match="found the tag 'I'"):
        convert([["B-PER", "I"]])


@pytest.mark.parametrize(
    ("train", "test", "found"),
    [
        # Each could be of a scheme of its own: IOB1, or IOB2 beside BIOES.
        ("甲\tB-A\n乙\tI-A\n", "甲\tO\n乙\tI-A\n", "I-A after O"),
        ("甲\tB-A\n乙\tE-A\n", "甲\tB-A\n乙\tI-A\n", "the end of the sentence after I-A"),
        ("甲\tB-A\n乙\tM-A\n丙\tE-A\n", "甲\tB-A\n乙\tL-A\n", "the prefixes B-, L- where other"),
    ],
)
def test_a_corpus_has_one_scheme(tmp_path, train, test, found):
    (tmp_path / "train.txt").write_text(train)
    (tmp_path / "test.txt").write_text(test)
    with pytest.raises(CorpusError, match=rf"test\.txt.*{found}"):
        list(open_corpus(tmp_path).splits["test"].sentences())


def test_a_test_split_of_single_tokens_is_of_the_scheme_of_train(tmp_path):
    (tmp_path / "train.txt").write_text("甲\tI-A\n乙\tI-A\n丙\tO\n")
    (tmp_path / "test.txt").write_text("甲\tO\n乙\tI-A\n")
    (sentence,) = open_corpus(tmp_path).splits["test"].sentences()
    assert sentence.tags == ["O", "B-A"]


def test_sentences_in_iob2_pass_through_as_they_are():
    sentences = [sentence.tags for sentence in EXAMPLE_SENTENCES]
    assert convert(sentences) == sentences


@pytest.mark.parametrize(
    ("tags", "says"),
    [
        (["PER-B", "PER-I", "O"], "write the prefix before the type: sed -E"),
        (["b-per", "i-per", "o"], "write O and the prefixes as capitals"),
    ],
)
def test_a_known_spelling_gets_its_own_remedy(tmp_path, tags, says):
    (tmp_path / "train.txt").write_text("".join(f"x {tag}\n" for tag in tags))
    with pytest.raises(CorpusError, match=says):
        read_split(tmp_path)


def test_splits_in_two_schemes_are_said_to_be_so(tmp_path):
    (tmp_path / "train.txt").write_text("周 B-PER\n敏 I-PER\n在 O\n")
    (tmp_path / "test.txt").write_text("周 B-PER\n敏 E-PER\n京 S-LOC\n")
    with pytest.raises(CorpusError, match=r"train\.txt:3: .* IOB2, beside BIOES in another split"):
        read_split(tmp_path)


@pytest.mark.parametrize("space", ["\u3000", "\u00a0", "\u2003"])
def test_another_space_between_columns_is_named(tmp_path, space):
    (tmp_path / "train.txt").write_text(f"周{space}B-PER\n敏{space}I-PER\n")
    with pytest.raises(CorpusError, match="write a tab in its place") as caught:
        read_split(tmp_path, format="columns")
    assert ascii(space) in str(caught.value)
