"""A diagnosis as text for a terminal: what the figures mean, the causes, the errors left."""

from collections.abc import Iterator
from textwrap import wrap

from msra_ner.diagnosis.causes import Cause, Score, entities_of
from msra_ner.diagnosis.diagnosis import Diagnosis
from msra_ner.metrics import BreakdownRow
from msra_ner.report import Prediction
from msra_ner.tables import format_table

WIDTH = 100
FORMS = 8


def format_diagnosis(diagnosis: Diagnosis) -> str:
    """Return the diagnosis as text."""
    base = diagnosis.score
    parts = ["\n".join(_figures(diagnosis))]
    if diagnosis.example is not None:
        parts.append("\n".join(_worked_example(diagnosis.example)))
    for number, cause in enumerate(diagnosis.causes, 1):
        parts.append("\n".join(_cause(number, cause, base)))
    if not diagnosis.causes:
        parts.append(
            "Nothing is wrong with labels, scoring, text or training as far as they can be seen "
            "here: what is left are the errors of the model."
        )
    if diagnosis.kinds:
        parts.append(_kinds(diagnosis))
    for name, rows in diagnosis.breakdowns.items():
        if any(row.gold or row.predicted for row in rows):
            parts.append(_breakdown(name, rows))
    if diagnosis.forms:
        parts.append(_forms(diagnosis))
    found = len(diagnosis.causes)
    parts.append(f"{found} finding(s) to look at first." if found else "No finding.")
    return "\n\n".join(parts)


def _figures(diagnosis: Diagnosis) -> Iterator[str]:
    base = diagnosis.score
    yield (
        f"F1 {_percent(base.f1)} (precision {_percent(base.precision)}, recall "
        f"{_percent(base.recall)}): of {base.gold:,} gold entities {base.correct:,} were found, of "
        f"{base.predicted:,} predicted {base.correct:,} are right."
    )
    yield (
        f"Token accuracy {_percent(base.accuracy)} is no score: tagging every token O has "
        f"{_percent(diagnosis.all_o_accuracy)} here and finds nothing."
    )


def _worked_example(row: Prediction) -> Iterator[str]:
    """Yield a sentence tag by tag, and the three figures counted on it."""
    right = sum(a == b for a, b in zip(row.gold, row.predicted, strict=True))
    gold, predicted = set(entities_of(row.gold)), set(entities_of(row.predicted))
    both = len(gold & predicted)
    yield f"One of your own sentences ({row.location}) shows the difference:"
    shown = 24
    rows = [["gold", *row.gold[:shown]], ["predicted", *row.predicted[:shown]]]
    if row.tokens:
        rows.insert(0, ["token", *row.tokens[:shown]])
    for start in range(1, len(rows[0]), 8):
        yield from (
            f"  {line}"
            for line in format_table(
                [[item[0], *item[start : start + 8]] for item in rows]
            ).splitlines()
        )
    yield (
        f"  accuracy: {right} of {len(row.gold)} tags are right. precision: of {len(predicted)} "
        f"predicted entities {both} right, from first to last token and with its type. recall: "
        f"of {len(gold)} gold entities {both} found."
    )


def _cause(number: int, cause: Cause, base: Score) -> Iterator[str]:
    yield from wrap(f"{number}. {cause.check}: {cause.title}", WIDTH, subsequent_indent="   ")
    if cause.f1_after is not None:
        now = base.f1 if cause.f1_now is None else cause.f1_now
        yield f"   F1 with this put right: {_percent(cause.f1_after)} (now {_percent(now)})"
    if cause.entities:
        yield f"   entities concerned: {cause.entities:,}"
    for line in cause.evidence:
        yield from wrap(f"- {line}", WIDTH, initial_indent="   ", subsequent_indent="     ")
    yield from (f"   e.g. {line}" for line in cause.examples)
    yield from wrap(cause.remedy, WIDTH, initial_indent="   > ", subsequent_indent="     ")


def _kinds(diagnosis: Diagnosis) -> str:
    rows = [["errors by kind", "errors", "gold entities", "predicted", "F1 with these right"]]
    for item in sorted(diagnosis.kinds, key=lambda item: -item.repaired_f1):
        numbers = [f"{number:,}" for number in (item.errors, item.gold, item.predicted)]
        rows.append([item.kind, *numbers, _percent(item.repaired_f1)])
    return format_table(rows)


def _breakdown(name: str, rows: list[BreakdownRow]) -> str:
    table = [[f"by {name}", "gold", "predicted", "precision", "recall", "F1"]]
    for row in rows:
        if row.gold or row.predicted:
            ratios = [_percent(value) for value in (row.precision, row.recall, row.f1)]
            table.append([row.name, f"{row.gold:,}", f"{row.predicted:,}", *ratios])
    return format_table(table)


def _forms(diagnosis: Diagnosis) -> str:
    rows = [["most often wrong", "type", "in gold", "found", "predicted instead"]]
    for form in diagnosis.forms[:FORMS]:
        instead = ", ".join(f"{text} ({count})" for text, count in form.predicted_as[:2])
        rows.append([form.text, form.type, f"{form.gold:,}", f"{form.found:,}", instead or "-"])
    return format_table(rows)


def _percent(value: float) -> str:
    return f"{100 * value:.2f}"
