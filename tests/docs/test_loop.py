"""The tutorial of the loop, from drafts to a model that is served: all of it runs in its order."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from msra_ner.cli.entry import main

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/tutorials/loop.md"
BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def make_quick(words, encoder):
    """Return a command of the page that trains a tiny model for a few steps."""
    if words[0] != "train":
        return words
    words = " ".join(words).replace("--recipe best", "--max_steps 3 --use_cpu").split()
    assert "--max_steps" in words, words
    return words if "--model_name_or_path" in words else [*words, "--model_name_or_path", encoder]


@pytest.mark.parametrize("page", [PAGE, PAGE.with_suffix(".zh.md")], ids=lambda path: path.name)
def test_the_page_shows_the_settings_file_as_it_is(page):
    (shown,) = re.findall(r"^```yaml\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
    assert shown == (ROOT / "examples/loop/loop.yaml").read_text("utf-8")


@pytest.mark.slow
def test_the_loop_goes_round(tmp_path, tiny_encoder, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples/loop", tmp_path, dirs_exist_ok=True)
    ran = []
    for language, block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if language == "python":
            exec(block, {})
            continue
        for line in block.strip().splitlines():
            _, *words = shlex.split(line)
            if words[0] == "demo":  # tests/serving has it
                continue
            code = main(make_quick(words, str(tiny_encoder)))
            # 1: something is not placed, or suspicious
            assert code in (0, 1), (line, capsys.readouterr().err)
            ran.append(words[0])
    assert ran == [
        *("align", "check", "train", "select", "train", "evaluate", "train"),
        *("select", "check", "predict"),
    ]
    before = json.loads(Path("runs/loop/gold/run.json").read_text("utf-8"))["trained_before"]
    assert [stage["name"] for stage in before] == ["silver"]
    printed = capsys.readouterr().out
    assert re.search(r"entities in drafts +409\n", printed)
    assert re.search(r"placed, exact +395\n", printed)
    first, more = (
        {task["data"]["text"] for task in json.loads(Path(name).read_text(encoding="utf-8"))}
        for name in ("tasks.json", "more.json")
    )
    assert (len(first), len(more)) == (60, 50)
    assert not first & more
    assert len(Path("gold/test.jsonl").read_text(encoding="utf-8").splitlines()) == 30
    lines = Path("entities.jsonl").read_text(encoding="utf-8").splitlines()
    tagged = list(map(json.loads, lines))
    assert all(
        any("北京" in entity["text"] for entity in row["entities"])
        for row in tagged
        if "北京" in row["text"]
    )
