import re
from collections import Counter

import pytest
from helpers.builders import PROPERTY, marked
from helpers.checked_corpora import (
    add_to_healthy,
    by_name,
    corpora,
    find_only,
    list_locations,
    list_mentions,
    list_texts,
    make_healthy,
)
from hypothesis import given

from msra_ner.check.run import check_sentences
from msra_ner.corpus.scheme_conversion import Illegal
from msra_ner.corpus.sentence import Sentence


def test_illegal_tags_are_grouped():
    illegal = [
        Illegal(Sentence(["北"], ["I-PER"], "a:1"), 0, "I-PER after O"),
        Illegal(Sentence(["北", "京"], ["O", "I-LOC"], "a:2"), 1, "I-LOC after O"),
        Illegal(Sentence(["北"], ["I-LOC"], "b:3"), 0, "I-LOC after O"),
    ]
    finding = find_only(make_healthy(), "illegal_tags", illegal=illegal)
    assert finding.wrong
    assert finding.title.startswith("3 tags")
    assert [(case.text, list_locations(case)) for case in finding.cases] == [
        ("I-LOC after O", ["a:2 (token 2)", "b:3 (token 1)"]),
        ("I-PER after O", ["a:1 (token 1)"]),
    ]


def test_a_conflict_says_how_each_location_reads():
    one = marked("[PER 李明]到了[ORG 北京大]学和[LOC 天津]。")
    other = marked("李明到了[ORG 北京大学]和[LOC 天津]。")
    finding = by_name(check_sentences(add_to_healthy(train=[one, one, other])))["conflicts"]
    assert finding.wrong
    (case,) = finding.cases
    assert [(location.location, location.found) for location in case.locations] == [
        ("new train:1", "PER 李明 (token 1), ORG 北京大 (token 5)"),
        ("new train:3", "ORG 北京大学 (token 5)"),
        ("new train:2", "PER 李明 (token 1), ORG 北京大 (token 5)"),
    ]
    assert case.detail == "2 readings in 3 sentences"


def test_a_conflict_in_which_one_reading_has_nothing():
    splits = add_to_healthy(train=[marked("[PER 李]到了。"), marked("李到了。")])
    (case,) = by_name(check_sentences(splits))["conflicts"].cases
    assert case.locations[1].found == "no entity there"


def test_entities_damaged_to_one_character_twice():
    doubled = [marked(f"{c}在[LOC 京京]。") for c in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"]
    finding = find_only(add_to_healthy(train=doubled), "doubled_tokens")
    assert finding.wrong
    assert finding.title.startswith("20 of 80 entities of two tokens in train (25.0 %)")
    (case,) = finding.cases
    assert (case.text, case.count) == ("京京", 20)
    assert case.locations[0].location == "new train:1 (token 3)"
    # A few are names.
    assert check_sentences(add_to_healthy(train=doubled[:19])).findings == []


def tag_often(text, times):
    """Return so many sentences, no two alike, that tag a text as LOC."""
    return [marked(f"{chr(0x3041 + n)}去了[LOC {text}]。") for n in range(times)]


def test_a_string_tagged_often_and_left_untagged_once():
    splits = add_to_healthy(train=tag_often("天津", 20), test=[marked("他在天津。")])
    finding = find_only(splits, "suspected_misses")
    assert not finding.wrong
    (case,) = finding.cases
    assert (case.text, case.count) == ("天津", 1)
    assert case.detail == "tagged 20 times (LOC 20), untagged 1 time"
    assert [(location.location, location.found) for location in case.locations] == [
        ("new test:1 (token 3)", "他在[天津]。")
    ]
    assert check_sentences(splits, min_tagged=21).findings == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("他在天。", "one character of it"),
        ("[LOC 天津]队赢了。", "the entity itself"),
        ("[ORG 天津港]的船。", "part of an entity"),
        ("他在天[LOC 津]。", "half in an entity"),
    ],
)
def test_what_is_not_an_untagged_string(text, why):
    splits = add_to_healthy(train=tag_often("天津", 20), test=[marked(text)])
    assert check_sentences(splits).findings == [], why


def test_one_character_is_no_suspicion():
    assert (
        check_sentences(add_to_healthy(train=tag_often("美", 20), test=[marked("很美。")])).findings
        == []
    )


def test_the_longest_untagged_string_wins():
    longer = [marked("他在[ORG 天津港]。")]
    splits = add_to_healthy(
        train=[*tag_often("天津", 20), *longer], test=[marked("看天津港和天津。")]
    )
    (case,) = find_only(splits, "suspected_misses").cases
    assert [location.found for location in case.locations] == ["看天津港和[天津]。"]


def test_strings_seldom_untagged_come_first():
    splits = add_to_healthy(
        train=[*tag_often("天津", 20), *tag_often("上海", 30)], test=[marked("天津天津上海上海。")]
    )
    finding = find_only(splits, "suspected_misses")
    assert [case.text for case in finding.cases] == ["上海", "天津"]
    assert "(4 locations)" in finding.title


def test_a_string_of_several_types():
    splits = add_to_healthy(
        train=[*tag_often("天津", 3), marked("[ORG 天津]赢了。"), *tag_often("上海", 1)],
        test=[marked("[ORG 上海]赢了。")],
    )
    finding = find_only(splits, "several_types")
    assert not finding.wrong
    assert [(case.text, case.detail) for case in finding.cases] == [
        ("天津", "LOC 3, ORG 1"),
        ("上海", "LOC 1, ORG 1"),
    ]
    # Only what is not the usual type needs a look.
    assert [location.found for location in finding.cases[0].locations] == ["[ORG 天津]赢了。"]


@pytest.mark.parametrize(
    "name",
    ["，天津", "天津。", "天津\u3000", "\u200b天津", "天津）", "（天津", '"天津', "天津》", "·"],
)
def test_a_mark_at_the_edge_of_an_entity(name):
    sentence = Sentence([*"在", *name, "了"], ["O", "B-LOC", *["I-LOC"] * (len(name) - 1), "O"])
    finding = find_only(add_to_healthy(train=[sentence]), "boundaries")
    assert not finding.wrong
    assert finding.cases[0].text == name
    assert list_locations(finding.cases[0]) == ["new train:1 (token 2)"]


@pytest.mark.parametrize(
    "name", ["《生活》周刊", "印共（马）", "“蓝”队", '"A"队', "乔·康", "一一○"]
)
def test_marks_that_belong_to_a_name(name):
    assert check_sentences(add_to_healthy(train=[marked(f"在[ORG {name}]了。")])).findings == []


@PROPERTY
@given(corpora())
def test_untagged_and_ambiguous_strings_are_those_of_a_plain_count(splits):
    report = by_name(check_sentences(splits, min_tagged=1))
    sentences = [item for split in splits.values() for item in split]
    types = {}
    for text, entity_type in list_mentions(sentences):
        types.setdefault(text, set()).add(entity_type)
    several = {text for text, names in types.items() if len(names) > 1}
    assert several == list_texts(report, "several_types")

    untagged = Counter()
    for item in sentences:
        # An entity's tokens become a mark that is in no string.
        text = "".join(
            "|" if tag != "O" else token for token, tag in zip(item.tokens, item.tags, strict=True)
        )
        strings = sorted((name for name in types if len(name) > 1), key=len, reverse=True)
        if strings:
            untagged.update(re.findall("|".join(strings), text))
    found = report["suspected_misses"].cases if "suspected_misses" in report else []
    assert untagged == Counter({case.text: case.count for case in found})


@PROPERTY
@given(corpora())
def test_each_location_is_where_the_string_is(splits):
    report = by_name(check_sentences(splits, min_tagged=1))
    sentences = {item.location: item for split in splits.values() for item in split}
    for check in ("suspected_misses", "several_types"):
        for case in report[check].cases if check in report else ():
            for location in case.locations:
                where, number = re.fullmatch(r"(.*) \(token (\d+)\)", location.location).groups()
                text = "".join(sentences[where].tokens)
                assert text.startswith(case.text, int(number) - 1)


def test_a_type_called_outside_is_noted():
    """``../shared/cases``, 18: pipelines leave its entities out, and nobody says so."""
    odd = Sentence(list("周敏走了"), ["B-O", "I-O", "O", "O"], "new:1")
    finding = by_name(check_sentences(add_to_healthy(train=[odd])))["outside_type"]
    assert not finding.wrong
    assert finding.title == "1 entity of a type called O"
