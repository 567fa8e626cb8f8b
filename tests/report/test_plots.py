import re
import warnings
import xml.etree.ElementTree as ET

import pytest
from helpers.builders import EXAMPLE_SENTENCES
from helpers.run_folders import write_run

from msra_ner.metrics.surface_forms import count_names
from msra_ner.report.compare import build_comparison
from msra_ner.report.data import build_report
from msra_ner.report.page import draw_report, draw_runs
from msra_ner.report.plots import (
    INK,
    draw_breakdown,
    draw_confusion,
    draw_curves,
    draw_kinds,
    draw_types,
    to_svg,
    write_plots,
)
from msra_ner.report.run_files import read_run
from msra_ner.report.words import PLOT_WORDS_ZH

SVG = "{http://www.w3.org/2000/svg}"


def type_row(name, f1=0.7, low=0.6, high=0.8):
    interval = {"low": low, "high": high, "level": 0.95}
    return {"name": name, "precision": 0.8, "recall": 0.6, "f1": f1, "interval": interval}


def curves(loss=((10, 0.9), (20, 0.4)), val_f1=((20, 0.5), (40, 0.6))):
    return {"loss": list(loss), "val_loss": [], "val_f1": list(val_f1), "best_step": 40}


KIND_ROWS = [{"kind": "missed", "errors": 1200}, {"kind": "spurious", "errors": 0}]
LENGTH_ROWS = [{"name": "1", "f1": 0.5, "gold": 1234}, {"name": "2-4", "f1": 0.75, "gold": 5}]
DRAWN = {
    "types of one run": lambda: draw_types({"run": [type_row("PER"), type_row("LOC")]}),
    "types of two runs": lambda: draw_types({"A": [type_row("PER")], "B": [type_row("LOC")]}),
    "types of many": lambda: draw_types({"run": [type_row(f"T{i}") for i in range(40)]}),
    "a type at 100 %": lambda: draw_types({"run": [type_row("PER", 1.0, 1.0, 1.0)]}),
    "curves of one run": lambda: draw_curves({"run": curves()}),
    "curves of two runs": lambda: draw_curves({"A": curves(), "B": curves(())}),
    "curves of one point": lambda: draw_curves({"run": curves(((1, 0.5),), ())}),
    "confusion": lambda: draw_confusion(["PER", "O"], [[1200, 3], [4, 0]]),
    "confusion of nothing": lambda: draw_confusion(["O"], [[0]]),
    "confusion of many": lambda: draw_confusion(
        [f"T{i}" for i in range(30)], [[i * j for i in range(30)] for j in range(30)]
    ),
    "kinds of one run": lambda: draw_kinds({"run": KIND_ROWS}),
    "kinds of two runs": lambda: draw_kinds({"A": KIND_ROWS, "B": KIND_ROWS}),
    "kinds without errors": lambda: draw_kinds({"run": [{"kind": "missed", "errors": 0}]}),
    "breakdown of one run": lambda: draw_breakdown({"run": LENGTH_ROWS}, "length"),
    "breakdown of two runs": lambda: draw_breakdown({"A": LENGTH_ROWS, "B": LENGTH_ROWS}, "length"),
}


def texts(svg):
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_is_whole_svg_and_png(tmp_path, name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        written = write_plots(tmp_path, {"figure": DRAWN[name]()})
    assert ET.fromstring(written["figure"]).tag == f"{SVG}svg"
    assert (tmp_path / "figure.svg").read_text(encoding="utf-8") == written["figure"]
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["types of one run", "curves of two runs", "confusion"])
def test_equal_numbers_give_equal_bytes(tmp_path, name):
    for folder in ("one", "two"):
        write_plots(tmp_path / folder, {"figure": DRAWN[name]()})
    for file in ("figure.svg", "figure.png"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_numbers_and_names_stand_in_the_figure():
    assert {"1,200", "3", "4", "PER", "predicted type"} <= set(
        texts(to_svg(DRAWN["confusion"](), "c"))
    )
    found = texts(to_svg(DRAWN["breakdown of one run"](), "b"))
    assert {"50", "75", "2-4", "(1,234)"} <= set(found)


def test_the_corner_of_a_confusion_is_empty():
    assert "0" not in texts(to_svg(DRAWN["confusion"](), "c"))


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a&b", "$x$", "实体类型", "_hidden"])
def test_names_of_types_stay_text(name):
    svg = to_svg(draw_types({"run": [type_row(name)]}), "types")
    assert name in texts(svg)
    assert "<script" not in svg


def test_ids_of_two_figures_differ_and_links_lead_to_them():
    svgs = [to_svg(DRAWN["curves of one run"](), name) for name in ("one", "two")]
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in svgs]
    assert ids[0]
    assert not ids[0] & ids[1]
    for svg, known in zip(svgs, ids, strict=True):
        assert set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg)) <= known


def test_ink_is_that_of_the_page_and_nothing_points_elsewhere():
    svg = to_svg(DRAWN["kinds of two runs"](), "kinds")
    assert INK not in svg
    assert "currentColor" in svg
    assert "DOCTYPE" not in svg
    assert set(re.findall(r"https?://[^\"]+", svg)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_every_word_of_a_plot_comes_in_both_languages(tmp_path):
    names = count_names(EXAMPLE_SENTENCES[:6])
    gold = [sentence.tags for sentence in EXAMPLE_SENTENCES]
    first = read_run(write_run(tmp_path / "first", train_names=names))
    second = read_run(write_run(tmp_path / "second", predicted=gold, train_names=names))
    figures = [
        *draw_report(build_report(first)).values(),
        *draw_runs(build_comparison(first, second)["runs"]).values(),
    ]
    words = {text for figure in figures for text in texts(to_svg(figure, "f"))}
    words = {word for word in words if re.search(r"[a-z]{2}|[A-Z]{4}", word)}
    assert len(words) > 20
    assert words <= set(PLOT_WORDS_ZH)
