"""The report of a check as text for the terminal."""

import textwrap
from collections import Counter
from collections.abc import Iterator

from msra_ner.check.figures import EntityFigures, Lengths
from msra_ner.check.findings import Finding, format_count
from msra_ner.check.report import CorpusReport
from msra_ner.check.tokens import TokenizerFigures
from msra_ner.tables import format_share, format_table

WIDTH = 100
BAR = 20
SHORT = 40  # characters of a text that a line shows; JSON has the whole


def format_report(
    report: CorpusReport, examples: int = 3, rest: str = ".findings lists them"
) -> str:
    """Return the report as text for a terminal.

    Args:
        report: Figures and findings.
        examples: Cases to show of each finding.
        rest: Where the reader finds the others.
    """
    wrong = sum(finding.wrong for finding in report.findings)
    notes = format_count(len(report.findings) - wrong, "note")
    parts = [
        _format_splits(report),
        _format_entities(report),
        _format_lengths(report),
        *([_format_pieces(report.tokenizer)] if report.tokenizer else []),
        *("\n".join(_format_finding(finding, examples, rest)) for finding in report.findings),
        f"{format_count(wrong, 'finding')} to put right before training; {notes}."
        if wrong
        else f"Nothing is wrong; {notes}.",
    ]
    return "\n".join(line.rstrip() for line in "\n\n".join(parts).splitlines())


def _format_splits(report: CorpusReport) -> str:
    header = ["split", "sentences", "without entity", "tokens", "O tokens", "entities"]
    rows = [[*header, "sentence length: median", "p95", "max"]]
    rows += [
        [
            split,
            f"{item.sentences:,}",
            _add_share(item.without_entities, item.sentences),
            f"{item.tokens:,}",
            _add_share(item.outside, item.tokens),
            f"{item.entities.mentions:,}",
            f"{item.lengths.median:,}",
            f"{item.lengths.p95:,}",
            f"{item.lengths.longest:,}",
        ]
        for split, item in report.splits.items()
    ]
    longest = max(report.splits.values(), key=lambda item: item.lengths.longest, default=None)
    lines = [
        format_table(rows),
        "Tagging every token O finds no entity, yet its accuracy is the share of O tokens.",
    ]
    if longest and longest.sentences:
        lines.append(f"The longest sentence is {longest.longest_location}.")
    return "\n".join(lines)


def _format_entities(report: CorpusReport) -> str:
    """Return mentions of each type by split, how many are new names, and lengths over all."""
    compared = [split for split, item in report.splits.items() if item.entities.unseen is not None]
    header = ["entities", *report.splits, *(f"unseen in {split}" for split in compared)]
    rows = [[*header, "length: min", "median", "p95", "max"]]
    for name, lengths in report.type_lengths.items():
        figures = {split: item.types[name] for split, item in report.splits.items()}
        rows.append(_format_entity_row(report, name, figures, lengths))
    figures = {split: item.entities for split, item in report.splits.items()}
    rows.append(_format_entity_row(report, "(all)", figures, report.entity_lengths))
    return (
        f"{format_table(rows)}\n"
        "Unseen: the text of the entity is not an entity of train. Names like it are harder to "
        "find."
    )


def _format_entity_row(
    report: CorpusReport, name: str, figures: dict[str, EntityFigures], lengths: Lengths
) -> list[str]:
    return [
        name,
        *(
            _add_share(item.mentions, report.splits[split].entities.mentions)
            for split, item in figures.items()
        ),
        *(
            _add_share(item.unseen, item.mentions)
            for item in figures.values()
            if item.unseen is not None
        ),
        *(f"{lengths.shortest:,}", f"{lengths.median:,}"),
        *(f"{lengths.p95:,}", f"{lengths.longest:,}"),
    ]


def _format_lengths(report: CorpusReport) -> str:
    """Return the histogram of sentence lengths: a bar over all splits, then each split."""
    rows = [["tokens in a sentence", "", *report.splits]]
    totals: Counter[str] = Counter()
    for item in report.splits.values():
        totals.update(item.histogram)
    for name, total in totals.items():
        # Rounded up, so that a bar that is not empty shows.
        bar = -(-BAR * total // (max(totals.values()) or 1))
        cells = [
            _add_share(item.histogram[name], item.sentences) for item in report.splits.values()
        ]
        rows.append([name, ("#" * bar).ljust(BAR), *cells])
    return format_table(rows)


def _format_pieces(tokenizer: TokenizerFigures) -> str:
    header = ["word pieces", "all", "a token", "most in a sentence", "unknown tokens"]
    rows = [[*header, "dropped tokens", "sentences over the limit", "entities behind it"]]
    rows += [
        [
            split,
            f"{item.pieces:,}",
            f"{item.pieces / (item.tokens or 1):.3f}",
            f"{item.most_pieces:,}",
            f"{item.unknown:,}",
            f"{item.dropped:,}",
            f"{item.over_limit:,}",
            f"{item.entities_cut:,}",
        ]
        for split, item in tokenizer.splits.items()
    ]
    return (
        f"{format_table(rows)}\n{tokenizer.name}: a window holds {tokenizer.max_length:,} pieces, "
        f"{tokenizer.capacity:,} of them for text."
    )


def _format_finding(finding: Finding, examples: int, rest: str) -> Iterator[str]:
    """Yield the lines of a finding: title, the first cases with locations, what to do."""
    yield from textwrap.wrap(
        f"{'WRONG' if finding.wrong else 'note '}  {finding.check}: {finding.title}",
        WIDTH,
        subsequent_indent=" " * 7,
    )
    cases = finding.cases[:examples]
    for case in cases:
        yield f"       - {_shorten(case.text)}: {case.detail}"
        # Two, so that both sides of a leak or a conflict show.
        shown = [
            f"{location.location}  {_shorten(location.found)}".rstrip()
            for location in case.locations[:2]
        ]
        if any(location.found for location in case.locations):
            yield from (f"         {line}" for line in shown)
        elif shown:
            yield f"         {', '.join(shown)}"
    if finding.total > len(cases):
        yield f"       and {finding.total - len(cases):,} more ({rest})"
    yield from textwrap.wrap(
        finding.remedy, WIDTH, initial_indent=" " * 7 + "> ", subsequent_indent=" " * 9
    )


def _add_share(part: int, whole: int) -> str:
    return f"{part:,} ({format_share(part, whole)})"


def _shorten(text: str) -> str:
    """Return a text shortened to a line, with what cannot be seen as its code point."""
    if len(text) > SHORT:
        text = text[: SHORT - 1] + "…"
    return "".join(
        character if character.isprintable() else f"<U+{ord(character):04X}>" for character in text
    )
