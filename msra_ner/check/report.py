"""The result of a check: figures and findings in one object, as JSON and as text."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass
from typing import Any

from msra_ner.check.figures import Lengths, SplitFigures
from msra_ner.check.findings import Finding, format_count
from msra_ner.check.tokens import TokenizerFigures
from msra_ner.corpus import SAMPLE, SAMPLE_DIR, SPLIT_NAMES
from msra_ner.tables import clip_text, format_share, format_table, wrap_text
from msra_ner.wording import translate, translate_all

BAR = 12
SHORT = 60  # columns of a text that a line shows; JSON has the whole
# Names of fields whose keys in JSON are older than the names.
_OLD_KEYS = {"location": "place", "locations": "places", "longest_location": "longest_place"}


@dataclass(frozen=True, slots=True, repr=False)
class CorpusReport:
    """Figures about a corpus, and findings; printed, it is the text that ``msra-ner check`` shows.

    Attributes:
        wrong: Whether a finding is wrong, so that training should wait.
        splits: Counts by split.
        entity_lengths: Lengths of the entities of all splits, in tokens.
        type_lengths: The same by type.
        tokenizer: What a tokenizer makes of the corpus, if one was given.
        findings: What was found, wrong ones first.

    >>> from msra_ner import check_corpus
    >>> report = check_corpus("sample")
    >>> report.splits["test"].entities.mentions, report.type_lengths["PER"].median
    (1324, 3)
    >>> [finding.check for finding in report.findings if finding.wrong]
    []
    """

    wrong: bool
    splits: dict[str, SplitFigures]
    entity_lengths: Lengths
    type_lengths: dict[str, Lengths]
    tokenizer: TokenizerFigures | None
    findings: list[Finding]

    def __repr__(self) -> str:
        """Return the report as text for a terminal."""
        return format_report(self)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain data; a location is a ``place`` there, as it always was."""
        return asdict(self, dict_factory=lambda items: {_OLD_KEYS.get(k, k): v for k, v in items})


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
    verdict = translate(
        f"WRONG  {format_count(wrong, 'finding')} to put right before training; {notes}."
        if wrong
        else f"Nothing is wrong; {notes}."
    )
    parts = [
        verdict,
        _format_splits(report),
        _format_entities(report),
        _format_lengths(report),
        *([_format_pieces(report.tokenizer)] if report.tokenizer else []),
        *("\n".join(_format_finding(finding, examples, rest)) for finding in report.findings),
    ]
    text = "\n".join(line.rstrip() for line in "\n\n".join(parts).splitlines())
    return text.replace(f"{SAMPLE_DIR}{os.sep}", f"{SAMPLE}/")


def _format_splits(report: CorpusReport) -> str:
    counted = translate_all(["split", "sentences", "without\nentity", "tokens", "O tokens"])
    rows = [[*counted, *translate_all(["entities", "length\nmedian", "p95", "max"])]]
    for split, item in report.splits.items():
        without = format_share(item.without_entities, item.sentences)
        outside = format_share(item.outside, item.tokens)
        numbers = [item.entities.mentions, *astuple(item.lengths)[1:]]
        row = [item.sentences, without, item.tokens, outside, *numbers]
        rows.append([_name_split(split), *map(_format_cell, row)])
    longest = max(report.splits.values(), key=lambda item: item.lengths.longest, default=None)
    lines = [
        format_table(rows),
        *wrap_text(
            translate("Tagging every token O finds no entity, yet its accuracy is that share.")
        ),
    ]
    if opened := {split: item.open for split, item in report.splits.items() if item.open}:
        counts = ", ".join(f"{_name_split(split)} {count:,}" for split, count in opened.items())
        lines += wrap_text(
            translate(f"Tokens left open (?), where nobody looked for all types: {counts}.")
        )
    if longest and longest.sentences:
        lines.append(translate(f"The longest sentence is {longest.longest_location}."))
    return "\n".join(lines)


def _format_entities(report: CorpusReport) -> str:
    """Return mentions of each type by split, how many are new names, and lengths over all."""
    compared = [split for split, item in report.splits.items() if item.entities.unseen is not None]
    names = list(map(_name_split, report.splits))
    unseen_in = [translate(f"unseen\nin {_name_split(split)}") for split in compared]
    lengths_head = translate_all(["length\nmin", "median", "p95", "max"])
    rows = [[translate("entities"), *names, *unseen_in, *lengths_head]]
    for name, lengths in [
        *report.type_lengths.items(),
        (translate("(all)"), report.entity_lengths),
    ]:
        here = [item.types.get(name, item.entities) for item in report.splits.values()]
        unseen = [
            format_share(item.unseen, item.mentions) if item.mentions else "-"
            for item in here
            if item.unseen is not None
        ]
        numbers = [item.mentions for item in here]
        rows.append(
            [name, *map(_format_cell, numbers), *unseen, *map(_format_cell, astuple(lengths))]
        )
    said = "Unseen: the text of the entity is no entity of train. Such names are harder to find."
    return "\n".join([format_table(rows), *wrap_text(translate(said))])


def _format_lengths(report: CorpusReport) -> str:
    """Return the histogram of sentence lengths: a bar over all splits, then each split."""
    rows = [[translate("tokens in\na sentence"), "", *map(_name_split, report.splits)]]
    totals: Counter[str] = Counter()
    for item in report.splits.values():
        totals.update(item.histogram)
    for name, total in totals.items():
        # Rounded up, so that a bar that is not empty shows.
        bar = -(-BAR * total // (max(totals.values()) or 1))
        cells = [
            _add_share(item.histogram[name], item.sentences) for item in report.splits.values()
        ]
        rows.append([translate(name), ("#" * bar).ljust(BAR), *cells])
    return format_table(rows)


def _format_pieces(tokenizer: TokenizerFigures) -> str:
    pieces = translate_all(["word pieces", "all", "a token", "most in a\nsentence"])
    odd_ones = translate_all(["unknown\ntokens", "dropped\ntokens"])
    rows = [[*pieces, *odd_ones, *translate_all(["sentences\nover limit", "entities\nbehind it"])]]
    for split, item in tokenizer.splits.items():
        rate = f"{item.pieces / (item.tokens or 1):.3f}"
        odd = [item.unknown, item.dropped, item.over_limit, item.entities_cut]
        rows.append(
            [_name_split(split), *map(_format_cell, [item.pieces, rate, item.most_pieces, *odd])]
        )
    said = translate(
        f"{tokenizer.name}: a window holds {tokenizer.max_length:,} pieces, "
        f"{tokenizer.capacity:,} of them for text."
    )
    return f"{format_table(rows)}\n{said}"


def _format_finding(finding: Finding, examples: int, rest: str) -> Iterator[str]:
    """Yield the lines of a finding: title, the first cases with locations, what to do."""
    verdict = "WRONG" if finding.wrong else "note "
    yield from wrap_text(f"{verdict}  {finding.check}: {translate(finding.title)}", rest=" " * 7)
    cases = finding.cases[:examples]
    for case in cases:
        yield f"       - {_shorten(case.text)}: {translate(case.detail)}"
        # Two, so that both sides of a leak or a conflict show.
        shown = [location.location for location in case.locations[:2]]
        if any(location.found for location in case.locations):
            for location in case.locations[:2]:
                yield f"         {location.location}"
                if location.found:
                    yield f"           {_shorten(location.found)}"
        elif shown:
            yield f"         {', '.join(shown)}"
    if finding.total > len(cases):
        yield "       " + translate(f"and {finding.total - len(cases):,} more ({rest})")
    yield from wrap_text(translate(finding.remedy), " " * 7 + "> ", " " * 9)


def _name_split(split: str) -> str:
    return SPLIT_NAMES.get(split, split)


def _format_cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _add_share(part: int, whole: int) -> str:
    return "-" if not part else f"{part:,} ({format_share(part, whole)})"


def _shorten(text: str) -> str:
    """Return a text shortened to a line, with what cannot be seen as its code point."""
    shown = "".join(
        character if character.isprintable() else f"<U+{ord(character):04X}>" for character in text
    )
    return clip_text(shown, SHORT)
