"""The result of a check: figures and findings in one object, as text and as JSON."""

from dataclasses import asdict, dataclass
from typing import Any

from msra_ner.check.figures import Lengths, SplitFigures
from msra_ner.check.findings import Finding
from msra_ner.check.tokens import TokenizerFigures

# Names of fields whose keys in JSON are older than the names.
_OLD_KEYS = {
    "location": "place",
    "locations": "places",
    "longest_location": "longest_place",
}


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
        from msra_ner.check.text import format_report

        return format_report(self)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain data; a location is a ``place`` there, as it always was."""
        data: dict[str, Any] = _rename_keys(asdict(self))
        return data


def _rename_keys(data: Any) -> Any:
    """Return data with the old names of its keys, at any depth."""
    if isinstance(data, dict):
        return {_OLD_KEYS.get(key, key): _rename_keys(value) for key, value in data.items()}
    return [_rename_keys(item) for item in data] if isinstance(data, list) else data
