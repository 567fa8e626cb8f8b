"""Numbers to figures, as SVG text for a page and as PNG and SVG files.

matplotlib is imported inside the functions only. Figures that compare runs take the same rows as
those of one run, a list for each run by its name; one run alone has no legend.
"""

import io
import math
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from msra_ner.palette import COLOURS as PALETTE
from msra_ner.report.schema import CalibrationData, Curves, KindRow, NamedScores, Point, TypeScores

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


# Text and lines. In SVG it becomes the colour of the text around the figure, light or dark.
INK = "#24292f"
# Of what is drawn side by side. In SVG they are those of the page around the figure.
COLOURS = [colour.light for colour in PALETTE]
# Tried for PNG, where types have Chinese names; SVG text is drawn by whoever shows it.
CHINESE_FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "SimHei")
WIDTH = 7.2  # inches
MAX_NUMBERED = 12  # types up to which the cells of a confusion hold their number
# The names of all plots that a page can have.
PLOTS = (
    *("confusion", "kinds", "length", "position", "train_count", "seen", "types", "curves"),
    *("calibration", "lowest_scores"),
)


def draw_types(runs: Mapping[str, Sequence[TypeScores]]) -> "Figure":
    """Return F1 of each type with its interval, and for one run precision and recall too."""
    names = list(dict.fromkeys(row["name"] for rows in runs.values() for row in rows))
    with _style():
        figure, [axes] = _figure(0.9 + 0.36 * len(names) * (1 if len(runs) == 1 else 1.4))
        for index, (run, rows) in enumerate(runs.items()):
            places = [names.index(row["name"]) + _offset(index, len(runs), 0.28) for row in rows]
            f1, precision, recall = (
                [_to_percent(row[ratio]) for row in rows] for ratio in ("f1", "precision", "recall")
            )
            low, high = (
                [_to_percent(row["interval"][end]) for row in rows] for end in ("low", "high")
            )
            # A point without a place is not drawn.
            ends = np.nan_to_num([np.subtract(f1, low), np.subtract(high, f1)]).clip(min=0)
            label = "F1" if len(runs) == 1 else run
            style: dict[str, Any] = {"color": COLOURS[index], "capsize": 3, "zorder": 3}
            axes.errorbar(f1, places, xerr=ends, fmt="o", label=label, **style)
            if len(runs) == 1:
                style = {"markersize": 5, "alpha": 0.8}
                axes.plot(precision, places, ">", color=COLOURS[1], label="precision", **style)
                axes.plot(recall, places, "<", color=COLOURS[2], label="recall", **style)
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlabel("%")
        axes.grid(axis="x")
        _legend(figure, axes)
    return figure


def draw_curves(runs: Mapping[str, Curves]) -> "Figure":
    """Return loss and, below, F1 on val over training steps; the best step is marked."""
    with _style():
        figure, (above, below) = _figure(4.4, 2)
        for index, (run, curves) in enumerate(runs.items()):
            colour = COLOURS[index]
            train, val, val_colour = f"{run}: train", f"{run}: val", colour
            if len(runs) == 1:
                train, val, val_colour = "train loss", "val loss", COLOURS[1]
            f1 = [(step, 100 * value) for step, value in curves["val_f1"]]
            style = {"marker": "o", "linestyle": "--"}
            _line(above, curves["loss"], color=colour, label=train)
            _line(above, curves["val_loss"], color=val_colour, label=val, **style)
            _line(below, f1, marker="o", color=colour)
            best = [point for point in f1 if point[0] == curves["best_step"]]
            _line(below, best, marker="o", markersize=11, color=colour, fillstyle="none")
        above.set_ylabel("loss")
        above.set_ylim(bottom=0)
        above.tick_params(labelbottom=False)
        below.sharex(above)
        below.set_ylabel("F1 on val, %")
        below.set_xlabel("training step")
        for axes in (above, below):
            axes.grid(axis="y")
        _legend(figure, above)
    return figure


def draw_confusion(names: Sequence[str], matrix: Sequence[Sequence[int]]) -> "Figure":
    """Return which types were taken for which, each row shaded by its shares."""
    size = min(WIDTH, 2.2 + 0.62 * len(names))
    with _style():
        figure, [axes] = _figure(0.8 * size, width=size)
        shares = [[cell / (sum(row) or 1) for cell in row] for row in matrix]
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        if len(names) <= MAX_NUMBERED:
            for row, cells in enumerate(matrix):
                for column, cell in enumerate(cells):
                    # Not INK: the shade below stays light or dark whatever the page is.
                    ink = "#ffffff" if shares[row][column] > 0.5 else "#111111"
                    # Tokens outside of entities on both sides are not counted.
                    text = "" if row == column == len(names) - 1 else f"{cell:,}"
                    axes.text(column, row, text, ha="center", va="center", color=ink)
        rotation = 90 if len(names) > MAX_NUMBERED else 0
        axes.set_xticks(range(len(names)), names, rotation=rotation)
        axes.set_yticks(range(len(names)), names)
        axes.set_xlabel("predicted type")
        axes.set_ylabel("gold type")
        axes.tick_params(length=0)
    return figure


def draw_calibration(data: CalibrationData) -> "Figure":
    """Return how many entities are right at each score, beside what the scores say."""
    with _style():
        figure, [axes] = _figure(3.2, width=4.8)
        axes.plot([0, 100], [0, 100], color=INK, alpha=0.4, linewidth=1, linestyle="--")
        rows = data["bins"]
        most = max(row["entities"] for row in rows)
        # The area of a point is its share of the entities; the smallest can still be seen.
        sizes = [12 + 200 * row["entities"] / most for row in rows]
        scores, right = ([100 * row[key] for row in rows] for key in ("score", "precision"))
        axes.scatter(scores, right, s=sizes, color=COLOURS[0], zorder=3)
        axes.set_xlim(-3, 103)
        axes.set_ylim(-3, 103)
        axes.set_xlabel("mean score, %")
        axes.set_ylabel("right, %")
        axes.grid()
    return figure


def draw_lowest_scores(rows: Sequence[NamedScores]) -> "Figure":
    """Return precision against recall, a point for each lowest score of a reported entity."""
    with _style():
        figure, [axes] = _figure(3.2, width=4.8)
        recall = [_to_percent(row["recall"]) for row in rows]
        precision = [_to_percent(row["precision"]) for row in rows]
        axes.plot(recall, precision, marker="o", color=COLOURS[0])
        # Lowest scores that leave the same entities are one point.
        for point, same in groupby(zip(recall, precision, rows, strict=True), lambda x: x[:2]):
            names = [row["name"] for *_, row in same]
            text = "–".join(dict.fromkeys((names[0], names[-1])))
            axes.annotate(text, point, (4, 4), textcoords="offset points", fontsize=8)
        axes.margins(0.12)
        axes.set_xlabel("recall, %")
        axes.set_ylabel("precision, %")
        axes.grid()
    return figure


def draw_kinds(runs: Mapping[str, Sequence[KindRow]]) -> "Figure":
    """Return the number of errors of each kind."""
    names = [row["kind"] for row in next(iter(runs.values()))]
    with _style():
        figure, [axes] = _figure(0.8 + 0.26 * len(names) * (1 if len(runs) == 1 else 1.6))
        height = 0.7 / len(runs)
        for index, (run, rows) in enumerate(runs.items()):
            places = [location + _offset(index, len(runs), height) for location in range(len(rows))]
            errors = [row["errors"] for row in rows]
            bars = axes.barh(places, errors, height, color=COLOURS[index], label=run)
            axes.bar_label(bars, fmt="{:,.0f}", padding=3, color=INK)
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.margins(x=0.1)
        axes.set_xlabel("errors")
        axes.grid(axis="x")
        if len(runs) > 1:
            _legend(figure, axes)
    return figure


def draw_breakdown(runs: Mapping[str, Sequence[NamedScores]], label: str) -> "Figure":
    """Return F1 in each row of a breakdown, with the number of gold entities in brackets."""
    names = list(dict.fromkeys(row["name"] for rows in runs.values() for row in rows))
    gold = {row["name"]: row["gold"] for rows in runs.values() for row in rows}
    with _style():
        figure, [axes] = _figure(2.6, width=4.8)
        width = 0.7 / len(runs)
        for index, (run, rows) in enumerate(runs.items()):
            places = [names.index(row["name"]) + _offset(index, len(runs), width) for row in rows]
            values = [_to_percent(row["f1"]) for row in rows]
            bars = axes.bar(places, values, width, color=COLOURS[index], label=run)
            labels = ["-" if math.isnan(value) else f"{value:.0f}" for value in values]
            axes.bar_label(bars, labels, padding=2, color=INK)
        axes.set_xticks(range(len(names)), [f"{name}\n({gold[name]:,})" for name in names])
        axes.set_ylim(0, 110)
        axes.set_yticks(range(0, 101, 25))
        axes.set_xlabel(label)
        axes.set_ylabel("F1, %")
        axes.grid(axis="y")
        if len(runs) > 1:
            _legend(figure, axes)
    return figure


def _to_percent(ratio: float | None) -> float:
    """Return a ratio in per cent; NaN, which is not drawn, for a ratio of nothing."""
    return math.nan if ratio is None else 100 * ratio


def to_svg(figure: "Figure", name: str) -> str:
    """Return a figure as an SVG element whose text stays text and whose colours are the page's.

    Args:
        figure: From one of the functions above.
        name: Part of all ids, so that one page can hold several figures.
    """
    buffer = io.StringIO()
    metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with _style():
        figure.savefig(buffer, format="svg", transparent=True, metadata=metadata)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    # Each text names the fonts to try, and the page has its own.
    svg = re.sub(r"font-family: [^;\"]+", "font-family: sans-serif", svg)
    for index, colour in enumerate(COLOURS):
        svg = svg.replace(colour, f"var(--type{index}, {colour})")
    return svg.replace(INK, "currentColor")


def list_plot_files(folder: str, names: Iterable[str] = PLOTS) -> list[str]:
    """Return the files that plots of these names are, in a folder."""
    return [f"{folder}/{name}.{ending}" for name in names for ending in ("svg", "png")]


def write_plots(folder: Path, figures: Mapping[str, "Figure"]) -> dict[str, str]:
    """Write each figure as ``NAME.svg`` and ``NAME.png`` and return the SVG texts by name."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {}
    for name, figure in figures.items():
        texts[name] = to_svg(figure, name)
        (folder / f"{name}.svg").write_text(texts[name], encoding="utf-8", newline="\n")
        with _style():
            figure.savefig(folder / f"{name}.png", facecolor="white", metadata={"Software": None})
    return texts


@contextmanager
def _style() -> Iterator[None]:
    import matplotlib
    from matplotlib.font_manager import fontManager

    known = {font.name for font in fontManager.ttflist}
    settings: dict[Any, Any] = {
        "font.family": ["DejaVu Sans", *(name for name in CHINESE_FONTS if name in known)],
        "font.size": 9,
        # The name of a type may hold a dollar, which would start a formula.
        "text.parse_math": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "msra-ner",  # equal numbers give equal bytes
        "savefig.dpi": 160,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "grid.alpha": 0.25,
        "legend.frameon": False,
        **dict.fromkeys(
            ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK
        ),
        "grid.color": INK,
    }
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # A type's name that no font here can draw is a box in the PNG alone.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def _figure(height: float, rows: int = 1, width: float = WIDTH) -> tuple["Figure", list["Axes"]]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, [figure.add_subplot(rows, 1, row + 1) for row in range(rows)]


def _line(axes: "Axes", points: Sequence[Point], **style: Any) -> None:
    if points:
        axes.plot(*zip(*points, strict=True), **style)


def _legend(figure: "Figure", axes: "Axes") -> None:
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside upper right", ncols=len(labels))


def _offset(index: int, count: int, step: float) -> float:
    """Return the distance of a run's marks from the middle of their row."""
    return (index - (count - 1) / 2) * step
