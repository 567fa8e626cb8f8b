"""Two runs on the same test sentences: which is better, by more than chance, and where.

Run A is what one starts from and run B what it is compared with: differences are B less A.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from msra_ner.errors import ScoreError
from msra_ner.labels import decode_entities
from msra_ner.metrics import Counts, count_sentences, paired_test
from msra_ner.report.data import (
    breakdown_rows,
    curve_points,
    has_points,
    headline,
    kind_rows,
    spans,
    type_rows,
)
from msra_ner.report.page import MAX_LISTED, breakdown_figures, render
from msra_ner.report.plots import draw_curves, draw_kinds, draw_types, write_plots
from msra_ner.report.provenance import provenance
from msra_ner.report.run_files import RunFiles, read_run
from msra_ner.storage import staged_folder, write_text

COMPARE_PAGE = "compare.html"
COMPARE_DATA = "compare.json"
# Not the name that a report uses: both may stand in one folder.
COMPARE_PLOTS = "compare_plots"
RUNS = ("A", "B")
# What became of a sentence that changed, with its name in Chinese.
VERDICTS = {
    "better in B": "B 更好",
    "worse in B": "B 更差",
    "as many errors": "错误数相同",
}
# Two runs never share these, and nothing follows from it.
OWN_SETTINGS = ("output_dir", "run_name", "overwrite")


def compare_runs(
    run_a: str | Path, run_b: str | Path, output_dir: str | Path = ".", *, overwrite: bool = False
) -> Path:
    """Write the comparison of two runs: ``compare.html``, ``compare.json``, ``compare_plots``.

    Args:
        run_a: The ``--output_dir`` of the run to start from.
        run_b: The ``--output_dir`` of the run to compare with it.
        output_dir: The folder to write to; made if it is not there.
        overwrite: Replace the comparison that an earlier call wrote there.

    Returns:
        The path of the page.

    Raises:
        CorpusNotFoundError: A folder or its predictions are missing.
        CorpusError: A file of a run is damaged.
        ScoreError: The two runs predicted different sentences.
        OutputExistsError: A comparison stands there already and ``overwrite`` is false.
    """
    data = comparison_data(read_run(Path(run_a)), read_run(Path(run_b)))
    output_dir = Path(output_dir)
    names = [COMPARE_PAGE, COMPARE_DATA, COMPARE_PLOTS]
    with staged_folder(output_dir, names, overwrite=overwrite) as staged:
        plots = write_plots(staged / COMPARE_PLOTS, comparison_figures(data))
        text = json.dumps(data, ensure_ascii=False, allow_nan=False) + "\n"
        write_text(staged / COMPARE_DATA, text)
        write_text(staged / COMPARE_PAGE, comparison_page(data, plots))
    return output_dir / COMPARE_PAGE


def comparison_data(first: RunFiles, second: RunFiles) -> dict[str, Any]:
    """Return everything that the page of a comparison shows.

    Raises:
        ScoreError: The two runs predicted different sentences.
    """
    _check_same_sentences(first, second)
    runs = dict(zip(RUNS, (first, second), strict=True))
    counts = {key: count_sentences(run.gold, run.predicted) for key, run in runs.items()}
    changes = change_rows(first, second)
    return {
        "joiner": first.joiner,
        "runs": {key: _run_data(run, counts[key]) for key, run in runs.items()},
        # B comes first, so that a difference above 0 says that B is better.
        "test": asdict(paired_test(counts["B"].overall, counts["A"].overall)),
        "types": type_tests(counts["A"], counts["B"]),
        "settings": differing_settings(first, second),
        "verdicts": {
            verdict: sum(row["kind"] == verdict for row in changes) for verdict in VERDICTS
        },
        "changes": changes,
        "sentences": {
            str(row["sentence"]): {
                "tokens": first.tokens[row["sentence"]],
                "gold": spans(decode_entities(first.gold[row["sentence"]])),
                **{
                    key: spans(decode_entities(run.predicted[row["sentence"]]))
                    for key, run in runs.items()
                },
            }
            for row in changes
        },
    }


def type_tests(first: Counts, second: Counts) -> list[dict[str, Any]]:
    """Return the paired test of each type that either run or gold has."""
    nothing = np.zeros_like(first.overall)
    rows = []
    for name in dict.fromkeys([*first.by_type, *second.by_type]):
        sides = second.by_type.get(name, nothing), first.by_type.get(name, nothing)
        rows.append({"name": name, **asdict(paired_test(*sides))})
    return rows


def change_rows(first: RunFiles, second: RunFiles) -> list[dict[str, Any]]:
    """Return the sentences in which the two predict different entities.

    ``A`` and ``B`` are the entities that only this run predicts, ``gold`` those that only one of
    them finds; ``wrong`` counts, for each, gold entities not found and predictions not gold.
    """
    rows = []
    for index, tags in enumerate(zip(first.gold, first.predicted, second.predicted, strict=True)):
        gold, left, right = (set(decode_entities(row)) for row in tags)
        if left == right:
            continue
        wrong = len(gold ^ left), len(gold ^ right)
        better = (wrong[0] > wrong[1]) - (wrong[0] < wrong[1])
        verdict = {1: "better in B", -1: "worse in B", 0: "as many errors"}[better]
        rows.append(
            {
                "sentence": index,
                "kind": verdict,
                "gold": spans(sorted(gold & (left ^ right))),
                "A": spans(sorted(left - right)),
                "B": spans(sorted(right - left)),
                "wrong": dict(zip(RUNS, wrong, strict=True)),
            }
        )
    return rows


def differing_settings(first: RunFiles, second: RunFiles) -> list[dict[str, Any]]:
    """Return the settings and versions in which the two runs differ; None where one has none."""
    made = [provenance(run) for run in (first, second)]
    rows = []
    for part in ("settings", "versions"):
        sides = [item[part] for item in made]
        for name in dict.fromkeys([*sides[0], *sides[1]]):
            left, right = (side.get(name) for side in sides)
            if left != right and name not in OWN_SETTINGS:
                rows.append({"name": name, "A": left, "B": right})
    return rows


def comparison_figures(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a comparison by name; those without anything to show are left out."""
    runs = data["runs"]
    figures = {
        "kinds": draw_kinds({key: run["kinds"] for key, run in runs.items()}),
        **breakdown_figures(runs),
    }
    if data["types"]:
        figures["types"] = draw_types({key: run["types"] for key, run in runs.items()})
    curves = {key: run["curves"] for key, run in runs.items()}
    if any(map(has_points, curves.values())):
        figures["curves"] = draw_curves(curves)
    return figures


def comparison_page(data: Mapping[str, Any], plots: Mapping[str, str]) -> str:
    """Return the page of a comparison.

    Args:
        data: As :func:`comparison_data` returns it.
        plots: SVG elements by the names that :func:`comparison_figures` gives.
    """
    listed = data["changes"][:MAX_LISTED]
    browser = {
        "joiner": data["joiner"],
        "kinds": VERDICTS,
        "layers": [["gold", "gold", "标准"], *([key, key, key] for key in RUNS)],
        "items": listed,
        "sentences": {
            str(row["sentence"]): data["sentences"][str(row["sentence"])] for row in listed
        },
    }
    kinds = [verdict for verdict, count in data["verdicts"].items() if count]
    return render("compare.html", data, plots, browser, kinds)


def _run_data(run: RunFiles, counts: Counts) -> dict[str, Any]:
    return {
        "name": run.name,
        "headline": headline(run, counts),
        "types": type_rows(counts),
        "kinds": kind_rows(run, counts),
        **breakdown_rows(run),
        "curves": curve_points(run.state)[0],
        "provenance": provenance(run),
    }


def _check_same_sentences(first: RunFiles, second: RunFiles) -> None:
    """Refuse runs that predicted different sentences, or by different gold tags."""
    remedy = "Compare two runs with the same --data_dir and --max_test_samples."
    if len(first.gold) != len(second.gold):
        raise ScoreError(
            f"found {len(first.gold)} test sentences in {first.name} and {len(second.gold)} in "
            f"{second.name}, expected the same ones. {remedy}"
        )
    for what, left, right in (
        ("tokens", first.tokens, second.tokens),
        ("gold tags", first.gold, second.gold),
    ):
        for number, rows in enumerate(zip(left, right, strict=True), 1):
            if rows[0] != rows[1]:
                raise ScoreError(
                    f"found different {what} in sentence {number} of {first.name} and of "
                    f"{second.name}, expected the same test sentences in the same order. {remedy}"
                )
