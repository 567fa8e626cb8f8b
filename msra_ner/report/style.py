"""The style sheet of the pages."""

from importlib.resources import files


def read_style() -> str:
    """Return the style sheet of reports, for other pages that are to look alike."""
    return (files("msra_ner.report") / "templates" / "style.css").read_text(encoding="utf-8")
