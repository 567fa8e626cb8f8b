"""Tokens that are something else are a finding, whatever format they came from."""

import pytest
from helpers.checked_corpora import add_to_healthy, by_name

from msra_ner.check.run import check_sentences
from msra_ner.corpus import Sentence, find_odd_tokens

KINDS = {
    "sentences": [[f"陈立群第{n}次到苏州出差。"] for n in range(12)],
    "numbers": [[str(n) for n in range(1, length)] for length in (5, 9, 12)],
    "one_value": [["_"] * 5 for _ in range(8)],
    "marked": [[f"zh:{c}" for c in row] for row in ("周敏在苏州", "今天下雨", "他说话")],
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_tokens_is_wrong(kind):
    rows = [Sentence(row, ["O"] * len(row), f"f:{n}") for n, row in enumerate(KINDS[kind], 1)]
    splits = {"train": rows, "test": [Sentence(list("天气好"), ["O"] * 3, "g:1")]}
    finding = by_name(check_sentences(splits))["odd_tokens"]
    assert finding.wrong
    assert [case.locations[0].location for case in finding.cases] == ["f:1 (token 1)"]
    assert find_odd_tokens(KINDS[kind]).kind == kind


@pytest.mark.parametrize(
    "rows",
    [
        [["周", "敏", "在", "苏", "州"]] * 10,
        [["中华人民共和国", "成立", "了"], ["1949", "年"]] * 10,
        [["The", "Organisation", "for", "Economic", "Co-operation"]] * 10,
        [["1", "2", "月"], ["2024"], ["3", "."]] * 10,
        [["谢谢各位朋友们大家好！"]],  # one alone proves nothing
        [],
    ],
)
def test_tokens_of_any_language_are_no_finding(rows):
    assert find_odd_tokens(rows) is None
    sentences = [Sentence(row, ["O"] * len(row), "f:1") for row in rows]
    assert "odd_tokens" not in by_name(check_sentences(add_to_healthy(train=sentences)))
