"""What a check finds, as data: a finding has cases, a case has locations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from msra_ner.tables import format_share

# Locations a finding keeps; counts and totals go over all of them.
MAX_LOCATIONS = 10_000


@dataclass(frozen=True, slots=True)
class Location:
    """A file and line, and what is found there if that differs from one location to the next."""

    location: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One instance of a finding, such as one text that is in two splits.

    Attributes:
        text: The text, string or token: ``谢谢。``.
        detail: What is the matter with it: ``in train and test, 0 entities``.
        count: How often it occurs, including locations that are not kept.
        locations: Where.
    """

    text: str
    detail: str
    count: int
    locations: list[Location]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        check: Its name, such as ``"leaks"``; docs/reference/check.md explains each.
        wrong: A score on this corpus would mislead, or something could not be learned.
        title: What was found, with counts.
        remedy: What to do.
        total: Number of cases, also of those not kept.
        cases: Those kept, the most important first.
    """

    check: str
    wrong: bool
    title: str
    remedy: str
    total: int
    cases: list[Case]


def make_finding(
    check: str, wrong: bool, title: str, remedy: str, cases: list[Case]
) -> list[Finding]:
    """Return a finding with as many locations as are kept, or nothing where there is no case."""
    kept = []
    left = MAX_LOCATIONS
    for case in cases:
        if left < 1:
            break
        kept.append(replace(case, locations=case.locations[:left]))
        left -= max(1, len(case.locations))
    return [Finding(check, wrong, title, remedy, len(cases), kept)] if cases else []


def make_case(text: str, detail: str, locations: list[Location]) -> Case:
    """Return a case that has as many instances as locations."""
    return Case(text, detail, len(locations), locations)


def format_part(part: int, whole: int, noun: str) -> str:
    """Return a part as counts and percentage, such as ``19 of 200 sentences (9.5 %)``."""
    return f"{part:,} of {whole:,} {noun} ({format_share(part, whole)})"


def format_count(number: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun, such as ``1 sentence`` or ``1,200 sentences``."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def format_times(locations: Sequence[Location], split: str = "") -> str:
    """Return how many locations there are, such as ``3 times`` or ``3 times in train``."""
    where = f" in {split}" if split else ""
    return format_count(len(locations), f"time{where}", f"times{where}")
