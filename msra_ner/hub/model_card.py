"""The card of a model: front matter that the Hub reads, and text for people."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

import huggingface_hub

from msra_ner.hub.dataset_card import FACTS, escape_text, fence
from msra_ner.hub.model_facts import ModelFacts, SplitScores
from msra_ner.metrics import PUBLISHED_CUT
from msra_ner.report import draw_curves, format_duration, has_points
from msra_ner.tables import format_percent

TASK = "token-classification"
SENTENCES = {"zh": "王小明在北京大学读书。", None: "Anna Schmidt works for Siemens in Munich."}
CURVES_FILE = "curves.png"
LANGUAGES = {"zh": "Chinese text", "en": "English text"}
# What people call the types of news corpora.
MEANINGS = {
    "PER": "people",
    "ORG": "organisations",
    "LOC": "places",
    "GPE": "countries, cities and other places with a government",
    "MISC": "other names",
}
CORPORA = {
    "msra": "the MSRA corpus of the third SIGHAN bakeoff (2006), Chinese news",
    "sample": "the sample corpus of msra-ner, made-up sentences in the style of Chinese news",
}
STRIDE = 128  # word pieces that neighbouring windows of the pipeline share
NO_LENGTH = 10**9  # tokenizers without a limit state a huge one


def format_card(
    facts: ModelFacts,
    repo_id: str,
    *,
    private: bool = True,
    license: str | None = None,
    language: str | None = None,
) -> str:
    """Return the card of a model, front matter first.

    Args:
        facts: What is known of it.
        repo_id: Its name on the Hub.
        private: Whether the card tells how to read a private repository.
        license: The Hub's name of the model's licence; None leaves it out.
        language: ISO 639 code; None takes what is known.
    """
    from jinja2 import Environment, StrictUndefined

    facts = replace(facts, language=language or facts.language)
    # Markdown, not HTML: `plain` escapes what has a meaning in it.
    environment = Environment(
        trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    filters: dict[str, Callable[..., Any]] = {
        "plain": escape_text,
        "json": lambda text: json.dumps(text, ensure_ascii=False),
        "percent": format_percent,
        "number": lambda number: f"{number:,}",
        "code": _format_code,
        "interval": _format_interval,
        "table": _format_table,
        "duration": lambda seconds: format_duration(seconds)[0],
    }
    environment.filters |= filters
    source = files("msra_ner.hub").joinpath("model_card.md").read_text(encoding="utf-8")
    body = environment.from_string(source).render(
        facts=facts, repo_id=repo_id, private=private, **_list_values(facts, repo_id)
    )
    return f"---\n{_format_front_matter(facts, repo_id, license)}\n---\n\n{body}"


def draw_curves_png(facts: ModelFacts) -> bytes | None:
    """Return the curves of training as PNG, or None where there are none."""
    if not has_points(facts.curves):
        return None
    buffer = io.BytesIO()
    figure = draw_curves({"run": facts.curves})
    figure.savefig(buffer, format="png", dpi=120, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def _format_front_matter(facts: ModelFacts, repo_id: str, license: str | None) -> str:
    """Return the YAML that the Hub reads: it holds only what is known."""
    given: dict[str, Any] = {}
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
        figures = [(name, name, getattr(scores, name)) for name in ("f1", "precision", "recall")]
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
            if value is not None
        ]
    return rows


def _list_values(facts: ModelFacts, repo_id: str) -> dict[str, Any]:
    """Return what the template needs beside the facts."""
    config = facts.model.config
    main = facts.scores[0] if facts.scores else None
    limit = facts.model.tokenizer.get("model_max_length") or NO_LENGTH
    if limit >= NO_LENGTH:
        limit = config.get("max_position_embeddings", 512)
    names = [MEANINGS.get(name, escape_text(name)) for name in facts.types]
    f1 = {name: score.f1 for name, score in main.scores.items()} if main else {}
    scored = {name: f1[name] or 0.0 for name in facts.types if f1.get(name) is not None}
    return {
        "main": main,
        "read": facts.splits.get("validation" if main and main.split == "val" else "test"),
        "train": facts.splits.get("train"),
        "text_kind": LANGUAGES.get(facts.language or "", "text"),
        "type_names": " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or "no type",
        "model_type": str(config.get("model_type", "transformer")).upper(),
        "corpora": CORPORA,
        "example": SENTENCES["zh" if facts.language == "zh" else None],
        "max_length": limit,
        "stride": min(STRIDE, limit // 4),
        "unit": "character" if facts.by_character else "token",
        "labels": _list_labels(facts),
        "tables": [(item, _list_scores(item, facts.types)) for item in facts.scores],
        "worst": _find_worst(scored),
        "before": _list_before(facts),
        "cut": PUBLISHED_CUT,
        "curves": CURVES_FILE if has_points(facts.curves) else None,
        "terms": FACTS["msra"].terms,
        "citation": fence(FACTS["msra"].citation, "bibtex"),
    }


def _find_worst(f1: Mapping[str, float]) -> str | None:
    """Return the type that is found worst; None where all are found alike."""
    return min(f1, key=lambda name: f1[name]) if len(set(f1.values())) > 1 else None


def _list_scores(split: SplitScores, types: Sequence[str]) -> list[list[str]]:
    """Return the rows of a table with precision, recall and F1 of each type and of all."""
    rows = [["type", "precision", "recall", "F1", "entities"]]
    for name in ("", *(name for name in types if name in split.scores)):
        score = split.scores[name] if name else split.scores.overall
        precision, recall, f1 = (
            format_percent(ratio) for ratio in (score.precision, score.recall, score.f1)
        )
        if name in split.intervals and score.f1 is not None:
            f1 += f" ({_format_interval(split.intervals[name])})"
        head, f1 = (_format_code(name), f1) if name else ("**all**", f"**{f1}**")
        rows.append([head, precision, recall, f1, f"{score.support:,}"])
    return rows


def _list_before(facts: ModelFacts) -> list[list[str]]:
    """Return the rows of a table with the runs that the model went through before, no paths."""

    def show(number: int | None) -> str:
        return "not known" if number is None else f"{number:,}"

    rows = [["run", "sentences", "entities", "F1 on its own val", "of them scored here"]]
    for stage in facts.trained_before:
        f1 = "not known" if stage["val_f1"] is None else format_percent(stage["val_f1"])
        counts = show(stage["sentences"]), show(stage["entities"])
        rows.append([escape_text(stage["name"]), *counts, f1, show(stage["leaked"])])
    return rows


def _list_labels(facts: ModelFacts) -> list[list[str]]:
    """Return the rows of a table with the meaning of each type and names from the data."""
    examples: Mapping[str, Sequence[str]] = {}
    for scores in facts.scores:
        examples = {**scores.examples, **examples}
    with_meaning = bool(set(MEANINGS) & set(facts.types))
    rows = [["type", *["meaning"] * with_meaning, *["examples from the data"] * bool(examples)]]
    for name in facts.types:
        row = [_format_code(name), *[MEANINGS.get(name, "")] * with_meaning]
        if examples:
            row.append(", ".join(escape_text(text) for text in examples.get(name, [])))
        rows.append(row)
    return rows


def _format_interval(ends: tuple[float, float]) -> str:
    return f"{format_percent(ends[0])} to {format_percent(ends[1])}"


def _format_code(name: str) -> str:
    """Return a type as code, or as text where it holds what ends code or the cell of a table."""
    return escape_text(name) if set(name) & set("`|") else f"`{name}`"


def _format_table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a table of Markdown, the first row as its head."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, f"|{' --- |' * len(rows[0])}")
    return "\n".join(lines)
