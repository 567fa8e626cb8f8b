"""The version is the same wherever it is said."""

import re
from pathlib import Path

import msra_ner

ROOT = Path(__file__).parents[1]


def test_the_newest_version_of_the_changelog_is_that_of_the_package():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    first, *_ = re.findall(r"^## \[(\d[^\]]*)\] - (\d{4}-\d\d-\d\d)$", changelog, re.MULTILINE)
    cited = tuple(
        re.search(rf"^{key}: (.*)$", citation, re.MULTILINE)[1]
        for key in ("version", "date-released")
    )
    assert first == cited
    assert first[0] == msra_ner.__version__
