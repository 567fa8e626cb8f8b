"""A text with its entities, shown on a page, in a notebook or in a terminal."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msra_ner.corpus import Span, render_entities
from msra_ner.errors import ArgumentsError
from msra_ner.palette import colour_text, pick_colours

# What entities have their type under: those of this package, and of other tools.
TYPE_KEYS = ("type", "label", "entity_group", "entity_type")
EXPECTED = "expected type, start and end: an entity, a dictionary, or (start, end, type)"
# Characters that a terminal obeys, or that reorder what is beside them.
OBEYED = ("Cc", "Cf", "Cs", "Zl", "Zp")


@dataclass(frozen=True)
class MarkedText:
    """A text with its entities; a notebook shows it, and ``print`` as ``[PER 王小明]在[LOC 北京]``.

    Attributes:
        text: The text.
        entities: What is marked, in order.
        covered: Entities inside or across longer ones, which a text in one line cannot show. They
            are named below it.
        types: All types that get a colour.
    """

    text: str
    entities: tuple[Span, ...]
    covered: tuple[Span, ...] = ()
    types: tuple[str, ...] = ()

    def to_html(self) -> str:
        """Return a page that needs nothing else, in the look of the report."""
        from msra_ner.annotation.page import render_page

        return render_page([self], "msra-ner")

    def to_terminal(self, colour: bool = True) -> str:
        """Return the text with each entity and its type in brackets, in colour or without.

        Characters that a terminal obeys are escaped, but for line ends and tabs.
        """
        colours = pick_colours([*self.types, *(span.type for span in self.entities)])
        parts, done = [], 0
        for span in self.entities:
            mark = f"[{span.type} {escape_obeyed(self.text[span.start : span.end])}]"
            parts.append(escape_obeyed(self.text[done : span.start]))
            parts.append(colour_text(mark, colours[span.type]) if colour else mark)
            done = span.end
        parts.append(escape_obeyed(self.text[done:]))
        if self.covered:
            parts.append(f"\n  covered: {'; '.join(self.describe_covered())}")
        return "".join(parts)

    def describe_covered(self) -> Iterator[str]:
        """Yield the covered entities in words."""
        for span in self.covered:
            text = escape_obeyed(self.text[span.start : span.end])
            yield f"{span.type} {text} ({span.start}-{span.end})"

    def __str__(self) -> str:
        return self.to_terminal(colour=False)

    def _repr_html_(self) -> str:
        return render_entities(self.text, self.entities, self.types)


def render(text: str, entities: Iterable[Any] = (), types: Iterable[str] = ()) -> MarkedText:
    """Return a text with its entities marked, for a notebook, a page or a terminal.

    Of entities that share characters the longest is marked (the first of equals); the others are
    named below the text.

    Args:
        text: Any text; markup in it stays text.
        entities: Those of a :class:`msra_ner.Tagger`, of a pipeline of transformers, or any others
            with type, start and end (exclusive) in characters; or tuples (start, end, type).
        types: Types that get a colour though they do not occur, so that several texts agree.

    Raises:
        ArgumentsError: An entity has no type, start or end, or is not in the text.

    >>> print(render("王小明在北京", [(0, 3, "PER"), {"type": "LOC", "start": 4, "end": 6}]))
    [PER 王小明]在[LOC 北京]
    """
    if not isinstance(text, str):
        raise ArgumentsError(f"text: found {type(text).__name__}, expected text.")
    spans = [_parse_entity(index, entity, text) for index, entity in enumerate(entities)]
    shown, covered = settle_overlaps(spans)
    return MarkedText(text, tuple(shown), tuple(covered), tuple(types))


def settle_overlaps(spans: Iterable[Span]) -> tuple[list[Span], list[Span]]:
    """Return the spans that are kept where some share characters, and the others, both in order.

    The longest is kept; of equally long ones the first in the text, then in the alphabet.
    """
    kept: list[Span] = []
    covered: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start - span.end, span)):
        free = all(span.end <= other.start or other.end <= span.start for other in kept)
        (kept if free else covered).append(span)
    return sorted(kept), sorted(covered)


def escape_obeyed(text: str) -> str:
    r"""Return a text in which what a terminal obeys is written out.

    >>> escape_obeyed("a\x1b[2J\n")
    'a\\x1b[2J\n'
    """
    return "".join(
        char.encode("unicode_escape").decode()
        if char not in "\n\t" and unicodedata.category(char) in OBEYED
        else char
        for char in text
    )


def _parse_entity(index: int, entity: Any, text: str) -> Span:
    if isinstance(entity, Mapping):
        kind = next((entity[key] for key in TYPE_KEYS if key in entity), None)
        start, end = entity.get("start"), entity.get("end")
    elif isinstance(entity, Sequence) and not isinstance(entity, str) and len(entity) == 3:
        start, end, kind = entity
    else:
        start, end, kind = (getattr(entity, name, None) for name in ("start", "end", "type"))
    whole = all(
        hasattr(value, "__index__") and not isinstance(value, bool) for value in (start, end)
    )
    if not isinstance(kind, str) or not kind or not whole:
        raise ArgumentsError(f"entities: found {entity!r} at index {index}, {EXPECTED}.")
    span = Span(int(start), int(end), kind)  # type: ignore[arg-type]
    if not 0 <= span.start < span.end <= len(text):
        raise ArgumentsError(
            f"entities: found {span} at index {index}, expected a start before the end, both "
            f"inside the text of {len(text)} characters."
        )
    return span
