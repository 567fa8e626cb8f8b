"""A text as HTML with its entities marked, in the colours of ``msra_ner.palette``."""

from collections.abc import Iterable
from html import escape
from typing import Protocol

from msra_ner.palette import TINT, format_css, pick_colours

# The type is generated content, so that the text of the element is the text alone.
MARK_STYLE = f"""mark {{ color: inherit; border-bottom: 2px solid var(--hue);
  background: color-mix(in srgb, var(--hue) {TINT}%, transparent);
  border-radius: .25em .25em 0 0; padding: .1em .18em; margin: 0 .06em;
  -webkit-box-decoration-break: clone; box-decoration-break: clone; }}
mark::after {{ content: "\\2060" attr(data-type); color: var(--hue); font-size: .62em;
  font-weight: 600; margin-left: .4em; vertical-align: .12em; letter-spacing: .02em; }}
"""
# Notebooks that are dark by a setting of their own: JupyterLab, Visual Studio Code, Colab.
DARK_NOTEBOOKS = (
    '[data-jp-theme-light="false"]',
    ".vscode-dark",
    ".vscode-high-contrast",
    'html[theme="dark"]',
)
LIGHT_NOTEBOOKS = ('[data-jp-theme-light="true"]', ".vscode-light", 'html[theme="light"]')


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
    '去<mark class="type2" data-type="LOC">北京</mark>'
    """
    spans = sorted(spans, key=lambda span: (span.start, span.end))
    colours = pick_colours({span.type for span in spans}.union(types or ()))
    parts, done = [], 0
    for span in spans:
        if span.start < done:
            continue
        parts += [
            escape(text[done : span.start]),
            f'<mark class="type{colours[span.type]}" data-type="{escape(span.type)}">',
            escape(text[span.start : span.end]),
            "</mark>",
        ]
        done = span.end
    return "".join([*parts, escape(text[done:])])


def render_entities(
    text: str, spans: Iterable[TypedSpan], types: Iterable[str] | None = None
) -> str:
    """Return what a notebook shows: :func:`mark_entities` with the style that it needs."""
    colours = format_css(".msra-ner-text", DARK_NOTEBOOKS, LIGHT_NOTEBOOKS)
    style = f"{colours}\n.msra-ner-text {{ white-space: pre-wrap; line-height: 2;\n{MARK_STYLE}}}"
    marked = mark_entities(text, spans, types)
    return f'<style>{style}</style><div class="msra-ner-text" dir="auto">{marked}</div>'
