"""What a check returns: figures and findings, as data."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from msra_ner.corpus import is_of_characters, join_tokens

# Places a finding keeps; counts and totals go over all of them.
MAX_LOCATIONS = 10_000


@dataclass(frozen=True, slots=True)
class Lengths:
    """Shortest, median, 95th percentile and longest of some lengths in tokens; 0 without any.

    Median and percentile are lengths that occur (nearest rank), never means of two.
    """

    shortest: int
    median: int
    p95: int
    longest: int


@dataclass(frozen=True, slots=True)
class EntityFigures:
    """The mentions of one type, or of all types, in a split.

    ``unseen`` counts those whose text is no entity of train, of whatever type; None for train
    itself and without train.
    """

    mentions: int
    unseen: int | None


@dataclass(frozen=True, slots=True)
class SplitFigures:
    """Counts over one split.

    ``outside`` is the number of ``O`` tokens; ``histogram`` holds sentences by length in tokens,
    with names such as ``"17-32"`` and ``"513+"``; ``types`` has every type of the corpus.
    """

    sentences: int
    without_entities: int
    tokens: int
    outside: int
    lengths: Lengths
    longest_location: str
    histogram: dict[str, int]
    entities: EntityFigures
    types: dict[str, EntityFigures]


@dataclass(frozen=True, slots=True)
class PieceFigures:
    """The word pieces of one split, special pieces not counted.

    ``unknown`` and ``dropped`` are tokens. ``over_limit`` are sentences that need more than one
    window, ``entities_cut`` the entities of which truncation at the limit would leave no whole.
    """

    tokens: int
    pieces: int
    most_pieces: int
    unknown: int
    dropped: int
    over_limit: int
    entities_cut: int


@dataclass(frozen=True, slots=True)
class TokenizerFigures:
    """What a tokenizer makes of a corpus; ``capacity`` is pieces a window holds beside special."""

    name: str
    max_length: int
    capacity: int
    splits: dict[str, PieceFigures]


@dataclass(frozen=True, slots=True)
class Location:
    """Where something stands, and what is found there if that differs from place to place."""

    location: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One instance of a finding; ``count`` tells how often, also where not all places are kept."""

    text: str
    detail: str
    count: int
    locations: list[Location]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: ``total`` cases, and those kept, the one to look at first first."""

    check: str
    wrong: bool
    title: str
    remedy: str
    total: int
    cases: list[Case]


@dataclass(frozen=True, slots=True)
class CorpusReport:
    """All figures, and the findings, those that are wrong first.

    ``entity_lengths`` and ``type_lengths`` go over the entities of all splits.
    """

    wrong: bool
    splits: dict[str, SplitFigures]
    entity_lengths: Lengths
    type_lengths: dict[str, Lengths]
    tokenizer: TokenizerFigures | None
    findings: list[Finding]

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain data; a location is a ``place`` there, as it always was."""
        data: dict[str, Any] = _rename_keys(asdict(self))
        return data


# Names of fields whose keys in JSON are older than the names.
_OLD_KEYS = {
    "location": "place",
    "locations": "places",
    "longest_location": "longest_place",
}


def _rename_keys(data: Any) -> Any:
    """Return data with the old names of its keys, at any depth."""
    if isinstance(data, dict):
        return {_OLD_KEYS.get(key, key): _rename_keys(value) for key, value in data.items()}
    return [_rename_keys(item) for item in data] if isinstance(data, list) else data


def make_finding(
    check: str, wrong: bool, title: str, remedy: str, cases: list[Case]
) -> list[Finding]:
    """Return a finding with no more places than are kept, or nothing where there is no case."""
    kept = []
    left = MAX_LOCATIONS
    for case in cases:
        if left < 1:
            break
        kept.append(replace(case, locations=case.locations[:left]))
        left -= max(1, len(case.locations))
    return [Finding(check, wrong, title, remedy, len(cases), kept)] if cases else []


def share(part: int, whole: int, noun: str) -> str:
    """Return a part as counts and percentage, such as ``19 of 200 sentences (9.5 %)``."""
    return f"{part:,} of {whole:,} {noun} ({percentage(part, whole)})"


def percentage(part: int, whole: int) -> str:
    """Return a part of a whole in per cent; what is there never rounds to 0."""
    value = 100 * part / whole if part else 0
    return f"{value:.1f} %" if value >= 1 else f"{value:.2g} %"


def counted(number: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun, such as ``1 sentence`` or ``1,200 sentences``."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def joined(tokens: Sequence[str]) -> str:
    """Return tokens as people write them: with spaces only where tokens are words."""
    return join_tokens(tokens, by_character=is_of_characters(tokens))
