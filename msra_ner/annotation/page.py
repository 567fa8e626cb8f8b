"""Texts with their entities as one HTML page that needs nothing else."""

from collections import Counter
from collections.abc import Sequence

from msra_ner.annotation.marked_text import MarkedText
from msra_ner.corpus import MARK_STYLE, mark_entities
from msra_ner.palette import format_css, pick_colours
from msra_ner.report import open_templates, read_style


def render_page(texts: Sequence[MarkedText], title: str, total: int | None = None) -> str:
    """Return a page of texts, in the look of the report.

    Text reaches it through Jinja2 and :func:`msra_ner.corpus.mark_entities`, which escape it; the
    element ``.text`` holds exactly the text.

    Args:
        texts: What is shown, in order.
        title: What the page is called.
        total: How many texts there are, where not all are shown; None where that is not known.
    """
    from markupsafe import Markup

    counts = Counter(span.type for item in texts for span in (*item.entities, *item.covered))
    known = {name for item in texts for name in item.types}
    colours = pick_colours({*counts, *known})
    return (
        open_templates("msra_ner.annotation")
        .get_template("texts.html")
        .render(
            title=title,
            total=len(texts) if total is None else total,
            style=Markup("\n".join([read_style(), format_css(), MARK_STYLE])),
            legend=[(name, colours[name], counts[name]) for name in sorted({*counts, *known})],
            texts=[
                (
                    Markup(mark_entities(item.text, item.entities, colours)),
                    list(item.describe_covered()),
                )
                for item in texts
            ],
        )
    )
