import re

import pytest
from helpers.builders import EXAMPLE_SENTENCES, marked
from helpers.tiny_models import wordpiece

from msra_ner.check.figures import Lengths
from msra_ner.check.findings import Case, Finding, Location, format_count, format_part
from msra_ner.check.report import CorpusReport, format_report
from msra_ner.check.run import check_sentences
from msra_ner.corpus import join_tokens
from msra_ner.corpus.scheme_conversion import Illegal
from msra_ner.corpus.sentence import Sentence
from msra_ner.dataset.alignment import Aligner

NO_LENGTHS = Lengths(0, 0, 0, 0)


def text_of(*findings):
    """Return the text of a report that has nothing but findings."""
    wrong = any(finding.wrong for finding in findings)
    return format_report(CorpusReport(wrong, {}, NO_LENGTHS, {}, None, list(findings)))


def finding(*cases, wrong=False, total=None):
    total = len(cases) if total is None else total
    return Finding("leaks", wrong, "so many texts", "Take them out.", total, list(cases))


def cells(text):
    return [re.split(" {2,}", line) for line in text.splitlines()]


def line_with(text, part):
    (line,) = [line for line in text.splitlines() if part in line]
    return line


def test_the_tables_of_a_corpus():
    splits = {
        "train": [marked("[PER 李明]到[LOC 北京]。"), marked("有雨。")],
        "test": [marked("[PER 孙伟]在[LOC 北京市]。")],
    }
    text = format_report(check_sentences(splits))
    lines = cells(text)
    assert ["train", "2", "50.0 %", "9", "55.6 %", "2", "3", "6", "6"] in lines
    assert ["LOC", "1", "1", "100.0 %", "2", "2", "3", "3"] in lines
    assert ["(all)", "2", "2", "100.0 %", "2", "2", "3", "3"] in lines
    assert ["1-16", "#" * 12, "2 (100.0 %)", "1 (100.0 %)"] in lines
    assert ["17-32", "-", "-"] in lines
    assert "The longest sentence is test sentence 1." in text


def test_the_table_of_a_tokenizer():
    aligner = Aligner(wordpiece(), 16)
    sentence = Sentence(["北"] * 13 + ["鑫", "\u200b"], ["O"] * 14 + ["B-LOC"])
    text = format_report(check_sentences({"train": [sentence] * 2}, aligner=aligner))
    assert ["train", "30", "1.000", "15", "2", "2", "2", "2"] in cells(text)
    assert "a window holds 16 pieces, 14 of them for text" in text


def test_bars_grow_with_the_number_and_never_vanish():
    sentences = [Sentence(["字"] * n, ["O"] * n) for n in [5] * 100 + [20] * 50 + [600]]
    text = format_report(check_sentences({"train": sentences}))
    bars = {name: line_with(text, f"{name} ").count("#") for name in ("1-16", "17-32", "513+")}
    assert bars == {"1-16": 12, "17-32": 6, "513+": 1}
    assert "#" not in line_with(text, "33-64 ")


def test_a_corpus_without_anything_has_a_report():
    assert "train: is not there" in format_report(check_sentences({}))
    assert "train: holds no sentence" in format_report(check_sentences({"train": []}))


def test_json_has_the_old_names_of_fields_and_leaves_types_alone():
    report = check_sentences({"train": [marked("[location 巴黎]很大。")]}).to_json()
    assert list(report["type_lengths"]) == ["location"]
    assert report["splits"]["train"]["longest_place"] == "train sentence 1"


def test_the_first_line_is_the_verdict():
    good, bad = finding(Case("a", "b", 1, [])), finding(Case("a", "b", 1, []), wrong=True)
    assert text_of().startswith("Nothing is wrong; 0 notes.\n")
    assert text_of(good).startswith("Nothing is wrong; 1 note.\n")
    verdict = "WRONG  1 finding to put right before training; 2 notes.\n"
    assert text_of(bad, good, good).startswith(verdict)


def test_a_finding_has_title_cases_and_remedy():
    case = Case(
        "谢谢。", "in train and test", 3, [Location("a:1"), Location("b:2"), Location("b:3")]
    )
    text = text_of(finding(case, wrong=True))
    assert (
        "WRONG  leaks: so many texts\n"
        "       - 谢谢。: in train and test\n"
        "         a:1, b:2\n"
        "       > Take them out."
    ) in text
    assert "\nnote   leaks: so many texts\n" in text_of(finding(case))


def test_what_differs_between_locations_has_lines_of_its_own():
    case = Case(
        "甲乙", "2 readings", 2, [Location("a:1", "PER 甲"), Location("b:2", "no entity there")]
    )
    expected = ["a:1", "PER 甲", "b:2", "no entity there"]
    lines = [line.strip() for line in text_of(finding(case)).splitlines()]
    assert lines[lines.index("a:1") :][:4] == expected


@pytest.mark.parametrize(("examples", "more"), [(1, "and 1,199 more"), (3, "and 1,197 more")])
def test_only_some_cases_are_shown_and_all_are_counted(examples, more):
    cases = [Case(f"case {n}", "", 1, []) for n in range(20)]
    report = CorpusReport(False, {}, NO_LENGTHS, {}, None, [finding(*cases, total=1200)])
    text = format_report(report, examples)
    assert f"case {examples - 1}:" in text
    assert f"case {examples}:" not in text
    assert f"       {more} (.findings lists them)\n" in text


def test_cases_that_were_not_kept_are_counted_as_well():
    assert "and 4 more" in text_of(finding(Case("a", "b", 20_000, []), total=5))


def test_long_texts_are_cut_and_nothing_hidden_stays_hidden():
    text = text_of(finding(Case("字" * 41, "x", 1, []), Case("a\u3000b\x1b[1m", "y", 1, [])))
    assert f"- {'字' * 29}…: x" in text
    assert "- a<U+3000>b<U+001B>[1m: y" in text


def test_all_lines_but_tables_and_cases_fit_the_screen():
    illegal = [Illegal(Sentence(["北"], ["I-PER"], "a:1"), 0, "I-PER after O")]
    report = check_sentences({"train": EXAMPLE_SENTENCES * 2}, illegal, Aligner(wordpiece(), 16))
    for line in format_report(report).splitlines():
        assert line == line.rstrip()
        if line.startswith(("WRONG", "note", " " * 7 + ">", " " * 9)):
            assert len(line) <= 100


def test_numbers_read_as_english():
    assert format_part(1897, 6190, "entities") == "1,897 of 6,190 entities (30.6 %)"
    assert format_count(1, "sentence") == "1 sentence"
    assert format_count(1200, "sentence") == "1,200 sentences"
    assert format_count(2, "entity", "entities") == "2 entities"


def test_characters_join_without_spaces_and_words_with():
    assert join_tokens(["北", "京"]) == "北京"
    assert join_tokens(["New", "York"]) == "New York"
    assert join_tokens([]) == ""
