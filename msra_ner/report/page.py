"""The report of a run as one HTML page that needs nothing else, with its data and its plots.

Text of the corpus reaches the page in two ways only: through Jinja2, which escapes it, and as JSON
in a ``<script>`` that is data, from which the page's own script makes text nodes, never markup.
"""

import base64
import hashlib
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msra_ner.argument_types import check_argument_types
from msra_ner.metrics import KINDS
from msra_ner.palette import format_css, pick_colours
from msra_ner.report.data import build_report, has_points
from msra_ner.report.plots import (
    draw_breakdown,
    draw_calibration,
    draw_confusion,
    draw_curves,
    draw_kinds,
    draw_lowest_scores,
    draw_types,
    list_plot_files,
    write_plots,
)
from msra_ner.report.run_files import read_run
from msra_ner.report.schema import Report, RunReport
from msra_ner.report.words import KINDS_ZH, PLOT_WORDS_ZH, format_duration
from msra_ner.storage import staged_folder, write_text
from msra_ner.tables import format_percent

if TYPE_CHECKING:
    from jinja2 import Environment
    from matplotlib.figure import Figure

logger = logging.getLogger(__name__)

PLOTS_FOLDER = "plots"
# A page with more errors takes browsers long to open; report.json has all of them.
MAX_LISTED = 20_000


@check_argument_types
def write_report(run_dir: str | Path, *, train_names: Mapping[str, int] | None = None) -> Path:
    """Write the report of a run into its folder, in place of an earlier one.

    ``report.html`` is the page, ``report.json`` everything it shows, ``plots`` its plots as PNG
    and SVG: all of them or, if something fails, none.

    Args:
        run_dir: The ``--output_dir`` of a run that predicted test.
        train_names: How often each text is an entity of train; None takes it from the
            predictions, where they have it.

    Returns:
        The path of the page.

    Raises:
        CorpusNotFoundError: The folder or its predictions are missing.
        CorpusError: A file of the run is damaged.
        ScoreError: The predictions are not those that the run scored.
    """
    data = build_report(read_run(Path(run_dir), train_names))
    logger.info("Drawing the report of %s", run_dir)
    page = Path(run_dir, "report.html")
    return write_page(page, PLOTS_FOLDER, data, draw_report(data), render_report, overwrite=True)


def write_page(
    page: Path,
    plots: str,
    data: Any,
    figures: Mapping[str, "Figure"],
    render: Callable[[Any, Mapping[str, str]], str],
    *,
    overwrite: bool,
) -> Path:
    """Write a page, its data beside it and its plots into a folder, and return the page."""
    data_file = page.with_suffix(".json").name
    drawn_files = list_plot_files(plots, figures)
    names = [page.name, data_file, *drawn_files]
    obsolete = {*list_plot_files(plots)} - {*drawn_files}
    with staged_folder(page.parent, names, overwrite=overwrite, obsolete=obsolete) as staged:
        drawn = write_plots(staged / plots, figures)
        text = json.dumps(data, ensure_ascii=False, allow_nan=False)
        write_text(staged / data_file, f"{text}\n")
        write_text(staged / page.name, render(data, drawn))
    return page


def show_in_tensorboard(run_dir: Path) -> None:
    """Add the plots and the F1 of test to the curves that TensorBoard shows of a run.

    Raises:
        CorpusNotFoundError: The folder or its predictions are missing.
        CorpusError: A file of the run is damaged.
        ScoreError: The predictions are not those that the run scored.
    """
    from torch.utils.tensorboard import SummaryWriter

    run = read_run(run_dir)
    # Beside the folder in which the Trainer's own callback writes the curves.
    with SummaryWriter(str(run_dir / "runs" / run.split)) as writer:
        for name, figure in draw_report(build_report(run)).items():
            writer.add_figure(f"{run.split}/{name}", figure)
        for name, value in run.results.items():
            # A curve has no point where the gold entities give no F1.
            if name.startswith(f"{run.prefix}_") and name.endswith("f1") and value is not None:
                writer.add_scalar(name.replace("_", "/", 1), value)


def draw_report(data: Report) -> dict[str, "Figure"]:
    """Return the figures of a report by name; those without anything to show are left out."""
    confusion = draw_confusion(data["confusion"]["names"], data["confusion"]["matrix"])
    figures = {"confusion": confusion, **draw_runs({data["name"]: data})}
    if data["calibration"]:
        figures["calibration"] = draw_calibration(data["calibration"])
    if len(data["lowest_scores"]) > 1:
        figures["lowest_scores"] = draw_lowest_scores(data["lowest_scores"])
    return figures


def draw_runs(runs: Mapping[str, RunReport]) -> dict[str, "Figure"]:
    """Return the figures of one or several runs; breakdowns only where all runs have them."""
    figures = {"kinds": draw_kinds({name: run["kinds"] for name, run in runs.items()})}
    labels: dict[Literal["length", "position", "train_count", "seen"], str] = {
        "length": "length in tokens",
        "position": "place of the last token",
        "train_count": "times in train",
        "seen": "name in train",
    }
    for key, label in labels.items():
        rows = {name: run[key] or [] for name, run in runs.items()}
        if all(rows.values()):
            figures[key] = draw_breakdown(rows, label)
    types = {name: run["types"] for name, run in runs.items()}
    if any(types.values()):
        figures["types"] = draw_types(types)
    curves = {name: run["curves"] for name, run in runs.items()}
    if any(map(has_points, curves.values())):
        figures["curves"] = draw_curves(curves)
    return figures


def render_report(data: Report, plots: Mapping[str, str]) -> str:
    """Return the page of a report, with plots as SVG elements by name."""
    kinds = {kind: KINDS_ZH[kind][0] for kind in KINDS}
    layers = [("gold", "gold", "标准"), ("predicted", "predicted", "预测")]
    return render("report.html", data, plots, data["errors"], kinds, layers)


def render(
    template: str,
    data: Mapping[str, Any],
    plots: Mapping[str, str],
    items: Sequence[Mapping[str, Any]],
    kinds: Mapping[str, str],
    layers: Sequence[tuple[str, str, str]],
) -> str:
    """Return a page.

    Args:
        template: Its template.
        data: What the template shows.
        plots: SVG elements by name.
        items: What the page's script lists: each is of a ``kind`` and lies in a ``sentence``.
        kinds: The kinds of items in English and Chinese; those that occur are there to choose.
        layers: What is shown of each sentence: a key, its name in English and in Chinese.
    """
    from markupsafe import Markup

    listed = items[:MAX_LISTED]
    kept = {str(item["sentence"]): data["sentences"][str(item["sentence"])] for item in listed}
    types = {entity[2] for row in kept.values() for key, *_ in layers for entity in row[key]}
    colours = pick_colours([*types, *(row["name"] for row in data["types"])])
    browser = {
        "joiner": data["joiner"],
        "kinds": kinds,
        "layers": layers,
        "colours": colours,
        "items": listed,
        "sentences": kept,
    }
    occurring = {item["kind"] for item in items}
    environment = open_templates("msra_ner.report")
    filters: dict[str, Callable[..., Any]] = {
        "percent": format_percent,
        # A true minus, but not before a difference that rounds to 0.
        "points": lambda value: f"{round(100 * value, 2) + 0.0:+.2f}".replace("-", "\u2212"),
        "number": lambda value: "" if value is None else f"{value:,}",
        "setting": format_setting,
        "times": list_times,
    }
    environment.filters |= filters
    environment.globals |= {
        "kinds_zh": KINDS_ZH,
        "names_zh": PLOT_WORDS_ZH,
        "kinds_in_chinese": lambda kinds: "、".join(KINDS_ZH[kind][0] for kind in kinds),
    }
    script = files("msra_ner.report").joinpath("templates", "page.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template(template).render(
        data=data,
        plots={name: Markup(translate_plot(svg)) for name, svg in plots.items()},
        browser=Markup(format_script_json(browser)),
        listed=len(listed),
        kinds=[kind for kind in kinds if kind in occurring],
        kind_names=kinds,
        types=[name for name in colours if name in types],
        type_colours=colours,
        script=Markup(script),
        colours=Markup(format_css()),
        script_hash=digest,
    )


def open_templates(package: str) -> "Environment":
    """Return the templates of a package's pages; what they show is escaped, and must be there."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader(package),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def format_script_json(data: Any) -> str:
    r"""Return data as JSON for a ``<script>``: nothing in it can end the element.

    >>> format_script_json({"text": "</script>"})
    '{"text":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", text)


def format_setting(value: Any) -> str:
    """Return the value of a setting as one reads it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def list_times(
    timing: Mapping[str, Any],
) -> list[tuple[str, str, tuple[str, str], str]]:
    """Return name and time, in English and Chinese, of what took long, and sentences a second."""
    names = {"train": ("training", "训练"), "eval": ("val", "验证"), "test": ("test", "测试")}
    found = []
    for key, (en, zh) in names.items():
        seconds, speed = (timing.get(f"{key}_{what}") for what in ("runtime", "samples_per_second"))
        if isinstance(seconds, int | float):
            text = f"{speed:,.0f}" if isinstance(speed, int | float) else ""
            found.append((en, zh, format_duration(seconds), text))
    return found


def translate_plot(svg: str) -> str:
    """Return a plot with its words in both languages, of which the page shows one."""

    def both(match: re.Match[str]) -> str:
        word = PLOT_WORDS_ZH.get(match[1])
        if word is None:
            return match[0]
        return f'><tspan class="en">{match[1]}</tspan><tspan class="zh">{word}</tspan></text>'

    return re.sub(r">([^<>]+)</text>", both, svg)
