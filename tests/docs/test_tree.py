"""Pages are where others look for them, and each can be reached from the menu."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
# Files at the root that link to pages, and files in which a message or comment names one.
LINKING = [*PAGES, *sorted(ROOT.glob("*.md"))]
NAMING = [
    *(path for folder in ("msra_ner", "tests", "scripts", "benchmarks", "configs", "examples")
      for path in sorted((ROOT / folder).rglob("*"))
      if path.suffix in {".py", ".pyi", ".md", ".html", ".yaml", ".sh"}
      and "node_modules" not in path.parts),
    *(ROOT / name for name in ("Makefile", "noxfile.py", "setup.cfg", "pyproject.toml")),
    *(path for path in LINKING if path.name != "CHANGELOG.md"),
]  # fmt: skip


def without_code(text):
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("page", LINKING, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)", without_code(page.read_text(encoding="utf-8"))):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), target


def test_every_page_that_is_named_anywhere_exists():
    named = {
        (str(path.relative_to(ROOT)), name)
        for path in NAMING
        for name in re.findall(r"docs/[\w/-]+\.md", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 30
    assert [(path, name) for path, name in sorted(named) if not (ROOT / name).is_file()] == []


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site as ``make docs`` builds it."""
    pytest.importorskip("material", reason="mkdocs-material is not installed; [docs] has it")
    pytest.importorskip("mkdocs_static_i18n", reason="mkdocs-static-i18n is not installed")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    yield folder
    shutil.rmtree(folder)


@pytest.mark.slow
def test_the_site_loads_nothing_from_another_host(site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 2 * len(PAGES) / 2
    loaded = r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["']?(?:https?:)?//[^"'\s>]+"""
    linked = (
        r"""<link\b(?=[^>]*rel=["']?(?:stylesheet|preconnect|icon))[^>]*href=["']?(?:https?:)?//"""
    )
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.findall(loaded, text), page
        assert not re.findall(linked, text), page
        assert 'class="mermaid"' not in text, "the theme would fetch mermaid from another host"


@pytest.mark.slow
def test_chinese_words_are_found(site):
    index = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    assert '"zh"' in index
    assert "\\u200b" in index or "\u200b" in index  # jieba has cut the text into words
