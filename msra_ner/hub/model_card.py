"""The card of a model: front matter that the Hub reads, and text for people."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from msra_ner.hub.dataset_card import FACTS, fence, plain_text
from msra_ner.hub.front_matter import SENTENCES, front_matter
from msra_ner.hub.model_facts import ModelFacts, SplitScores
from msra_ner.metrics import PUBLISHED_CUT
from msra_ner.report import draw_curves, has_points

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
    "sample": "the sample corpus of msra-ner, some hundred sentences in the style of Chinese news",
}
STRIDE = 128  # word pieces that neighbouring windows of the pipeline share
NO_LENGTH = 10**9  # tokenizers without a limit state a huge one


def model_card(
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
    environment.filters |= {"plain": plain_text, "json": _json}
    source = files("msra_ner.hub").joinpath("model_card.md").read_text(encoding="utf-8")
    body = environment.from_string(source).render(
        facts=facts, repo_id=repo_id, private=private, **_words(facts, repo_id)
    )
    return f"---\n{front_matter(facts, repo_id, license)}\n---\n\n{body}"


def curves_png(facts: ModelFacts) -> bytes | None:
    """Return the curves of training as PNG, or None where there are none."""
    if not has_points(facts.curves):
        return None
    buffer = io.BytesIO()
    figure = draw_curves({"run": facts.curves})
    figure.savefig(buffer, format="png", dpi=120, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def _words(facts: ModelFacts, repo_id: str) -> dict[str, Any]:
    """Return what the template needs beside the facts."""
    config = facts.model.config
    scores = facts.scores[0] if facts.scores else None
    limit = facts.model.tokenizer.get("model_max_length") or NO_LENGTH
    if limit >= NO_LENGTH:
        limit = config.get("max_position_embeddings", 512)
    names = [f"{MEANINGS.get(name, plain_text(name))}" for name in facts.types]
    layers = config.get("num_hidden_layers")
    size = f"{facts.model.parameters / 1e6:,.1f} million parameters"
    unit = "character" if facts.by_character else "token"
    used, there = facts.splits.get("train", (0, 0))
    part = f", {used:,} sentences of train" if used else ""
    if used < there:
        part = f", the first {used:,} of {there:,} sentences of train"
    main = {"", *facts.types}
    return {
        "title": plain_text(repo_id.rpartition("/")[2]),
        "text_kind": LANGUAGES.get(facts.language or "", "text"),
        "type_names": ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1],
        "architecture": f"a {plain_text(str(config.get('model_type', 'transformer')).upper())}"
        + (f" of {layers} layers" if layers else "")
        + f" ({size})",
        "local_base": bool(facts.settings),
        "corpus": f"[{facts.dataset}](https://huggingface.co/datasets/{facts.dataset})"
        if facts.dataset
        else CORPORA.get(facts.kind, "a local corpus"),
        "part": part,
        "headline": scores and _headline(scores),
        "example": SENTENCES["zh" if facts.language == "zh" else None],
        "max_length": limit,
        "stride": min(STRIDE, limit // 4),
        "unit": unit,
        "labels": _label_table(facts),
        "tables": [
            {"title": _title(item), "table": _score_table(item, facts.types)}
            for item in facts.scores
        ],
        "intervals": any(main & set(item.intervals) for item in facts.scores),
        "coverage": scores and _coverage(scores, facts, unit),
        "lenient": scores and _lenient(scores),
        "accuracy": scores and _accuracy(scores),
        "limits": _limits(facts, scores),
        "settings": _settings(facts.settings),
        "training": _training(facts),
        "curves": CURVES_FILE if has_points(facts.curves) else None,
        "versions": ", ".join(f"{name} {plain_text(of)}" for name, of in facts.versions.items()),
        "citation": fence(FACTS["msra"].citation, "bibtex") if facts.kind == "msra" else None,
    }


def _headline(scores: SplitScores) -> str:
    f1 = f"**F1 {100 * scores.results['f1']:.2f}**"
    if "" in scores.intervals:
        f1 += f" (95 % interval {_interval(scores.intervals[''])})"
    support = scores.results.get("support")
    over = f", over {support:,} entities" if support is not None else ""
    return f"{f1} on {scores.split}, scored strictly{over}."


def _title(scores: SplitScores) -> str:
    sentences = scores.results.get("sentences")
    return scores.split + (f" ({sentences:,} sentences)" if sentences is not None else "")


def _score_table(scores: SplitScores, types: Sequence[str]) -> str:
    """Return precision, recall and F1 of each type and of all."""
    figures = scores.results
    rows = [["type", "precision", "recall", "F1", "entities"]]
    for name in ("", *types):
        start = f"{name}_" if name else ""
        if f"{start}f1" not in figures:
            continue
        f1 = f"{100 * figures[f'{start}f1']:.2f}"
        if name in scores.intervals:
            f1 += f" ({_interval(scores.intervals[name])})"
        row = [
            _code(name) if name else "**all**",
            f"{100 * figures[f'{start}precision']:.2f}",
            f"{100 * figures[f'{start}recall']:.2f}",
            f"**{f1}**" if not name else f1,
            f"{figures[f'{start}support']:,}" if f"{start}support" in figures else "",
        ]
        rows.append(row)
    return _table(rows)


def _label_table(facts: ModelFacts) -> str:
    examples: dict[str, list[str]] = {}
    for scores in facts.scores:
        for name, texts in scores.examples.items():
            examples.setdefault(name, texts)
    header = ["type", "meaning"] if set(MEANINGS) & set(facts.types) else ["type"]
    rows = [header + (["examples from the data"] if examples else [])]
    for name in facts.types:
        row = [_code(name)]
        if len(header) > 1:
            row.append(MEANINGS.get(name, ""))
        if examples:
            row.append(", ".join(plain_text(text) for text in examples.get(name, [])))
        rows.append(row)
    return _table(rows)


def _coverage(scores: SplitScores, facts: ModelFacts, unit: str) -> str:
    """Return how much of the split was scored."""
    figures = scores.results
    split = "validation" if scores.split == "val" else scores.split
    used, there = facts.splits.get(split, (0, 0))
    if used < there:
        return (
            f"Scored were the first {used:,} of the {there:,} sentences of {scores.split}, whole."
        )
    if "entities" not in figures:
        return "No sentence was cut off."
    return (
        f"All {figures['entities']:,} entities of all {figures['sentences']:,} sentences "
        f"({figures['characters']:,} {unit}s) count: no sentence was cut off or left out."
    )


def _lenient(scores: SplitScores) -> str | None:
    lenient = scores.results.get("lenient_f1")
    if lenient is None:
        return None
    return f"By the lenient rule of conlleval, F1 on {scores.split} would be {100 * lenient:.2f}."


def _accuracy(scores: SplitScores) -> str | None:
    accuracy = scores.results.get("token_accuracy")
    nothing = scores.results.get("all_o_accuracy")
    if accuracy is None or nothing is None:
        return None
    return (
        f"Token accuracy is {100 * accuracy:.2f} %, which says little: a model that finds nothing "
        f"has {100 * nothing:.2f} %."
    )


def _limits(facts: ModelFacts, scores: SplitScores | None) -> list[str]:
    """Return what a user should know, from the figures where there are any."""
    limits = []
    figures = scores.results if scores else {}
    if scores is None:
        limits.append("It was not scored: how good it is, nobody has measured.")
    elif scores.split == "val":
        limits.append(
            "The figures are those of val. On test it was not scored, or the result is not in the "
            "folder of the run."
            + (" The best epoch was chosen on val, so they are a little too good." * facts.best)
        )
    if "seen_f1" in figures and "unseen_f1" in figures:
        limits.append(
            f"Names that training did not hold are harder: F1 {100 * figures['unseen_f1']:.2f} for "
            f"them ({figures['unseen_support']:,} entities), {100 * figures['seen_f1']:.2f} for "
            f"names it did hold ({figures['seen_support']:,})."
        )
    weak = [name for name in facts.types if f"{name}_f1" in figures]
    if len(weak) > 1:
        worst = min(weak, key=lambda name: figures[f"{name}_f1"])
        limits.append(f"Weakest is {_code(worst)}, with F1 {100 * figures[f'{worst}_f1']:.2f}.")
    key = f"first_{PUBLISHED_CUT}_f1"
    if key in figures and round(figures[key], 4) != round(figures["f1"], 4):
        limits.append(
            f"Published figures often leave out what stands behind a cut. In the first "
            f"{PUBLISHED_CUT} tokens of each sentence F1 is {100 * figures[key]:.2f}."
        )
    if facts.kind in CORPORA:
        limits.append(
            "It has seen news in simplified characters. On other text (social media, medicine, "
            "law, traditional characters) expect less, and measure before you rely on it."
        )
    else:
        limits.append("On text of another kind than its corpus expect less, and measure first.")
    limits.append("It knows the types above and no others; an entity inside another is not found.")
    limits.append("The scores of entities are probabilities of the model, not calibrated.")
    if facts.kind == "msra":
        limits.append(f"The corpus: {FACTS['msra'].terms} The same may hold for the model.")
    return limits


def _settings(settings: Mapping[str, Any]) -> str:
    """Return the settings as a table, or nothing."""
    if not settings:
        return ""
    rows = [[f"`{name}`", plain_text(str(value))] for name, value in settings.items()]
    return _table([["setting", "value"], *rows])


def _training(facts: ModelFacts) -> str:
    """Return how long training took and what it gave off, as far as it was measured."""
    sentences = []
    if isinstance(facts.train_seconds, int | float):
        minutes = facts.train_seconds / 60
        sentences.append(f"Training took {minutes:,.1f} minutes.")
    if facts.emissions is not None:
        sentences.append(f"codecarbon measured {facts.emissions:,.3g} g of CO2 equivalents.")
    return " ".join(sentences)


def _interval(ends: tuple[float, float]) -> str:
    return f"{100 * ends[0]:.2f} to {100 * ends[1]:.2f}"


def _code(name: str) -> str:
    """Return a type as code, or as text where it holds what ends code or the cell of a table."""
    return plain_text(name) if set(name) & set("`|") else f"`{name}`"


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a table of Markdown, the first row as its head."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, f"|{' --- |' * len(rows[0])}")
    return "\n".join(lines)


def _json(text: str) -> str:
    """Return text as a string of Python."""
    return json.dumps(text, ensure_ascii=False)
