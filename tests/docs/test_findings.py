"""Each finding of check and diagnose has its entry in the reference, and no entry is left over."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs/reference"
MAKERS = ("Finding", "make_finding")
FIELDS = 3  # of a finding that a loop makes: its name, its tokens, its remedy


def list_findings(package):
    """Return the names that findings are made with, anywhere in a package."""
    names = set()
    for path in (ROOT / "msra_ner" / package).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            first = None
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKERS:
                first = node.args[0]
            elif isinstance(node, ast.Tuple) and len(node.elts) == FIELDS:
                first = node.elts[0]
                if "_" not in str(getattr(first, "value", "")):
                    continue
            if isinstance(first, ast.Constant):
                names.add(first.value)
    return names


def list_entries(page):
    """Return the names in the first column of the tables of findings."""
    text = page.read_text(encoding="utf-8")
    rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize(("package", "page"), [("check", "check"), ("diagnosis", "diagnosis")])
def test_the_reference_has_every_finding(package, page):
    for path in REFERENCE.glob(f"{page}*.md"):
        assert list_entries(path) == list_findings(package), path.name


def test_every_public_name_of_python_has_its_entry():
    import msra_ner

    text = (REFERENCE / "python.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^::: msra_ner\.(?:\w+\.)*(\w+)$", text, re.MULTILINE)) == set(
        msra_ner.__all__
    )


def test_every_command_has_its_entry():
    from msra_ner.cli.entry import COMMANDS

    for path in REFERENCE.glob("command-line*.md"):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"^## ([a-z]+)$", text, re.MULTILINE) == list(COMMANDS)
