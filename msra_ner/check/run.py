"""Check a corpus before the first hour of training; docs/reference/check.md has each finding."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msra_ner.argument_types import check_argument_types
from msra_ner.check.annotation import (
    MIN_TAGGED,
    find_conflicts,
    find_doubled_tokens,
    find_illegal_tags,
    find_odd_boundaries,
    find_outside_type,
    find_several_types,
    find_suspected_misses,
)
from msra_ner.check.figures import count_splits, measure_entities
from msra_ner.check.findings import Finding
from msra_ner.check.report import CorpusReport
from msra_ner.check.rows import read_rows
from msra_ner.check.shapes import find_odd_token_shapes
from msra_ner.check.splits import (
    find_duplicates,
    find_leaks,
    find_missing_splits,
    find_rare_types,
    find_uneven_splits,
)
from msra_ner.check.tokens import (
    count_pieces,
    count_token_pieces,
    find_long_sentences,
    find_odd_tokens,
)
from msra_ner.corpus import SAMPLE, Corpus, Illegal, Sentence, make_read_options, open_corpus
from msra_ner.dataset import Aligner
from msra_ner.models import load_tokenizer
from msra_ner.progress import show_bar

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@check_argument_types
def check_corpus(
    data_dir: str | Path | Corpus = SAMPLE,
    tokenizer: "PreTrainedTokenizerBase | str | Path | None" = None,
    *,
    max_length: int | None = None,
    min_tagged: int = MIN_TAGGED,
    progress: bool = False,
    **options: Any,
) -> CorpusReport:
    """Return figures about a corpus, and what is wrong or worth a look in it.

    Args:
        data_dir: Folder of a corpus, one file, ``hub:NAME``, ``sample``, or an open corpus. In an
            open corpus an illegal tag is a finding only where ``repair_tags`` was set; without it
            the first one is an error.
        tokenizer: A fast tokenizer, or the name or folder of one: adds what it drops, does not
            know, or cuts.
        max_length: Word pieces a window holds; None takes the tokenizer's limit.
        min_tagged: How often a string must be tagged for an untagged one to be a finding.
        progress: Show a bar on standard error, if that is a terminal.
        **options: How to read the files, the fields of
            :class:`msra_ner.corpus.options.ReadOptions`: ``format``, ``scheme``, ``ends``, ...

    Raises:
        CorpusNotFoundError: The corpus is missing.
        CorpusError: A file breaks its format.
        ModelError: The tokenizer cannot be found.
        TokenizerError: It cannot be used.

    >>> check_corpus("sample").wrong
    False
    """
    if isinstance(tokenizer, str | Path):
        tokenizer = load_tokenizer(str(tokenizer))
    aligner = None if tokenizer is None else Aligner(tokenizer, max_length)
    if isinstance(data_dir, Corpus):
        corpus = data_dir
    else:
        # Illegal tags are repaired, so that all of them can be told, not the first alone.
        corpus = open_corpus(
            data_dir, make_read_options("check_corpus", {**options, "repair_tags": True})
        )
    illegal: list[Illegal] = []
    splits = {
        name: list(split.sentences(corpus.labels, illegal.append))
        for name, split in corpus.splits.items()
    }
    return check_sentences(splits, illegal, aligner, min_tagged=min_tagged, progress=progress)


def check_sentences(
    splits: Mapping[str, Sequence[Sentence]],
    illegal: Sequence[Illegal] = (),
    aligner: Aligner | None = None,
    *,
    min_tagged: int = MIN_TAGGED,
    progress: bool = False,
) -> CorpusReport:
    """Return figures and findings about sentences; ``illegal`` are tags repaired in them."""
    corpus = read_rows(splits)
    figures = count_splits(corpus)
    tokenizer = None
    # In the order in which they are shown.
    checks = [
        partial(find_missing_splits, figures),
        partial(find_odd_token_shapes, corpus),
        partial(find_illegal_tags, illegal),
        partial(find_leaks, corpus),
        partial(find_conflicts, corpus),
        partial(find_rare_types, corpus, figures),
        partial(find_doubled_tokens, corpus),
        partial(find_suspected_misses, corpus, min_tagged),
        partial(find_several_types, corpus),
        partial(find_outside_type, corpus),
        partial(find_odd_boundaries, corpus),
        partial(find_duplicates, corpus),
        partial(find_uneven_splits, figures),
    ]
    if aligner is not None:
        pieces = count_token_pieces(corpus, aligner)
        tokenizer = count_pieces(corpus, aligner, pieces)
        checks += [
            partial(find_odd_tokens, corpus, pieces),
            partial(find_long_sentences, corpus, aligner, pieces),
        ]
    findings: list[Finding] = []
    bar = show_bar(checks, desc="checking", unit="checks", leave=False, disable=not progress)
    for check in bar:
        findings += check()
    findings.sort(key=lambda finding: not finding.wrong)
    return CorpusReport(
        wrong=any(finding.wrong for finding in findings),
        splits=figures,
        entity_lengths=measure_entities(corpus, corpus.types),
        type_lengths={name: measure_entities(corpus, [name]) for name in corpus.types},
        tokenizer=tokenizer,
        findings=findings,
    )
