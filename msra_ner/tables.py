"""Tables of text for the terminal."""

from collections.abc import Sequence

from wcwidth import ljust, rjust, width


def format_table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as lines of text: the first column left, the others right-aligned.

    Columns line up on the screen, where a Chinese character takes the place of two letters.
    """
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            align(cell, wide)
            for align, cell, wide in zip([ljust, *[rjust] * len(row)], row, widths, strict=False)
        )
        for row in rows
    )


def format_percent(score: float | None) -> str:
    """Return a score between 0 and 1 in per cent as tables show it: 0.9013 is ``90.13``.

    None, a ratio of nothing, is a dash.
    """
    return "-" if score is None else f"{100 * score:.2f}"


def format_share(part: int, whole: int) -> str:
    """Return a part of a whole, such as ``9.5 %``; more than nothing never rounds to 0."""
    value = 100 * part / whole if part else 0
    return f"{value:.1f} %" if value >= 1 else f"{value:.2g} %"
