"""Entity-level scores by `seqeval`, as a module of the `evaluate` library that works offline.

``evaluate.load("seqeval")`` fetches its script from the network; this one comes with the package,
and can be used alone: ``evaluate.load(msra_ner.metrics.entity_metric.__file__)``.
"""

from typing import Any

import datasets
import evaluate
from seqeval.metrics import classification_report
from seqeval.scheme import IOB2

from msra_ner.labels import is_open
from msra_ner.metrics.open_tags import close_row
from msra_ner.metrics.type_keys import make_type_key

DESCRIPTION = """Entity-level precision, recall and F1 by seqeval: strict IOB2, where an entity
counts only if it starts with B- and has the gold one's type and both ends, and the lenient figure
of conlleval, where any I- may start an entity."""
CITATION = """@misc{seqeval, title={{seqeval}: A Python framework for sequence labeling evaluation},
author={Hiroki Nakayama}, year={2018}, url={https://github.com/chakki-works/seqeval}}"""
MEANS = ("macro avg", "weighted avg")
RATIOS = ("precision", "recall", "f1")
INPUTS = """
Args:
    predictions: For each sentence the predicted tags, one a token.
    references: For each sentence the gold tags, one a token; ? where nobody looked.
    lenient: Whether to compute the lenient figures too.
Returns:
    precision, recall, f1 and support over all entities (micro average, strict);
    lenient_precision, lenient_recall, lenient_f1;
    PER_precision, PER_recall, PER_f1, PER_support and so on for each type (strict).
Example:
    >>> metric = EntityMetric(keep_in_memory=True)
    >>> tags = [["B-PER", "I-PER", "O"]]
    >>> metric.compute(predictions=tags, references=tags)["f1"]
    1.0
"""


class EntityMetric(evaluate.Metric):
    """Strict IOB2 scores with the lenient ones beside them.

    Zeros where nobody marked an entity: there seqeval itself raises or warns.
    """

    def _info(self) -> evaluate.MetricInfo:
        tags = datasets.Sequence(datasets.Value("string"))
        return evaluate.MetricInfo(
            description=DESCRIPTION,
            citation=CITATION,
            inputs_description=INPUTS,
            features=datasets.Features({"predictions": tags, "references": tags}),
            reference_urls=["https://github.com/chakki-works/seqeval"],
        )

    def _compute(
        self, predictions: list[list[str]], references: list[list[str]], lenient: bool = True
    ) -> dict[str, float | int]:
        tags = {tag for side in (references, predictions) for row in side for tag in row}
        if any(map(is_open, tags)):
            closed = list(map(close_row, references, predictions))
            references, predictions = [x.gold for x in closed], [x.predicted for x in closed]
            tags = {tag for side in (references, predictions) for row in side for tag in row}
        scores: dict[str, float | int] = dict.fromkeys(RATIOS, 0.0) | {"support": 0}
        if any(tag.startswith("B-") for tag in tags):
            report = classification_report(
                references,
                predictions,
                mode="strict",
                scheme=IOB2,
                output_dict=True,
                zero_division=0,
            )
            scores |= _ratios(report.pop("micro avg"))
            for name, values in report.items():
                if name not in MEANS:
                    scores |= _ratios(values, f"{make_type_key(name)}_")
        if lenient:
            scores |= {f"lenient_{name}": 0.0 for name in RATIOS}
            if tags != {"O"}:
                report = classification_report(
                    references, predictions, output_dict=True, zero_division=0
                )
                ratios = _ratios(report["micro avg"], "lenient_")
                scores |= {key: value for key, value in ratios.items() if key in scores}
        return scores


def _ratios(values: dict[str, Any], prefix: str = "") -> dict[str, float | int]:
    return {
        f"{prefix}precision": float(values["precision"]),
        f"{prefix}recall": float(values["recall"]),
        f"{prefix}f1": float(values["f1-score"]),
        f"{prefix}support": int(values["support"]),
    }
