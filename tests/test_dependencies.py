"""docs/reference/dependencies.md has what setup.cfg asks for, and nothing else."""

import configparser
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
_NAME = re.compile(r"[A-Za-z0-9_-]+")


def read_names(lines):
    """Return the names of requirements, without those of this package's own extras."""
    names = {_NAME.match(line)[0] for line in lines.split("\n") if line.strip(" #")}
    return names - {"msra-ner"}


def test_the_list_is_that_of_setup_cfg():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    expected = {("", name) for name in read_names(config["options"]["install_requires"])}
    for extra, lines in config["options.extras_require"].items():
        expected |= {(extra, name) for name in read_names(lines)}
    found = set()
    always, extras = (
        (ROOT / "docs/reference/dependencies.md").read_text(encoding="utf-8").split("## Extras")
    )
    for row in re.findall(r"^\| (`.*?) \|", always, re.MULTILINE):
        found |= {("", name) for name in re.findall(r"`(.*?)`", row)}
    for extra, row in re.findall(r"^\| `(.*?)` \| (.*?) \|", extras, re.MULTILINE):
        found |= {(extra, name) for name in re.findall(r"`(.*?)`", row)}
    assert found == expected
