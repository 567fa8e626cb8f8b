"""Run all checks over a corpus, before the first hour of training.

What a finding means and what to do about it stands in ``docs/check.md``.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tqdm import tqdm

from msra_ner.check.annotation import (
    MIN_TAGGED,
    boundaries,
    conflicts,
    doubled_tokens,
    several_types,
    suspected_misses,
)
from msra_ner.check.figures import (
    entity_lengths,
    read_rows,
    split_figures,
    token_pieces,
    tokenizer_figures,
    type_lengths,
)
from msra_ner.check.findings import Case, CorpusReport, Finding, Location, counted, make_finding
from msra_ner.check.splits import (
    find_duplicates,
    find_leaks,
    find_missing_splits,
    find_rare_types,
    find_uneven_splits,
)
from msra_ner.check.tokens import find_long_sentences, find_odd_tokens
from msra_ner.corpus import Sentence
from msra_ner.dataset import Aligner


@dataclass(frozen=True, slots=True)
class IllegalTag:
    """A tag that IOB2 does not allow where it stands, as the reader found and repaired it."""

    split: str
    location: str
    found: str
    expected: str


def check_corpus(
    splits: Mapping[str, Sequence[Sentence]],
    illegal: Sequence[IllegalTag] = (),
    aligner: Aligner | None = None,
    *,
    min_tagged: int = MIN_TAGGED,
    progress: bool = False,
) -> CorpusReport:
    """Return figures and findings about a corpus.

    Args:
        splits: Sentences in valid IOB2 by split: ``train``, and others that are compared with it.
        illegal: Tags that were repaired while reading.
        aligner: For the checks of a tokenizer; without it they are left out.
        min_tagged: How often a string must be tagged for a bare one to be a suspected miss.
        progress: Show a bar on standard error.
    """
    with tqdm(total=16 if aligner else 13, disable=not progress, leave=False) as bar:
        bar.set_description("reading entities")
        corpus = read_rows(splits)
        bar.update()
        bar.set_description("counting")
        figures = split_figures(corpus)
        bar.update()
        # In the order in which they are shown.
        checks: dict[str, Callable[[], list[Finding]]] = {
            "splits": lambda: find_missing_splits(figures),
            "tags": lambda: _illegal_tags(illegal),
            "leaks": lambda: find_leaks(corpus),
            "conflicts": lambda: conflicts(corpus),
            "types": lambda: find_rare_types(corpus, figures),
            "doubled tokens": lambda: doubled_tokens(corpus),
            "misses": lambda: suspected_misses(corpus, min_tagged),
            "several types": lambda: several_types(corpus),
            "boundaries": lambda: boundaries(corpus),
            "duplicates": lambda: find_duplicates(corpus),
            "balance": lambda: find_uneven_splits(figures),
        }
        tokenizer = None
        if aligner is not None:
            bar.set_description("word pieces")
            pieces = token_pieces(corpus, aligner)
            tokenizer = tokenizer_figures(corpus, aligner, pieces)
            bar.update()
            checks["odd tokens"] = lambda: find_odd_tokens(corpus, pieces)
            checks["long sentences"] = lambda: find_long_sentences(corpus, aligner, pieces)
        findings = []
        for name, check in checks.items():
            bar.set_description(name)
            findings += check()
            bar.update()
    findings.sort(key=lambda finding: not finding.wrong)
    return CorpusReport(
        wrong=any(finding.wrong for finding in findings),
        splits=figures,
        entity_lengths=entity_lengths(corpus),
        type_lengths=type_lengths(corpus),
        tokenizer=tokenizer,
        findings=findings,
    )


def _illegal_tags(illegal: Sequence[IllegalTag]) -> list[Finding]:
    """Tags that the reader had to repair."""
    groups: dict[tuple[str, str], list[Location]] = defaultdict(list)
    for tag in illegal:
        groups[tag.found, tag.expected].append(Location(tag.location))
    cases = [
        Case(
            found,
            f"expected {expected}, {counted(len(locations), 'time')}",
            len(locations),
            locations,
        )
        for (found, expected), locations in groups.items()
    ]
    return make_finding(
        "illegal_tags",
        True,
        f"{counted(len(illegal), 'tag')} that IOB2 does not allow where they stand",
        "Correct the tags; or let --repair_tags turn them into B-, which is right only where an "
        "entity does start. If nearly all entities are listed, the scheme is another: --scheme.",
        sorted(cases, key=lambda case: -case.count),
    )
