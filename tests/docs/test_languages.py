"""A page in two languages says the same: as many headings and rows, and the same blocks."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
# Pages for maintainers are in English alone.
ENGLISH_ONLY = {
    "maintainers/architecture.md",
    "maintainers/decisions.md",
    "maintainers/performance.md",
    "maintainers/reliability.md",
    "maintainers/tried.md",
}
PAGES = sorted(page for page in DOCS.rglob("*.md") if not page.name.endswith(".zh.md"))
CHINESE = [*sorted(DOCS.rglob("*.zh.md")), ROOT / "README.zh.md"]


def name(page):
    return str(page.relative_to(DOCS if DOCS in page.parents else ROOT))


def twin(page):
    return page.with_name(page.name.replace(".zh.md", ".md"))


def test_every_page_has_a_chinese_twin_but_those_that_are_listed():
    lacking = {name(page) for page in PAGES if not page.with_suffix(".zh.md").exists()}
    assert lacking == ENGLISH_ONLY


def without_code(text):
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("page", CHINESE, ids=name)
def test_headings_and_tables_correspond(page):
    texts = [without_code(path.read_text(encoding="utf-8")) for path in (twin(page), page)]
    for pattern in (r"^(#+) ", r"^(\|)"):
        english, chinese = (re.findall(pattern, text, re.MULTILINE) for text in texts)
        assert chinese == english


@pytest.mark.parametrize("page", CHINESE, ids=name)
def test_the_blocks_are_the_same(page):
    pattern = r"(?:<!--[^\n]*-->\n)?```\w*\n.*?```"
    english, chinese = (
        sorted(re.findall(pattern, path.read_text(encoding="utf-8"), re.DOTALL))
        for path in (twin(page), page)
    )
    assert chinese == english


@pytest.mark.parametrize("page", CHINESE, ids=name)
def test_the_page_is_in_chinese(page):
    text = without_code(page.read_text(encoding="utf-8"))
    assert len(re.findall(r"[\u4e00-\u9fff]", text)) > 60
