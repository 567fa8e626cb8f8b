"""What the commands print for people: the same text in a file, with colours at a terminal."""

import re
import sys

# Beginnings of lines, and how rich shows them.
STYLES = {
    r"WRONG\b": "bold red",
    r"\d+\. [a-z_]+:": "bold red",
    r"note\b": "yellow",
    r"(?:Nothing is wrong|No finding)\b": "bold green",
    r" *> ": "bold",
}


def print_report(text: str) -> None:
    """Print a report; NO_COLOR and a terminal without colours are respected."""
    if not sys.stdout.isatty():
        print(text)  # noqa: T201
        return
    from rich.console import Console
    from rich.text import Text

    shown = Text(text)
    for beginning, style in STYLES.items():
        shown.highlight_regex(re.compile(f"^{beginning}", re.MULTILINE), style)
    # The lines are as long as they are to be.
    Console().print(shown, soft_wrap=True)
