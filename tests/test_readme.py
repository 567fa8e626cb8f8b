"""What the README shows is what works."""

import re
import shlex
from pathlib import Path

import pytest

from msra_ner.cli.entry import build_parser
from msra_ner.training.parsing import parse_arguments

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands():
    for block in re.findall(r"```bash\n(.*?)```", README, flags=re.S):
        for line in block.strip().splitlines():
            yield from line.split(" && ")


def test_the_marked_commands_are_one_line_each():
    for mark in ("run", "test"):
        block = README.split(f"<!-- command: {mark} -->\n```bash\n")[1].split("\n```")[0]
        assert "\n" not in block
        assert "-c constraints.txt" in block


@pytest.mark.parametrize("command", dict.fromkeys(commands()))
def test_a_command_parses(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "settings.yaml").write_text("learning_rate: 3e-5\n")
    words = shlex.split(command)
    if "run_ner.py" in words:
        parse_arguments(words[words.index("run_ner.py") + 1 :])
    elif Path(words[0]).name == "msra-ner":
        if words[1] == "train":
            parse_arguments(words[2:])
        else:
            build_parser().parse_args(words[1:])
    else:
        assert words[0] in ("python3.11", ".venv/bin/pip", ".venv/bin/pytest")


@pytest.mark.parametrize("flags", re.findall(r"^\| `(--[^`]+)` \|", README, flags=re.M))
def test_a_flag_of_the_table_parses(flags):
    parse_arguments(shlex.split(flags))


@pytest.mark.slow
def test_the_python_examples_run(tmp_path, monkeypatch, tiny_corpus):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "msra").symlink_to(tiny_corpus)
    names = {}
    for block in re.findall(r"```python\n(.*?)```", README, flags=re.S):
        exec(block, names)
    assert names["results"]["test_support"] > 0
    assert names["scores"].sentences == len(names["corpus"]["validation"])


def test_the_chinese_page_shows_the_same_commands_and_links():
    chinese = (ROOT / "README.zh.md").read_text(encoding="utf-8")
    blocks = r"(?:<!-- command: \w+ -->\n)?```\w+\n.*?```"
    assert re.findall(blocks, chinese, flags=re.S) == re.findall(blocks, README, flags=re.S)
    assert re.findall(r"^\| `(.*?)` \|", chinese, flags=re.M) == re.findall(
        r"^\| `(.*?)` \|", README, flags=re.M
    )
    for link in re.findall(r"\]\(([\w./-]+)", chinese):
        assert (ROOT / link).exists(), link
