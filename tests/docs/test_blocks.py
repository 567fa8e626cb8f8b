"""What README and the docs show is what works: commands parse, and Python runs."""

import contextlib
import io
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

import msra_ner
from msra_ner.cli.entry import build_parser
from msra_ner.training.parsing import parse_arguments
from msra_ner.training.stage_settings import parse_stages

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ENGLISH = [page for page in PAGES if not page.name.endswith(".zh.md")]
LAUNCHERS = ("torchrun", "accelerate", "python")
# Programs of others in the pages; what they do is no affair of these tests.
OTHERS = {
    *("pip", "python", "python3.11", ".venv/bin/pip", ".venv/bin/pytest", "pytest", "cd", "npm"),
    *(
        "export",
        "source",
        "cat",
        "mkdir",
        "curl",
        "openssl",
        "make",
        "bash",
        "git",
        "docker",
        "hf",
        "jq",
    ),
}
NEED_THE_HUB = {"how-to/hub-dataset.md", "how-to/hub-model.md"}
ELSEWHERE = {  # pages with a test of their own
    *(
        "how-to/formats.md",
        "start/accuracy-and-f1.md",
        "tutorials/own-data.md",
        "tutorials/loop.md",
    ),
}


def name(page):
    return str(page.relative_to(ROOT if page.parent == ROOT else ROOT / "docs"))


def blocks(page, language):
    """Return the blocks of a page; those in a tab are indented."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]


def commands():
    for page in PAGES:
        for block in blocks(page, "bash"):
            for line in block.replace("\\\n", " ").strip().splitlines():
                yield from (part.strip() for part in re.split(r" && | \| ", line))


def parse(words):
    """Parse the words behind ``msra-ner``."""
    if ">" in words:
        words = words[: words.index(">")]
    if words[0] in ("train", "tune"):
        return
    build_parser().parse_args(words)


def parse_train(words):
    """Parse the words behind ``msra-ner train``, the settings of all stages too."""
    stages = parse_stages(words)
    for stage in stages or ():
        stage.parse()
    if stages is None:
        parse_arguments(words)


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_a_command_parses(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "settings.yaml").write_text("learning_rate: 3e-5\n")
    shutil.copy(ROOT / "examples/loop/loop.yaml", tmp_path)
    (tmp_path / "runs/tuned").mkdir(parents=True)
    (tmp_path / "runs/tuned/best.yaml").write_text("learning_rate: 3e-5\n")
    words = shlex.split(command, comments=True)
    if "run_ner.py" in words:
        parse_train(words[words.index("run_ner.py") + 1 :])
    elif "msra_ner" in words:  # python -m msra_ner, behind a launcher
        parse(words[words.index("msra_ner") + 1 :])
    elif Path(words[0]).name == "msra-ner":
        if words[1] == "train":
            parse_train(words[2:])
        else:
            parse(words[1:])
    elif words[:2] == ["serve", "run"]:  # of Ray, with settings of ours
        pytest.importorskip("ray.serve", reason="needs Ray Serve (pip install .[all])")
        from msra_ner.serving import ray_serve

        assert words[2] == f"{ray_serve.__name__}:{ray_serve.build_application.__name__}"
        ray_serve.ServeSettings.model_validate(dict(word.split("=") for word in words[3:]))
    else:
        assert words[0] in OTHERS


def test_the_marked_commands_are_one_line_each():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for mark in ("run", "test"):
        block = readme.split(f"<!-- command: {mark} -->\n```bash\n")[1].split("\n```")[0]
        assert "\n" not in block
        assert "-c constraints.txt" in block


def test_the_badges_are_true():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    setup = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    versions = re.findall(r"Python :: (3\.\d+)", setup)
    assert f"![Python {', '.join(versions)}]" in readme
    assert "license = MIT" in setup
    assert "strict = true" in setup


FIRST_FLAGS = (ROOT / "docs/how-to/training.md").read_text(encoding="utf-8").split("\n## ")[1]


@pytest.mark.parametrize("flags", re.findall(r"^\| `(--[^`]+)` \|", FIRST_FLAGS, re.MULTILINE))
def test_a_flag_of_the_table_parses(flags):
    parse_arguments(shlex.split(flags))


RUN_HERE = [
    page
    for page in ENGLISH
    if blocks(page, "python") and name(page) not in NEED_THE_HUB | ELSEWHERE
]


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN_HERE, ids=name)
def test_the_python_of_a_page_runs_in_its_order(page, workplace, tiny_encoder, monkeypatch):
    monkeypatch.chdir(workplace)
    names = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for block in blocks(page, "python"):
            exec(block.replace("google-bert/bert-base-chinese", str(tiny_encoder)), names)
    if page.name == "README.md":
        assert names["results"].test.f1 is not None
        assert set(names["tagger"].types) == {"PER", "ORG", "LOC"}


def test_own_data_is_divided(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "examples/own-data/export.jsonl", tmp_path)
    (block,) = blocks(ROOT / "docs/tutorials/own-data.md", "python")
    exec(block, {})
    corpus = msra_ner.load_msra("corpus", ends="exclusive")
    assert {split: len(rows) for split, rows in corpus.items()} == {
        **{"train": 160, "validation": 20, "test": 20}
    }


@pytest.mark.slow
def test_what_commands_print_in_the_pages_is_what_they_print():
    pytest.importorskip("fastapi", reason="fastapi is not installed; [demo] has it")
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import write_pages
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    with write_pages.enter_workplace():
        for page in write_pages.list_pages():
            text = page.read_text(encoding="utf-8")
            # If this is meant: python scripts/write_pages.py
            assert write_pages.update_page(text) == text, page
