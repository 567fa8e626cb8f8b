"""A diagnosis as text for a terminal: what the figures mean, the findings, the errors left."""

from collections.abc import Iterator
from textwrap import indent
from typing import TYPE_CHECKING

from msra_ner.diagnosis.findings import Finding, find_entities
from msra_ner.metrics import BreakdownRow
from msra_ner.report import Prediction, name_kind
from msra_ner.tables import clip_text, format_percent, format_table, wrap_text
from msra_ner.wording import translate, translate_all

if TYPE_CHECKING:
    from msra_ner.diagnosis.diagnosis import Diagnosis

# What breakdowns go by.
BY = {"length": "by length", "position": "by position", "times in train": "by times in train"}
FORMS = 8  # texts shown
FORM = 24  # columns of each
EXAMPLE_TOKENS = 24  # shown of the sentence, tag by tag


def format_diagnosis(diagnosis: "Diagnosis") -> str:
    """Return the diagnosis as text."""
    found = len(diagnosis.findings)
    verdict = translate(f"WRONG  {found} finding(s) to look at first." if found else "No finding.")
    parts = [verdict, "\n".join(_explain_figures(diagnosis))]
    if diagnosis.example is not None:
        parts.append("\n".join(_explain_example(diagnosis.example)))
    for number, finding in enumerate(diagnosis.findings, 1):
        parts.append("\n".join(_format_finding(number, finding, diagnosis.score)))
    if not diagnosis.findings:
        said = translate(
            "Nothing is wrong with labels, scoring, text or training as far as they can be seen "
            "here: what is left are the errors of the model."
        )
        parts.append("\n".join(wrap_text(said)))
    if diagnosis.kinds:
        parts.append(_format_kinds(diagnosis))
    for name, rows in diagnosis.breakdowns.items():
        if any(row.gold or row.predicted for row in rows):
            parts.append(_format_breakdown(name, rows))
    if diagnosis.forms:
        parts.append(_format_forms(diagnosis))
    return "\n\n".join(parts)


def _explain_figures(diagnosis: "Diagnosis") -> Iterator[str]:
    base = diagnosis.score
    precision, recall, f1 = map(format_percent, base.list_ratios().values())
    figures = translate(
        f"F1 {f1} (precision {precision}, recall {recall}): of {base.gold:,} gold entities "
        f"{base.correct:,} were found, of {base.predicted:,} predicted {base.correct:,} are right."
    )
    accuracy = translate(
        f"Token accuracy {format_percent(diagnosis.token_accuracy)} is not a score: tagging every "
        f"token O has {format_percent(diagnosis.all_o_accuracy)} here and finds nothing."
    )
    yield from wrap_text(figures)
    yield from wrap_text(accuracy)
    if diagnosis.open_tokens:
        opened = translate(
            f"{diagnosis.open_tokens:,} tokens are left open (?): nobody looked for all types "
            "there, and what is predicted there counts neither as right nor as wrong."
        )
        yield from wrap_text(opened)


def _explain_example(row: Prediction) -> Iterator[str]:
    """Yield a sentence tag by tag, and the three figures counted on it."""
    right = sum(a == b for a, b in zip(row.gold, row.predicted, strict=True))
    gold, predicted = set(find_entities(row.gold)), set(find_entities(row.predicted))
    both = len(gold & predicted)
    yield translate("One of your own sentences shows the difference:")
    yield f"  {row.location}"
    rows = {translate("gold"): row.gold, translate("predicted"): row.predicted}
    if len(row.tokens) == len(row.gold):
        rows = {translate("token"): row.tokens, **rows}
    for start in range(0, min(len(row.gold), EXAMPLE_TOKENS), 8):
        table = [[name, *items[start : start + 8]] for name, items in rows.items()]
        yield indent(format_table(table), "  ")
    counted = (
        f"accuracy: {right} of {len(row.gold)} tags are right.",
        f"precision: of {len(predicted)} predicted entities {both} right, from first to last token "
        "and with its type.",
        f"recall: of {len(gold)} gold entities {both} found.",
    )
    for line in counted:
        yield from wrap_text(translate(line), "  ", "    ")


def _format_finding(number: int, finding: Finding, base: BreakdownRow) -> Iterator[str]:
    yield from wrap_text(f"{number}. {finding.check}: {translate(finding.title)}", rest="   ")
    if finding.f1_after is not None:
        now = format_percent(base.f1 if finding.f1_now is None else finding.f1_now)
        repaired = format_percent(finding.f1_after)
        yield "   " + translate(f"F1 with this put right: {repaired} (now {now})")
    if finding.entities:
        yield "   " + translate(f"entities concerned: {finding.entities:,}")
    for line in finding.evidence:
        yield from wrap_text(f"- {translate(line)}", "   ", "     ")
    for line in finding.examples:
        yield from wrap_text(f"{translate('e.g.')} {line}", "   ", "     ")
    yield from wrap_text(translate(finding.remedy), "   > ", "     ")


def _format_kinds(diagnosis: "Diagnosis") -> str:
    rows = [
        translate_all(
            ["errors by kind", "errors", "gold\nentities", "predicted", "F1 with\nthese right"]
        )
    ]
    for item in sorted(diagnosis.kinds, key=lambda item: -item.repaired_f1):
        numbers = [f"{number:,}" for number in (item.errors, item.gold, item.predicted)]
        rows.append([name_kind(item.kind), *numbers, format_percent(item.repaired_f1)])
    return format_table(rows)


def _format_breakdown(name: str, rows: list[BreakdownRow]) -> str:
    table = [translate_all([BY[name], "gold", "predicted", "precision", "recall", "F1"])]
    for row in rows:
        if row.gold or row.predicted:
            ratios = [format_percent(value) for value in row.list_ratios().values()]
            table.append([row.name, f"{row.gold:,}", f"{row.predicted:,}", *ratios])
    return format_table(table)


def _format_forms(diagnosis: "Diagnosis") -> str:
    rows = [translate_all(["most often wrong", "type", "in gold", "found", "predicted instead"])]
    for form in diagnosis.forms[:FORMS]:
        instead = ", ".join(f"{text} ({count})" for text, count in form.predicted_as[:2])
        texts = clip_text(form.text, FORM), clip_text(instead or "-", FORM)
        rows.append([texts[0], form.type, f"{form.gold:,}", f"{form.found:,}", texts[1]])
    return format_table(rows)
