import pytest
from helpers.builders import PROPERTY
from hypothesis import given, strategies as st

from msra_ner.annotation import Draft, Mention, place_draft
from msra_ner.annotation.folding import FULL_WIDTH, fold
from msra_ner.corpus import Span

ALPHABET = "北京大学王小明台臺湾灣aBＢ1２ ，"
SURFACE = st.text(ALPHABET, max_size=4).map(str.strip)
MENTION = st.builds(
    Mention,
    SURFACE,
    st.sampled_from(["PER", "LOC", "ORG", ""]),
    st.none() | st.integers(-1, 12),
    st.none() | st.integers(0, 3),
)


@st.composite
def drafts(draw):
    text = draw(st.text(ALPHABET, max_size=30))
    parts = [
        text[a : a + n].strip()
        for a, n in draw(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 4))))
    ]
    cut = [Mention(part, draw(st.sampled_from(["PER", "LOC"]))) for part in parts]
    return Draft(text, tuple(draw(st.permutations([*cut, *draw(st.lists(MENTION, max_size=3))]))))


RULES = st.fixed_dictionaries(
    {"occurrences": st.sampled_from(["every", "listed"]), "fuzzy": st.integers(0, 2)}
)


@PROPERTY
@given(drafts(), RULES)
def test_what_is_placed_is_there_and_shares_no_character(draft, rules):
    found = place_draft(draft, **rules)
    ends = [0]
    for entity in found.placed:
        span, text = entity.span, draft.text[entity.span.start : entity.span.end]
        assert ends[-1] <= span.start < span.end <= len(draft.text)
        ends.append(span.end)
        assert any(
            (item.surface, item.type) == (entity.surface, span.type) for item in draft.mentions
        )
        if entity.how == "exact":
            assert text == entity.surface
        elif entity.how == "folded":
            assert fold(text) == fold(entity.surface)
        else:
            assert rules["fuzzy"]
            assert (fold(text[0]), fold(text[-1])) == (
                fold(entity.surface[0]),
                fold(entity.surface[-1]),
            )


@PROPERTY
@given(drafts(), RULES)
def test_each_entity_of_the_draft_is_placed_or_listed_with_a_reason(draft, rules):
    found = place_draft(draft, **rules)
    placed = {(item.surface, item.span.type) for item in found.placed}
    unplaced = [item.mention for item in found.unplaced]
    assert all(item.reason for item in found.unplaced)
    for mention in draft.mentions:
        assert mention in unplaced or (mention.surface, mention.type) in placed


@PROPERTY
@given(drafts())
def test_the_order_of_the_draft_plays_no_part(draft):
    turned = Draft(draft.text, draft.mentions[::-1])
    assert [x.span for x in place_draft(draft).placed] == [
        x.span for x in place_draft(turned).placed
    ]


@PROPERTY
@given(
    st.text(st.sampled_from([*ALPHABET, *"王明在", "\U00020bb7"]), min_size=1, max_size=20),
    st.data(),
)
def test_right_offsets_are_kept_as_they_are(text, data):
    borders = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = []
    for start, end in zip(borders[::2], borders[1::2], strict=False):
        if text[start:end] == text[start:end].strip():
            spans.append(Span(start, end, data.draw(st.sampled_from(["PER", "LOC"]))))
    mentions = [Mention(text[span.start : span.end], span.type, span.start) for span in spans]
    found = place_draft(Draft(text, tuple(mentions)))
    assert [item.span for item in found.placed] == spans
    assert not found.unplaced


@PROPERTY
@given(st.text())
def test_folding_keeps_the_number_of_characters_and_is_done_once(text):
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
    full = "".join(
        next((chr(k) for k, v in FULL_WIDTH.items() if v == char), char) for char in text
    )
    assert fold(full) == fold(text)


def place(text, *mentions, **rules):
    """Return the places as (text, type, start, how), and the reasons."""
    items = tuple(item if isinstance(item, Mention) else Mention(*item) for item in mentions)
    found = place_draft(Draft(text, items), **rules)
    places = [
        (text[x.span.start : x.span.end], x.span.type, x.span.start, x.how) for x in found.placed
    ]
    return places, [item.reason for item in found.unplaced]


@pytest.mark.parametrize(
    ("text", "mentions", "rules", "places", "reasons"),
    [
        pytest.param(
            "北京，北京",
            [("北京", "LOC")],
            {},
            [("北京", "LOC", 0, "exact"), ("北京", "LOC", 3, "exact")],
            [],
            id="every place",
        ),
        pytest.param(
            "北京，北京",
            [("北京", "LOC")],
            {"occurrences": "listed"},
            [("北京", "LOC", 0, "exact")],
            [],
            id="as many as listed",
        ),
        pytest.param(
            "北京，北京",
            [("北京", "LOC")] * 3,
            {"occurrences": "listed"},
            [("北京", "LOC", 0, "exact"), ("北京", "LOC", 3, "exact")],
            ["occurrence 3 of what is in the text 2 times"],
            id="more listed than there are",
        ),
        pytest.param(
            "北京，北京",
            [("北京", "LOC", None, 2)],
            {},
            [("北京", "LOC", 3, "exact")],
            [],
            id="the n-th",
        ),
        pytest.param(
            "北京，北京",
            [("北京", "LOC", 3)],
            {},
            [("北京", "LOC", 3, "exact")],
            [],
            id="a right start",
        ),
        pytest.param(
            "去北京",
            [("北京", "LOC", 0)],
            {},
            [("北京", "LOC", 1, "exact")],
            [],
            id="a wrong start",
        ),
        pytest.param(
            "北京大学在北京",
            [("北京", "LOC"), ("北京大学", "ORG")],
            {},
            [("北京大学", "ORG", 0, "exact"), ("北京", "LOC", 5, "exact")],
            [],
            id="the longest first",
        ),
        pytest.param(
            "北京大学",
            [("北京", "LOC"), ("北京大学", "ORG")],
            {},
            [("北京大学", "ORG", 0, "exact")],
            ["inside or across ORG 北京大学"],
            id="only inside another",
        ),
        pytest.param(
            "华盛顿",
            [("华盛顿", "LOC"), ("华盛顿", "PER")],
            {},
            [],
            ["the same characters have another type too"] * 2,
            id="two types",
        ),
        pytest.param(
            "华盛顿在华盛顿",
            [("华盛顿", "LOC"), ("华盛顿", "PER", 0)],
            {},
            [("华盛顿", "PER", 0, "exact"), ("华盛顿", "LOC", 4, "exact")],
            [],
            id="a stated place first",
        ),
        pytest.param(
            "ＩＢＭ与臺灣",
            [("IBM", "ORG"), ("台湾", "LOC")],
            {},
            [("ＩＢＭ", "ORG", 0, "folded"), ("臺灣", "LOC", 4, "folded")],
            [],
            id="width and script",
        ),
        pytest.param(
            "USB and BUS, US",
            [("US", "LOC")],
            {},
            [("US", "LOC", 13, "exact")],
            [],
            id="not inside a word",
        ),
        pytest.param(
            "在201年", [("20", "X")], {}, [], ["not in the text"], id="not inside a number"
        ),
        pytest.param(
            "iPhone13",
            [("iPhone", "X")],
            {},
            [("iPhone", "X", 0, "exact")],
            [],
            id="a number behind a word",
        ),
        pytest.param(
            "中国人民银行",
            [("中国人民很行", "ORG")],
            {},
            [],
            ["not in the text"],
            id="not fuzzy unasked",
        ),
        pytest.param(
            "中国人民银行",
            [("中国人民很行", "ORG")],
            {"fuzzy": 1},
            [("中国人民银行", "ORG", 0, "fuzzy")],
            [],
            id="fuzzy",
        ),
        pytest.param(
            "中国人民银行",
            [("国人民银很", "ORG")],
            {"fuzzy": 1},
            [],
            ["not in the text"],
            id="borders must be right",
        ),
        pytest.param(
            "王小明",
            [("王大明", "PER")],
            {"fuzzy": 1},
            [],
            ["not in the text"],
            id="too short for fuzzy",
        ),
        pytest.param(
            "张三公司李三公司张四公司",
            [("张五公司", "ORG")],
            {"fuzzy": 1},
            [],
            ["several parts of the text are equally close: 张三公司, 张四公司"],
            id="two as close",
        ),
        pytest.param(
            "北京",
            [("", "LOC"), ("北京", "")],
            {},
            [],
            ["no text of an entity", "no type"],
            id="empty",
        ),
        pytest.param(
            "北京",
            [("北京", "A B")],
            {},
            [],
            ["a type with spaces or what cannot be printed"],
            id="no label",
        ),
        pytest.param(
            "北京",
            [("北京", "CITY")],
            {"types": ["LOC", "PER"]},
            [],
            ["the type is none of LOC, PER"],
            id="unknown type",
        ),
        pytest.param(
            "北京",
            [("北京", "LOC", None, 0)],
            {},
            [],
            ["occurrence 0 of what is in the text once"],
            id="from 1",
        ),
    ],
)
def test_a_rule(text, mentions, rules, places, reasons):
    assert place(text, *mentions, **rules) == (places, reasons)
