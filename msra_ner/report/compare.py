"""Two runs on the same test sentences: which is better, by more than chance, and where.

Run A is what one starts from and run B what it is compared with: differences are B less A.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from msra_ner.argument_types import check_argument_types
from msra_ner.errors import ScoreError
from msra_ner.metrics import Counts, paired_test
from msra_ner.report.data import (
    build_headline,
    list_breakdowns,
    list_kinds,
    list_spans,
    list_types,
    read_curves,
)
from msra_ner.report.page import draw_runs, render, write_page
from msra_ner.report.provenance import build_provenance
from msra_ner.report.run_files import RunFiles, read_run
from msra_ner.report.schema import (
    Change,
    Comparison,
    Difference,
    PairedTestData,
    RunReport,
    TypeTest,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What became of a sentence that changed, with its name in Chinese.
VERDICTS = {
    "better in B": "B 更好",
    "worse in B": "B 更差",
    "as many errors": "错误数相同",
}
# Two runs never share these, and nothing follows from it.
OWN_SETTINGS = ("output_dir", "run_name", "overwrite")


@check_argument_types
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
        OutputExistsError: There is a comparison already and ``overwrite`` is false.
    """
    data = build_comparison(read_run(Path(run_a)), read_run(Path(run_b)))
    page, figures = Path(output_dir, "compare.html"), draw_runs(data["runs"])
    # Not the folder that a report uses: one folder may hold both.
    plots = "compare_plots"
    return write_page(page, plots, data, figures, render_comparison, overwrite=overwrite)


def build_comparison(first: RunFiles, second: RunFiles) -> Comparison:
    """Return everything that the page of a comparison shows.

    Raises:
        ScoreError: The two runs predicted different sentences.
    """
    _check_same_sentences(first, second)
    changes = list_changes(first, second)
    return {
        "joiner": first.joiner,
        "runs": {"A": _summarise(first), "B": _summarise(second)},
        "test": _test_difference(first.counts.overall, second.counts.overall),
        "types": compare_types(first.counts, second.counts),
        "settings": list_differences(first, second),
        "verdicts": {
            verdict: sum(row["kind"] == verdict for row in changes) for verdict in VERDICTS
        },
        "changes": changes,
        "sentences": {
            str(index): {
                "tokens": first.tokens[index],
                "gold": list_spans(first.gold_entities[index]),
                "A": list_spans(first.pred_entities[index]),
                "B": list_spans(second.pred_entities[index]),
            }
            for index in (row["sentence"] for row in changes)
        },
    }


def _test_difference(first: "NDArray[np.int64]", second: "NDArray[np.int64]") -> PairedTestData:
    """Return the paired test of the counts of B, the second, against those of A."""
    # B comes first, so that a difference above 0 says that B is better.
    return cast("PairedTestData", asdict(paired_test(second, first)))


def compare_types(first: Counts, second: Counts) -> list[TypeTest]:
    """Return the paired test of each type that either run or gold has."""
    nothing = np.zeros_like(first.overall)
    return [
        {
            "name": name,
            **_test_difference(first.by_type.get(name, nothing), second.by_type.get(name, nothing)),
        }
        for name in dict.fromkeys([*first.by_type, *second.by_type])
    ]


def list_changes(first: RunFiles, second: RunFiles) -> list[Change]:
    """Return the sentences in which the two predict different entities."""
    rows: list[Change] = []
    sides = first.gold_entities, first.pred_entities, second.pred_entities
    for index, entities in enumerate(zip(*sides, strict=True)):
        gold, left, right = map(set, entities)
        if left == right:
            continue
        wrong = {"A": len(gold ^ left), "B": len(gold ^ right)}
        verdict = "as many errors"
        if wrong["A"] != wrong["B"]:
            verdict = "better in B" if wrong["A"] > wrong["B"] else "worse in B"
        rows.append(
            {
                "sentence": index,
                "kind": verdict,
                "gold": list_spans(sorted(gold & (left ^ right))),
                "A": list_spans(sorted(left - right)),
                "B": list_spans(sorted(right - left)),
                "wrong": wrong,
            }
        )
    return rows


def list_differences(first: RunFiles, second: RunFiles) -> list[Difference]:
    """Return the settings and versions in which the two runs differ."""
    made = [build_provenance(run) for run in (first, second)]
    kinds = ([item["settings"] for item in made], [item["versions"] for item in made])
    return [
        {"name": name, "A": left.get(name), "B": right.get(name)}
        for left, right in kinds
        for name in dict.fromkeys([*left, *right])
        if left.get(name) != right.get(name) and name not in OWN_SETTINGS
    ]


def render_comparison(data: Comparison, plots: Mapping[str, str]) -> str:
    """Return the page of a comparison, with plots as SVG elements by name."""
    layers = [("gold", "gold", "标准"), ("A", "A", "A"), ("B", "B", "B")]
    return render("compare.html", data, plots, data["changes"], VERDICTS, layers)


def _summarise(run: RunFiles) -> RunReport:
    return {
        "name": run.name,
        "headline": build_headline(run),
        "types": list_types(run.counts),
        "kinds": list_kinds(run),
        **list_breakdowns(run),
        "curves": read_curves(run.state)[0],
        "provenance": build_provenance(run),
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
        ("open tags", first.open_tokens, second.open_tokens),
    ):
        for number, rows in enumerate(zip(left, right, strict=True), 1):
            if rows[0] != rows[1]:
                raise ScoreError(
                    f"found different {what} in sentence {number} of {first.name} and of "
                    f"{second.name}, expected the same test sentences in the same order. {remedy}"
                )
