"""The YAML at the head of a model card, which the Hub reads."""

from typing import Any

import huggingface_hub

from msra_ner.hub.dataset_card import FACTS
from msra_ner.hub.model_facts import ModelFacts

TASK = "token-classification"
SENTENCES = {"zh": "王小明在北京大学读书。", None: "Anna Schmidt works for Siemens in Munich."}


def front_matter(facts: ModelFacts, repo_id: str, license: str | None) -> str:
    """Return the YAML that the Hub reads: only what is known stands in it."""
    name = repo_id.rpartition("/")[2]
    given: dict[str, Any] = {}
    if facts.emissions is not None:
        given["co2_eq_emissions"] = {
            "emissions": facts.emissions,
            "source": "codecarbon",
            "training_type": "fine-tuning",
        }
    if facts.language == "zh":
        given["widget"] = [{"text": SENTENCES["zh"]}]
    data = huggingface_hub.ModelCardData(
        language=[facts.language] if facts.language else None,
        license=license,
        library_name="transformers",
        pipeline_tag=TASK,
        tags=[TASK, "named-entity-recognition", "ner", "msra-ner"],
        base_model=facts.base_model,
        datasets=[facts.dataset] if facts.dataset else None,
        metrics=["f1", "precision", "recall"],
        model_name=name,
        eval_results=_eval_results(facts) or None,
        **given,
    )
    if not data.eval_results:
        data.pop("model_name")
    return str(data.to_yaml()).strip()


def _eval_results(facts: ModelFacts) -> list[huggingface_hub.EvalResult]:
    """Return the strict figures of each split, and F1 of each type."""
    dataset: dict[str, Any] = {
        "dataset_type": facts.dataset or {"msra": "msra_ner"}.get(facts.kind, facts.kind),
        "dataset_name": facts.dataset or FACTS[facts.kind].pretty_name,
    }
    rows = []
    for scores in facts.scores:
        figures = [(name, name, f"{name} (strict)") for name in ("f1", "precision", "recall")]
        figures += [(f"{name}_f1", "f1", f"f1 {name} (strict)") for name in facts.types]
        rows += [
            huggingface_hub.EvalResult(
                task_type=TASK,
                task_name="Named entity recognition",
                dataset_split="validation" if scores.split == "val" else scores.split,
                metric_type=kind,
                metric_name=title,
                metric_value=round(float(scores.results[key]), 6),
                **dataset,
            )
            for key, kind, title in figures
            if key in scores.results
        ]
    return rows
