import json
import re
from collections import Counter
from dataclasses import asdict, replace

import pytest
from helpers import tiny_models
from helpers.builders import (
    EXAMPLE_SENTENCES,
    PROPERTY,
    marked,
    msra_folder,
    valid_tags,
    write_corpus,
)
from hypothesis import given
from hypothesis import strategies as st

from msra_ner.check.figures import Lengths, measure_lengths
from msra_ner.check.findings import MAX_LOCATIONS
from msra_ner.check.run import check_corpus, check_sentences
from msra_ner.check.text import format_report
from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.formats.pair import read_pair
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.scheme_conversion import Illegal
from msra_ner.corpus.sentence import Sentence
from msra_ner.dataset.alignment import NO_TOKEN, Aligner
from msra_ner.errors import CorpusError
from msra_ner.labels import decode_entities

SPLITS = ("train", "validation", "test")


def placed(name, sentences):
    return [replace(item, location=f"{name}:{n}") for n, item in enumerate(sentences, 1)]


def healthy():
    """Return splits without a finding: no text and no name twice, all types in each split."""
    characters = iter(map(chr, range(0x4E00, 0x9FA5)))
    splits = {}
    for name, size in (("train", 60), ("validation", 20), ("test", 20)):
        texts = [
            "[PER 王{}{}]在[LOC {}州]的[ORG {}{}公司]工作。".format(
                *(next(characters) for _ in range(5))
            )
            for _ in range(size)
        ]
        splits[name] = placed(name, map(marked, texts))
    return splits


def with_more(**sentences):
    """Return the healthy splits with more sentences, placed as ``new train:1`` and so on."""
    splits = healthy()
    for name, more in sentences.items():
        splits[name] = splits[name] + placed(f"new {name}", more)
    return splits


def findings(report):
    return {finding.check: finding for finding in report.findings}


def found(splits, check, **settings):
    """Return the only finding there is, which must be of that check."""
    report = check_sentences(splits, **settings)
    assert [finding.check for finding in report.findings] == [check]
    assert report.wrong == report.findings[0].wrong
    return report.findings[0]


def locations(case):
    return [location.location for location in case.locations]


def test_a_healthy_corpus_has_no_finding():
    report = check_sentences(healthy(), aligner=Aligner(tiny_models.byte_bpe(), 128))
    assert report.findings == []
    assert not report.wrong


def test_the_example_sentences_are_only_too_few():
    splits = dict(zip(SPLITS, (EXAMPLE_SENTENCES[:8], EXAMPLE_SENTENCES[8:12]), strict=False))
    report = check_sentences(splits | {"test": EXAMPLE_SENTENCES[12:]})
    assert not report.wrong
    assert findings(report).keys() == {"few_mentions"}


def test_figures_of_a_split():
    splits = {
        "train": [marked("[PER 李明]到[LOC 北京]。"), marked("有雨。")],
        "test": [marked("[PER 李明]、[PER 孙伟]在[ORG 北京]。"), marked("[LOC 黄河]")],
    }
    test = check_sentences(splits).splits["test"]
    assert (test.sentences, test.without_entities, test.tokens, test.outside) == (2, 0, 11, 3)
    assert test.lengths == Lengths(2, 2, 9, 9)
    assert test.longest_location == "test sentence 1"
    assert {name: number for name, number in test.histogram.items() if number} == {"1-16": 2}
    # Seen or not goes by the text alone: 北京 was an entity of another type.
    assert (test.entities.mentions, test.entities.unseen) == (4, 2)
    assert (test.types["ORG"].mentions, test.types["ORG"].unseen) == (1, 0)
    assert (test.types["LOC"].mentions, test.types["LOC"].unseen) == (1, 1)


def test_nothing_is_unseen_without_train_to_compare_with():
    splits = {"train": [], "test": [marked("[LOC 黄河]")]}
    assert check_sentences(splits).splits["test"].entities.unseen is None
    assert check_sentences(healthy()).splits["train"].entities.unseen is None


def test_entity_lengths_go_over_all_splits():
    splits = {"train": [marked("[PER 王海燕][LOC 中]")], "test": [marked("[LOC 北京市区]")]}
    report = check_sentences(splits)
    assert report.type_lengths == {"PER": Lengths(3, 3, 3, 3), "LOC": Lengths(1, 1, 4, 4)}
    assert report.entity_lengths == Lengths(1, 3, 4, 4)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], Lengths(0, 0, 0, 0)),
        ([7], Lengths(7, 7, 7, 7)),
        ([4, 1], Lengths(1, 1, 4, 4)),
        (list(range(1, 101)), Lengths(1, 50, 95, 100)),
        (list(range(1, 22)), Lengths(1, 11, 20, 21)),
    ],
)
def test_median_and_percentile_are_values_that_occur(values, expected):
    assert measure_lengths(values) == expected


def test_lengths_at_the_borders_of_the_bars():
    sentences = [Sentence(["字"] * n, ["O"] * n) for n in (1, 16, 17, 32, 512, 513, 9000)]
    histogram = check_sentences({"train": sentences}).splits["train"].histogram
    assert {name: number for name, number in histogram.items() if number} == {
        "1-16": 2,
        "17-32": 2,
        "257-512": 1,
        "513+": 2,
    }


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        ({"train": None}, "train is not there"),
        ({"train": []}, "train holds no sentence"),
        ({"test": [marked("有雨。")]}, "test holds no entity"),
    ],
)
def test_a_split_that_must_hold_something(changed, detail):
    splits = {name: split for name, split in (healthy() | changed).items() if split is not None}
    finding = findings(check_sentences(splits))["empty_splits"]
    assert finding.wrong
    assert [f"{case.text} {case.detail}" for case in finding.cases] == [detail]


def test_a_corpus_without_validation_is_not_wrong():
    finding = found({"train": healthy()["train"], "test": healthy()["test"]}, "missing_splits")
    assert not finding.wrong
    assert [case.text for case in finding.cases] == ["validation"]


def test_no_sentence_at_all():
    assert findings(check_sentences({})).keys() == {"empty_splits", "missing_splits"}
    report = check_sentences({"train": []}, aligner=Aligner(tiny_models.wordpiece(), 16))
    assert report.wrong


def test_illegal_tags_are_grouped():
    illegal = [
        Illegal(Sentence(["北"], ["I-PER"], "a:1"), 0, "I-PER after O"),
        Illegal(Sentence(["北", "京"], ["O", "I-LOC"], "a:2"), 1, "I-LOC after O"),
        Illegal(Sentence(["北"], ["I-LOC"], "b:3"), 0, "I-LOC after O"),
    ]
    finding = found(healthy(), "illegal_tags", illegal=illegal)
    assert finding.wrong
    assert finding.title.startswith("3 tags")
    assert [(case.text, locations(case)) for case in finding.cases] == [
        ("I-LOC after O", ["a:2 (token 2)", "b:3 (token 1)"]),
        ("I-PER after O", ["a:1 (token 1)"]),
    ]


def test_a_leak_names_both_locations():
    splits = healthy()
    splits["test"] = splits["test"] + [replace(splits["train"][4], location="new test:1")]
    finding = found(splits, "leaks")
    assert finding.wrong
    (case,) = finding.cases
    assert case.text == "".join(splits["train"][4].tokens)
    assert locations(case) == ["train:5", "new test:1"]
    assert "1 of 21 sentences of test (4.8 %), 1 of them with entities" in finding.title


def test_a_leak_from_validation_to_test():
    both = [marked("有雨。")]
    finding = found(with_more(validation=both, test=both), "leaks")
    assert locations(finding.cases[0]) == ["new validation:1", "new test:1"]
    assert "validation" in finding.title
    assert "0 of them with entities" in finding.title


def test_each_split_of_a_leak_is_among_the_first_locations():
    both = [marked("有雨。")]
    report = check_sentences(with_more(train=both * 3, test=both))
    (case,) = findings(report)["leaks"].cases
    assert locations(case) == ["new train:1", "new test:1", "new train:2", "new train:3"]


def test_a_conflict_says_how_each_location_reads():
    one = marked("[PER 李明]到了[ORG 北京大]学和[LOC 天津]。")
    other = marked("李明到了[ORG 北京大学]和[LOC 天津]。")
    finding = findings(check_sentences(with_more(train=[one, one, other])))["conflicts"]
    assert finding.wrong
    (case,) = finding.cases
    assert [(location.location, location.found) for location in case.locations] == [
        ("new train:1", "PER 李明 (token 1), ORG 北京大 (token 5)"),
        ("new train:3", "ORG 北京大学 (token 5)"),
        ("new train:2", "PER 李明 (token 1), ORG 北京大 (token 5)"),
    ]
    assert case.detail == "2 readings in 3 sentences"


def test_a_conflict_in_which_one_reading_has_nothing():
    splits = with_more(train=[marked("[PER 李]到了。"), marked("李到了。")])
    (case,) = findings(check_sentences(splits))["conflicts"].cases
    assert case.locations[1].found == "no entity there"


def test_a_type_that_train_lacks():
    finding = found(with_more(test=[marked("[GPE 巴黎]很大。")]), "types_not_in_train")
    assert finding.wrong
    (case,) = finding.cases
    assert (case.text, case.count) == ("GPE", 1)
    assert case.locations[0].location == "new test:1 (token 1)"


def test_a_type_that_is_rare_in_a_split():
    finding = found(
        with_more(train=[marked(f"[GPE {c}国]很大。") for c in "甲乙丙"]), "few_mentions"
    )
    assert not finding.wrong
    assert [(case.text, case.detail) for case in finding.cases] == [
        ("GPE", "0 mentions in validation"),
        ("GPE", "0 mentions in test"),
        ("GPE", "3 mentions in train"),
    ]


def test_entities_damaged_to_one_character_twice():
    doubled = [marked(f"{c}在[LOC 京京]。") for c in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"]
    finding = found(with_more(train=doubled), "doubled_tokens")
    assert finding.wrong
    assert finding.title.startswith("20 of 80 entities of two tokens in train (25.0 %)")
    (case,) = finding.cases
    assert (case.text, case.count) == ("京京", 20)
    assert case.locations[0].location == "new train:1 (token 3)"
    # A few are names.
    assert check_sentences(with_more(train=doubled[:19])).findings == []


def tagged(text, times):
    """Return so many sentences, no two alike, that tag a text as LOC."""
    return [marked(f"{chr(0x3041 + n)}去了[LOC {text}]。") for n in range(times)]


def test_a_string_tagged_often_and_left_untagged_once():
    splits = with_more(train=tagged("天津", 20), test=[marked("他在天津。")])
    finding = found(splits, "suspected_misses")
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
    splits = with_more(train=tagged("天津", 20), test=[marked(text)])
    assert check_sentences(splits).findings == [], why


def test_one_character_is_no_suspicion():
    assert (
        check_sentences(with_more(train=tagged("美", 20), test=[marked("很美。")])).findings == []
    )


def test_the_longest_untagged_string_wins():
    longer = [marked("他在[ORG 天津港]。")]
    splits = with_more(train=[*tagged("天津", 20), *longer], test=[marked("看天津港和天津。")])
    (case,) = found(splits, "suspected_misses").cases
    assert [location.found for location in case.locations] == ["看天津港和[天津]。"]


def test_strings_seldom_untagged_come_first():
    splits = with_more(
        train=[*tagged("天津", 20), *tagged("上海", 30)], test=[marked("天津天津上海上海。")]
    )
    finding = found(splits, "suspected_misses")
    assert [case.text for case in finding.cases] == ["上海", "天津"]
    assert "(4 locations)" in finding.title


def test_a_string_of_several_types():
    splits = with_more(
        train=[*tagged("天津", 3), marked("[ORG 天津]赢了。"), *tagged("上海", 1)],
        test=[marked("[ORG 上海]赢了。")],
    )
    finding = found(splits, "several_types")
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
    finding = found(with_more(train=[sentence]), "boundaries")
    assert not finding.wrong
    assert finding.cases[0].text == name
    assert locations(finding.cases[0]) == ["new train:1 (token 2)"]


@pytest.mark.parametrize(
    "name", ["《生活》周刊", "印共（马）", "“蓝”队", '"A"队', "乔·康", "一一○"]
)
def test_marks_that_belong_to_a_name(name):
    assert check_sentences(with_more(train=[marked(f"在[ORG {name}]了。")])).findings == []


def test_a_split_with_other_entities_than_train():
    # Longer sentences in train, so that all types are rarer there.
    padded = [
        Sentence([*item.tokens, *["字"] * 15], [*item.tags, *["O"] * 15])
        for item in healthy()["train"]
    ]
    finding = found(healthy() | {"train": padded}, "uneven_splits")
    assert not finding.wrong
    assert len(finding.cases) == 6
    assert finding.cases[0].detail == (
        "71.4 mentions in 1,000 tokens of validation (20), 34.5 in train (60)"
    )


def test_a_split_larger_than_train():
    splits = healthy()
    splits["train"], splits["test"] = splits["test"], splits["train"]
    (case,) = found(splits, "uneven_splits").cases
    assert (case.text, case.detail) == ("test", "60 sentences, train 20")


def test_texts_that_occur_twice_in_a_split():
    twice = [marked("谢谢各位。"), marked("谢谢各位。"), marked("谢谢。"), marked("谢谢各位。")]
    finding = found(with_more(validation=twice), "duplicates")
    assert not finding.wrong
    assert finding.title.startswith("2 of 24 sentences of validation (8.3 %)")
    (case,) = finding.cases
    assert locations(case) == ["new validation:1", "new validation:2", "new validation:4"]


def test_what_is_wrong_comes_first():
    splits = with_more(validation=[marked("有雨。")] * 2, test=[marked("[GPE 巴黎]很大。")])
    report = check_sentences(splits)
    assert [finding.check for finding in report.findings] == ["types_not_in_train", "duplicates"]
    assert report.wrong


def test_only_so_many_locations_are_kept_and_all_are_counted(monkeypatch):
    monkeypatch.setattr("msra_ner.check.findings.MAX_LOCATIONS", 5)
    rows = [marked(text) for text in ("有雨。", "有雪。", "有风。") for _ in range(4)]
    finding = found(with_more(train=rows), "duplicates")
    assert finding.total == 3
    assert [(case.count, len(case.locations)) for case in finding.cases] == [(4, 4), (4, 1)]
    assert MAX_LOCATIONS > 1000


def test_the_report_is_json():
    splits = with_more(test=[marked("[GPE 巴黎]很大。")])
    report = check_sentences(splits, aligner=Aligner(tiny_models.wordpiece(), 16))
    data = asdict(report)
    assert json.loads(json.dumps(data, ensure_ascii=False)) == data
    assert list(data) == [
        "wrong", "splits", "entity_lengths", "type_lengths", "tokenizer", "findings",
    ]  # fmt: skip


# A corpus by its name.


@pytest.fixture
def corpus(tmp_path):
    """A corpus with a stray I- in its test split."""
    splits = {"train": EXAMPLE_SENTENCES[:8], "test": EXAMPLE_SENTENCES[8:12]}
    folder = write_corpus(tmp_path / "corpus", splits)
    tags = folder / "test" / "tags.txt"
    tags.write_text(tags.read_text().replace("B-", "I-", 1))
    return folder


def test_a_folder_and_an_open_corpus_give_the_same_report(corpus):
    report = check_corpus(corpus)
    illegal = findings(report)["illegal_tags"]
    assert illegal.total == 1
    assert (
        illegal.cases[0].locations[0].location.startswith(f"{corpus / 'test' / 'sentences.txt'}:")
    )
    assert check_corpus(str(corpus)) == report
    assert check_corpus(open_corpus(corpus, ReadOptions(repair_tags=True))) == report
    with pytest.raises(CorpusError, match="repair_tags"):
        check_corpus(open_corpus(corpus))


def test_a_tokenizer_is_given_by_name_or_as_it_is(corpus, tmp_path):
    tokenizer = tiny_models.wordpiece()
    model = tiny_models.save_tagger(tmp_path / "model", ("O",))
    by_name = check_corpus(corpus, model, max_length=12)
    assert by_name.tokenizer.max_length == 12
    assert "long_sentences" in findings(by_name)
    assert by_name.findings == check_corpus(corpus, tokenizer, max_length=12).findings
    assert check_corpus(corpus, tokenizer).tokenizer.max_length == tokenizer.model_max_length


def test_the_files_are_read_as_the_options_say(tmp_path):
    (tmp_path / "train.txt").write_text("O 王\nO 在\nB-LOC 京\n")
    options = {"token_column": 1, "tag_column": 0}
    assert check_corpus(tmp_path / "train.txt", **options).splits["train"].tokens == 3
    with pytest.raises(TypeError, match="token_colum"):
        check_corpus(tmp_path, token_colum=1)


def test_a_report_prints_as_text(corpus):
    report = check_corpus(corpus)
    assert str(report) == repr(report) == format_report(report)


# The tokenizer.


def tokenized(sentences, tokenizer, max_length=16):
    aligner = Aligner(tokenizer, max_length)
    report = check_sentences({"train": placed("train", sentences)}, aligner=aligner)
    return report.tokenizer, findings(report)


def test_dropped_and_unknown_tokens_are_told_apart():
    tokens = ["北", "\u3000", "鑫", "\u200b", "鑫"]
    sentence = Sentence(tokens, ["B-LOC", "I-LOC", "I-LOC", "O", "O"])
    figures, found = tokenized([sentence], tiny_models.wordpiece())
    pieces = figures.splits["train"]
    assert (pieces.tokens, pieces.pieces, pieces.unknown, pieces.dropped) == (5, 5, 2, 2)
    (unknown,) = found["unknown_tokens"].cases
    assert (unknown.text, unknown.detail) == ("鑫", "2 times, 1 inside entities")
    assert locations(unknown) == ["train:1 (token 3)", "train:1 (token 5)"]
    assert [case.detail for case in found["dropped_tokens"].cases] == [
        "ZERO WIDTH SPACE, 1 time, 0 inside entities",
        "IDEOGRAPHIC SPACE, 1 time, 1 inside entities",
    ]


def test_a_tokenizer_set_to_pad_drops_no_less():
    tokenizer = tiny_models.wordpiece.__wrapped__()
    tokenizer.backend_tokenizer.enable_padding(length=8, pad_id=tokenizer.pad_token_id)
    figures, _ = tokenized([Sentence(["北", "\u200b"], ["B-LOC", "O"])], tokenizer)
    assert (figures.splits["train"].unknown, figures.splits["train"].dropped) == (0, 1)


def test_without_an_unknown_piece_a_dropped_token_is_still_dropped():
    tokenizer = tiny_models.wordpiece.__wrapped__()
    tokenizer.unk_token = None
    figures, _ = tokenized([Sentence(["北", "\u200b"], ["B-LOC", "O"])], tokenizer)
    assert (figures.splits["train"].unknown, figures.splits["train"].dropped) == (0, 1)


@pytest.mark.parametrize(("number", "wrong"), [(1, False), (2, True)])
def test_too_many_unknown_tokens_are_wrong(number, wrong):
    tokens = ["鑫"] * number + ["北"] * (20 - number)
    _, found = tokenized([Sentence(tokens, ["O"] * 20)], tiny_models.wordpiece(), 64)
    assert found["unknown_tokens"].wrong == wrong


def test_long_sentences_and_what_a_cut_would_lose():
    # 14 pieces beside the special ones: the entity of tokens 14 and 15 ends behind the limit.
    inside = Sentence(["北"] * 15, [*["O"] * 12, "B-LOC", "I-LOC", "O"])
    across = Sentence(["北"] * 15, [*["O"] * 13, "B-LOC", "I-LOC"])
    short = Sentence(["北"] * 14, [*["O"] * 13, "B-LOC"])
    figures, found = tokenized([short, inside, across], tiny_models.wordpiece())
    assert (figures.max_length, figures.capacity) == (16, 14)
    pieces = figures.splits["train"]
    assert (pieces.most_pieces, pieces.over_limit, pieces.entities_cut) == (15, 2, 1)
    finding = found["long_sentences"]
    assert not finding.wrong
    assert finding.title.startswith("2 of 3 sentences (66.7 %)")
    assert "1 of 3 entities (33.3 %) would be lost" in finding.remedy
    assert finding.cases[1].detail == "15 pieces, 2 windows, 1 of 1 entity behind the limit"


# Against a slow and obvious count.


@st.composite
def corpora(draw):
    """Splits of short sentences over few characters, so that texts and entities come again."""
    splits = {}
    for name in SPLITS[: draw(st.integers(1, 3))]:
        splits[name] = []
        for number in range(draw(st.integers(0, 5))):
            tags = draw(valid_tags())
            tokens = draw(st.lists(st.sampled_from("甲乙"), min_size=len(tags), max_size=len(tags)))
            splits[name].append(Sentence(tokens, tags, f"{name}:{number + 1}"))
    return splits


def mentions_of(sentences):
    return [
        ("".join(item.tokens[entity.start : entity.end]), entity.type)
        for item in sentences
        for entity in decode_entities(item.tags)
    ]


@PROPERTY
@given(corpora())
def test_figures_are_those_of_a_plain_count(splits):
    report = check_sentences(splits)
    known = {text for text, _ in mentions_of(splits["train"])}
    for name, sentences in splits.items():
        figures = report.splits[name]
        mentions = mentions_of(sentences)
        tags = [tag for item in sentences for tag in item.tags]
        assert figures.sentences == sum(figures.histogram.values()) + tags_missing(sentences)
        assert (figures.tokens, figures.outside) == (len(tags), tags.count("O"))
        assert figures.entities.mentions == len(mentions)
        assert {key: item.mentions for key, item in figures.types.items() if item.mentions} == (
            Counter(entity_type for _, entity_type in mentions)
        )
        if name != "train" and splits["train"]:
            assert figures.entities.unseen == sum(text not in known for text, _ in mentions)
            assert figures.entities.unseen == sum(
                item.unseen or 0 for item in figures.types.values()
            )


def tags_missing(sentences):
    """Return the sentences without a token, which only tests make and no bar counts."""
    return sum(not item.tags for item in sentences)


@PROPERTY
@given(corpora())
def test_texts_are_compared_as_in_a_plain_count(splits):
    report = findings(check_sentences(splits))
    rows = [
        (name, "".join(item.tokens), tuple(item.tags))
        for name, split in splits.items()
        for item in split
    ]
    texts = {text for _, text, _ in rows}
    leaks = {text for text in texts if len({name for name, other, _ in rows if other == text}) > 1}
    assert leaks == texts_of(report, "leaks")
    conflicts = {
        text for text in texts if len({tags for _, other, tags in rows if other == text}) > 1
    }
    assert conflicts == texts_of(report, "conflicts")
    repeated = sum(
        len(split) - len({tuple(item.tokens) for item in split}) for split in splits.values()
    )
    duplicates = report["duplicates"].cases if "duplicates" in report else []
    assert repeated == sum(case.count - 1 for case in duplicates)


def texts_of(report, check):
    return {case.text for case in report[check].cases} if check in report else set()


@PROPERTY
@given(corpora())
def test_untagged_and_ambiguous_strings_are_those_of_a_plain_count(splits):
    report = findings(check_sentences(splits, min_tagged=1))
    sentences = [item for split in splits.values() for item in split]
    types = {}
    for text, entity_type in mentions_of(sentences):
        types.setdefault(text, set()).add(entity_type)
    several = {text for text, names in types.items() if len(names) > 1}
    assert several == texts_of(report, "several_types")

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
    report = findings(check_sentences(splits, min_tagged=1))
    sentences = {item.location: item for split in splits.values() for item in split}
    for check in ("suspected_misses", "several_types"):
        for case in report[check].cases if check in report else ():
            for location in case.locations:
                where, number = re.fullmatch(r"(.*) \(token (\d+)\)", location.location).groups()
                text = "".join(sentences[where].tokens)
                assert text.startswith(case.text, int(number) - 1)


@PROPERTY
@given(
    corpora(), st.sampled_from([tiny_models.wordpiece, tiny_models.byte_bpe, tiny_models.unigram])
)
def test_pieces_are_those_of_the_windows(splits, tokenizer):
    aligner = Aligner(tokenizer(), 8, overlap=0)
    report = check_sentences(splits, aligner=aligner)
    for name, sentences in splits.items():
        windows = [aligner.encode(item.tokens) for item in sentences]
        figures = report.tokenizer.splits[name]
        assert figures.over_limit == sum(len(item) > 1 for item in windows)
        first = [set(item[0].word_ids) if item else set() for item in windows]
        lost = sum(
            entity.end - 1 not in seen
            for item, seen in zip(sentences, first, strict=True)
            for entity in decode_entities(item.tags)
        )
        # A window takes whole tokens; a cut can leave the first piece of one more.
        assert figures.entities_cut <= lost
        if all(len(ids) == 1 for ids in aligner.pieces("甲乙")):
            assert figures.entities_cut == lost
            assert figures.pieces == figures.tokens
        if figures.over_limit == 0:
            assert figures.pieces == sum(
                word != NO_TOKEN for item in windows for window in item for word in window.word_ids
            )


# The real corpus.


def test_figures_of_the_real_corpus():
    folder = msra_folder()
    splits = {
        name: list(read_pair(folder / part))
        for name, part in (("train", "train"), ("validation", "val"), ("test", "test"))
    }
    # One piece a character, known or not.
    report = check_sentences(splits, aligner=Aligner(tiny_models.wordpiece(), 512))
    train, test = report.splits["train"], report.splits["test"]
    assert (train.sentences, train.tokens, train.entities.mentions) == (37297, 1762576, 59626)
    assert (test.entities.mentions, test.lengths.longest) == (6190, 2427)
    assert {name: item.mentions for name, item in test.types.items()} == {
        "PER": 1973, "ORG": 1331, "LOC": 2886,
    }  # fmt: skip
    assert (test.entities.unseen, test.outside) == (1809, 152509)
    assert report.tokenizer.splits["test"].entities_cut == 516
    found = findings(report)
    assert not found.keys() & {
        "leaks",
        "conflicts",
        "illegal_tags",
        "types_not_in_train",
        "doubled_tokens",
    }
    assert found["duplicates"].title.startswith("5 of 3,442 sentences of test")
