"""Each test that docs/maintainers/reliability.md names is there, and its -k selects some."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/maintainers/reliability.md").read_text(encoding="utf-8")
# A file or folder of tests, maybe without its folder, and what -k selects.
NAMED = re.findall(r"`((?:tests/)?[\w/]*test\w*(?:\.py)?)(?: -k (\"[^\"]+\"|\w+))?`", PAGE)


def test_the_page_names_tests():
    assert len(NAMED) > 20


@pytest.mark.parametrize(("place", "words"), NAMED)
def test_what_is_named_is_there(place, words):
    found = ROOT / place if place.startswith("tests/") else ROOT / "tests/training" / place
    assert found.exists()
    names = re.findall(r"^def (test_\w+)", found.read_text(encoding="utf-8"), re.M) if words else []
    for word in words.strip('"').split(" or ") if words else []:
        assert any(word in name for name in names), word
