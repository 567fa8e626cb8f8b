"""Tables of text for the terminal."""

from collections.abc import Sequence


def format_table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as lines of text: the first column left, the others right-aligned."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def format_percent(score: float) -> str:
    """Return a score between 0 and 1 in per cent as tables show it: 0.9013 is ``90.13``."""
    return f"{100 * score:.2f}"


def format_share(part: int, whole: int) -> str:
    """Return a part of a whole, such as ``9.5 %``; more than nothing never rounds to 0."""
    value = 100 * part / whole if part else 0
    return f"{value:.1f} %" if value >= 1 else f"{value:.2g} %"
