"""A text as HTML with its entities marked, in the colours of the report and demo pages.

The types that are shown, in alphabetical order, take the colours of ``marks.css`` in turn.
"""

from collections.abc import Iterable
from html import escape
from importlib.resources import files
from typing import Protocol

COLOURS = 8  # in marks.css; with more types they repeat
# The type is generated content, so that the text of the element is the text alone.
STYLE = """white-space: pre-wrap; line-height: 2;
mark { color: inherit; background: color-mix(in srgb, var(--hue) 20%, transparent);
  border-bottom: 2px solid var(--hue); border-radius: .25em .25em 0 0; padding: .1em .18em; }
mark::after { content: "\\2060" attr(data-type); font-size: .62em; margin-left: .4em; }
"""


class TypedSpan(Protocol):
    """Anything with a type and a stretch of a text: ``start`` inclusive, ``end`` exclusive."""

    @property
    def type(self) -> str:
        """The entity type."""

    @property
    def start(self) -> int:
        """First character."""

    @property
    def end(self) -> int:
        """The character behind the last."""


def mark_entities(text: str, spans: Iterable[TypedSpan], types: Iterable[str] | None = None) -> str:
    """Return a text as HTML in which each span is a ``<mark>`` with its type and colour.

    Args:
        text: Any text; what is markup in it stays text.
        spans: In any order. One that overlaps an earlier one is left out.
        types: All types that get a colour; None takes those of the spans.

    >>> from msra_ner import Entity
    >>> mark_entities("去北京", [Entity(1, 3, "LOC")])
    '去<mark class="type0" data-type="LOC">北京</mark>'
    """
    spans = sorted(spans, key=lambda span: (span.start, span.end))
    order = sorted({span.type for span in spans}.union(types or ()))
    parts, done = [], 0
    for span in spans:
        if span.start < done:
            continue
        colour = order.index(span.type) % COLOURS
        parts += [
            escape(text[done : span.start]),
            f'<mark class="type{colour}" data-type="{escape(span.type)}">',
            escape(text[span.start : span.end]),
            "</mark>",
        ]
        done = span.end
    return "".join([*parts, escape(text[done:])])


def render_entities(
    text: str, spans: Iterable[TypedSpan], types: Iterable[str] | None = None
) -> str:
    """Return what a notebook shows: :func:`mark_entities` with the style that it needs."""
    style = f".msra-ner-text {{ {STYLE}{read_colours()}}}"
    marked = mark_entities(text, spans, types)
    return f'<style>{style}</style><div class="msra-ner-text" dir="auto">{marked}</div>'


def read_colours() -> str:
    """Return the style sheet that gives the classes ``type0`` to ``type7`` their colours."""
    return (files("msra_ner.corpus") / "marks.css").read_text(encoding="utf-8")
