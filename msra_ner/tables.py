"""Tables of text for the terminal."""

from collections.abc import Sequence

from wcwidth import clip, ljust, rjust, width, wrap

# Columns of a terminal that texts and tables fit into.
WIDTH = 80


def format_table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as lines of text: the first column left, the others right-aligned.

    Columns line up on the screen, where a Chinese character takes the place of two letters. A cell
    may have several lines, as the head of a narrow column does; they are aligned at the bottom.

    >>> print(format_table([["split", "without" + chr(10) + "entity"], ["train", "3"]]))
           without
    split   entity
    train        3
    """
    lines = [line for row in rows for line in _split_row(row)]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            align(cell, wide)
            for align, cell, wide in zip([ljust, *[rjust] * len(row)], row, widths, strict=False)
        )
        for row in lines
    )


def _split_row(row: Sequence[str]) -> list[tuple[str, ...]]:
    cells = [cell.split("\n") for cell in row]
    height = max(map(len, cells), default=1)
    padded = [[""] * (height - len(cell)) + cell for cell in cells]
    return list(zip(*padded, strict=True))


def wrap_text(text: str, first: str = "", rest: str = "") -> list[str]:
    """Return a text as lines that fit a terminal, Chinese characters counted as wide as they are.

    Args:
        text: The text; its words are not divided, unless one is longer than a line.
        first: What the first line begins with.
        rest: What the others begin with.
    """
    # Names of flags and files would not be found again in two parts.
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def clip_text(text: str, columns: int) -> str:
    """Return a text of at most so many columns, with … where something was left out."""
    return text if width(text) <= columns else f"{clip(text, 0, columns - 1).rstrip()}…"


def format_percent(score: float | None) -> str:
    """Return a score between 0 and 1 in per cent as tables show it: 0.9013 is ``90.13``.

    None, a ratio of nothing, is a dash.
    """
    return "-" if score is None else f"{100 * score:.2f}"


def format_share(part: int, whole: int) -> str:
    """Return a part of a whole, such as ``9.5 %``; more than nothing never rounds to 0."""
    value = 100 * part / whole if part else 0
    return f"{value:.1f} %" if value >= 1 else f"{value:.2g} %"
