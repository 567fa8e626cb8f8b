"""Where the entities of a draft are in its text: rules alone, and nothing guessed."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from msra_ner.annotation.draft import Draft, Mention
from msra_ner.annotation.folding import fold
from msra_ner.annotation.marked_text import settle_overlaps
from msra_ner.corpus import Span
from msra_ner.labels import parse_tag

Occurrences = Literal["every", "listed"]
How = Literal["exact", "folded", "fuzzy"]
# A fuzzy surface has at least this many characters for each that may be wrong.
CHARACTERS_AN_ERROR = 4


@dataclass(frozen=True)
class PlacedEntity:
    """An entity of a draft with the characters that it has been given.

    Attributes:
        span: Where it is; the text there is the entity as the text writes it.
        how: ``exact``, as the draft writes it; ``folded``, in other width or script; ``fuzzy``,
            with characters that differ.
        surface: Its text as the draft has it.
    """

    span: Span
    how: How
    surface: str


@dataclass(frozen=True)
class UnplacedEntity:
    """An entity of a draft that has no place, and why.

    >>> UnplacedEntity(Mention("上海", "LOC"), "not in the text").mention.surface
    '上海'
    """

    mention: Mention
    reason: str


@dataclass(frozen=True)
class PlacedDraft:
    """A text with the entities that were placed, in order, and those that were not."""

    text: str
    placed: tuple[PlacedEntity, ...]
    unplaced: tuple[UnplacedEntity, ...]


class _Found(NamedTuple):
    """Places of a mention; the reason says why there are none."""

    places: list[tuple[int, int]]
    how: How = "exact"
    reason: str = ""
    is_stated: bool = False  # by offset or number


def place_draft(
    draft: Draft,
    occurrences: Occurrences = "every",
    fuzzy: int = 0,
    types: Sequence[str] | None = None,
) -> PlacedDraft:
    """Return a draft whose entities have exact offsets, as far as the text shows them.

    1. A start at which the surface is in the text is taken; another one is ignored.
    2. An occurrence n is the n-th place from the left where the surface is.
    3. Else every place is taken; or, with ``listed``, one for each time that the draft lists the
       entity, from the left.
    4. A surface that is nowhere is looked for in other width and script, then, with ``fuzzy``, with
       that many wrong characters. The first and last character must be right, and there must be
       four characters for each wrong one; the closest place is taken, if all that are equally close
       read the same.
    5. A place is never inside a longer run of ASCII letters, or of digits.
    6. Of two types for the same characters, one whose place is stated (rules 1 and 2) goes first;
       if both are, or neither is, none is placed.
    7. Of entities that share characters otherwise the longest is placed, of equals the first.

    Args:
        draft: The text, and the entities as the draft has them.
        occurrences: Rule 3.
        fuzzy: Rule 4; 0 looks for nothing but the characters given.
        types: The types that there are; None takes any.
    """
    listed: Counter[tuple[str, str]] = Counter()
    found: list[tuple[Mention, _Found]] = []
    for mention in draft.mentions:
        listed[mention.surface, mention.type] += 1
        number = listed[mention.surface, mention.type] if occurrences == "listed" else None
        reason = _find_fault(mention, types)
        places = _Found([], reason=reason) if reason else _find(draft.text, mention, number, fuzzy)
        found.append((mention, places))
    chosen, refused = _settle_types(found)
    kept, _ = settle_overlaps(chosen)
    placed = {span: PlacedEntity(span, *chosen[span]) for span in kept}
    unplaced = []
    for mention, places in found:
        spans = [Span(start, end, mention.type) for start, end in places.places]
        if placed.keys().isdisjoint(spans):
            reason = places.reason or _explain(draft.text, spans, refused, kept)
            unplaced.append(UnplacedEntity(mention, reason))
    return PlacedDraft(draft.text, tuple(placed.values()), tuple(unplaced))


def _find_fault(mention: Mention, types: Sequence[str] | None) -> str:
    """Return what is wrong with an entity whatever its text, or nothing."""
    if not mention.surface:
        return "no text of an entity"
    if not mention.type:
        return "no type"
    if types is not None and mention.type not in types:
        return f"the type is none of {', '.join(types)}"
    try:
        parse_tag(f"B-{mention.type}")
    except ValueError:
        return "a type with spaces or what cannot be printed"
    return ""


def _find(text: str, mention: Mention, number: int | None, fuzzy: int) -> _Found:
    """Return the places of a mention: by its start, or by its number, or all."""
    surface, start = mention.surface, mention.start
    if start is not None and start >= 0 and text.startswith(surface, start):
        return _Found([(start, start + len(surface))], is_stated=True)
    how: How = "exact"
    places = list(_list_places(text, surface))
    if not places:
        how = "folded"
        places = list(_list_places(fold(text), fold(surface)))
    if not places and fuzzy:
        how = "fuzzy"
        places = _list_closest(text, surface, fuzzy)
        if len({fold(text[start:end]) for start, end in places}) > 1:
            read = ", ".join(text[start:end] for start, end in places)
            return _Found([], reason=f"several parts of the text are equally close: {read}")
    if not places:
        return _Found([], reason="not in the text")
    wanted = mention.occurrence if mention.occurrence is not None else number
    if wanted is None:
        return _Found(places, how)
    if not 1 <= wanted <= len(places):
        times = "once" if len(places) == 1 else f"{len(places)} times"
        return _Found([], reason=f"occurrence {wanted} of what is in the text {times}")
    return _Found([places[wanted - 1]], how, is_stated=mention.occurrence is not None)


def _list_places(text: str, surface: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each place from the left, none of which overlap."""
    start = text.find(surface)
    while start >= 0:
        end = start + len(surface)
        is_whole = _is_border(text, start) and _is_border(text, end)
        if is_whole:
            yield start, end
        start = text.find(surface, end if is_whole else start + 1)


def _is_border(text: str, offset: int) -> bool:
    """Return whether an offset is not inside a run of ASCII letters or of digits."""
    for before, after in pairwise(fold(text[max(0, offset - 1) : offset + 1])):
        if before.isascii() and after.isascii():
            both = (before.isalpha() and after.isalpha()) or (before.isdigit() and after.isdigit())
            return not both
    return True


def _list_closest(text: str, surface: str, errors: int) -> list[tuple[int, int]]:
    """Return the places, none of which overlap, with the fewest wrong characters."""
    from rapidfuzz.distance import Levenshtein

    errors = min(errors, len(surface) // CHARACTERS_AN_ERROR)
    text, surface = fold(text), fold(surface)
    close: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for start in range(len(text)):
        for length in range(len(surface) - errors, len(surface) + errors + 1) if errors else ():
            end = start + length
            if end > len(text) or text[start] != surface[0] or text[end - 1] != surface[-1]:
                continue
            distance = Levenshtein.distance(text[start:end], surface, score_cutoff=errors)
            if distance <= errors and _is_border(text, start) and _is_border(text, end):
                close[distance].append((start, end))
    return close[min(close)] if close else []


def _settle_types(
    found: Sequence[tuple[Mention, _Found]],
) -> tuple[dict[Span, tuple[How, str]], set[Span]]:
    """Return the spans of which each has one type, and those refused for having several."""
    rivals: defaultdict[tuple[int, int], dict[str, tuple[bool, How, str]]] = defaultdict(dict)
    for mention, (places, how, _, is_stated) in found:
        for place in places:
            before = rivals[place].get(mention.type)
            if before is None or (is_stated and not before[0]):
                rivals[place][mention.type] = (is_stated, how, mention.surface)
    chosen: dict[Span, tuple[How, str]] = {}
    refused: set[Span] = set()
    for (start, end), by_type in rivals.items():
        stated = [kind for kind, (is_stated, *_) in by_type.items() if is_stated]
        names = stated if len(stated) == 1 else list(by_type)
        for kind, (_, how, surface) in by_type.items():
            if names == [kind]:
                chosen[Span(start, end, kind)] = (how, surface)
            else:
                refused.add(Span(start, end, kind))
    return chosen, refused


def _explain(text: str, spans: Sequence[Span], refused: set[Span], kept: Sequence[Span]) -> str:
    """Return why an entity that is in the text has no place there."""
    for span in spans:
        if span in refused:
            return "the same characters have another type too"
    span = spans[0]
    rival = next(item for item in kept if item.start < span.end and span.start < item.end)
    return f"inside or across {rival.type} {text[rival.start : rival.end]}"
