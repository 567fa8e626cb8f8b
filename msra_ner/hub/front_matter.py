"""The YAML at the head of a model card, which the Hub reads."""

from typing import Any

import huggingface_hub

from msra_ner.hub.dataset_card import FACTS
from msra_ner.hub.model_facts import ModelFacts

TASK = "token-classification"
SENTENCES = {"zh": "王小明在北京大学读书。", None: "Anna Schmidt works for Siemens in Munich."}


def format_front_matter(facts: ModelFacts, repo_id: str, license: str | None) -> str:
    """Return the YAML that the Hub reads: it holds only what is known."""
    given: dict[str, Any] = (
        {"widget": [{"text": SENTENCES["zh"]}]} if facts.language == "zh" else {}
    )
    data = huggingface_hub.ModelCardData(
        language=[facts.language] if facts.language else None,
        license=license,
        library_name="transformers",
        pipeline_tag=TASK,
        tags=[TASK, "named-entity-recognition", "ner", "msra-ner"],
        base_model=facts.base_model,
        datasets=[facts.dataset] if facts.dataset else None,
        metrics=["f1", "precision", "recall"],
        model_name=repo_id.rpartition("/")[2],
        eval_results=_list_results(facts) or None,
        **given,
    )
    if not data.eval_results:
        data.pop("model_name")
    return str(data.to_yaml()).strip()


def _list_results(facts: ModelFacts) -> list[huggingface_hub.EvalResult]:
    """Return the strict figures of each split, and F1 of each type."""
    dataset: dict[str, Any] = {
        "dataset_type": facts.dataset or {"msra": "msra_ner"}.get(facts.kind, facts.kind),
        "dataset_name": facts.dataset or FACTS[facts.kind].pretty_name,
    }
    rows = []
    for item in facts.scores:
        scores = item.scores
        figures = [("f1", "f1", scores.f1), ("precision", "precision", scores.precision)]
        figures.append(("recall", "recall", scores.recall))
        figures += [("f1", f"f1 {name}", scores[name].f1) for name in facts.types if name in scores]
        rows += [
            huggingface_hub.EvalResult(
                task_type=TASK,
                task_name="Named entity recognition",
                dataset_split="validation" if item.split == "val" else item.split,
                metric_type=kind,
                metric_name=f"{title} (strict)",
                metric_value=round(float(value), 6),
                **dataset,
            )
            for kind, title, value in figures
        ]
    return rows
