"""The figures of "97 % accuracy, F1 under 50" are those of its example, in both languages."""

import contextlib
import io
import re
from pathlib import Path

import pytest
from helpers import tiny_models

from msra_ner import load_msra
from msra_ner.labels import decode_entities

FOLDER = Path(__file__).parents[2] / "docs/start"
PAGES = [FOLDER / "accuracy-and-f1.md", FOLDER / "accuracy-and-f1.zh.md"]


@pytest.fixture(params=PAGES, ids=["English", "Chinese"])
def page(request):
    return request.param.read_text(encoding="utf-8").replace("97 %", "97%").replace(" %", "%")


def read_blocks(page):
    return re.findall(r"```python\n(.*?)```", page, re.DOTALL)


def read_example(page, name):
    return page.split(f"<!-- example: {name} -->\n```text\n")[1].split("\n```")[0].split("\n")


def test_the_code_gives_the_figures_of_the_text(page):
    names = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(read_blocks(page)[0], names)
    assert printed.getvalue().split() == ["97.00%", "33.33%", "40.00%", "36.36%"]
    for figure in ("= 33.33%", "= 40.00%", "**36.36%**", "**97%**"):
        assert figure in page
    for name in ("gold", "predicted"):
        assert [names["read_tags"](line) for line in read_example(page, name)] == names[name]
    assert [len(tags) for tags in names["gold"]] == [25] * 4
    assert sum(tag == "O" for tags in names["gold"] for tag in tags) == 82
    assert "82%" in page


def test_the_entities_are_those_that_the_text_lists(page):
    names = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(read_blocks(page)[0], names)
    for name, lists in (("gold", 5), ("predicted", 6)):
        marked = read_example(page, name)
        texts = [re.sub(r"\[(\S+) \w+\]", r"\1", line) for line in marked]
        found = [
            text[entity.start : entity.end]
            for text, tags in zip(texts, names[name], strict=True)
            for entity in decode_entities(tags)
        ]
        assert len(found) == lists
        assert any(re.sub(r", |、", " ", line).count(" ".join(found)) for line in page.split("\n"))


def test_the_arithmetic_of_msra_is_right(page):
    tokens, outside, entities = 172_601, 152_509, 6_190
    wrong, inside = round(0.03 * tokens), tokens - outside
    for number in (tokens, outside, entities, wrong, inside, entities - wrong):
        assert f"{number:,}" in page
    assert f"{outside / tokens:.2%}" in page
    assert 0.25 < wrong / inside < 0.27  # a quarter
    assert f"{inside / entities:.1f} " in page
    assert f"{(entities - wrong) / entities:.0%}" in page
    left = entities - wrong / (inside / entities)
    assert round(left, -2) == 4_600
    assert f"{left / entities:.0%}" in page


def test_the_alignment_is_that_of_this_package(page, tmp_path, tiny_corpus):
    folder = tiny_models.save_tagger(tmp_path / "model", ["O", "B-PER", "I-PER"])
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    names = {}
    exec(read_blocks(page)[1], names)
    row = load_msra(str(tiny_corpus))["train"][0]
    aligned = names["align"](tokenizer, row["tokens"], row["ner_tags"])
    assert [label for label in aligned["labels"] if label != -100] == row["ner_tags"]
