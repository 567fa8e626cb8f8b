"""The colour of each entity type: one in reports, demo, notebooks, plots and the terminal.

The colours are few and a type is always named beside its own, since no eight colours are apart for
every eye. Those of people, organisations and places are, in each kind of colour blindness. All have
a contrast of 4.5 to 1 as text on a page and on their own tint (WCAG 2.2, AA).
"""

from collections.abc import Iterable
from typing import NamedTuple


class Colour(NamedTuple):
    """A colour on a light page, on a dark one, and among the 256 of terminals, on either.

    >>> COLOURS[0].terminal
    27
    """

    light: str
    dark: str
    terminal: int


COLOURS = (
    Colour("#005fa8", "#6fa8f5", 27),
    Colour("#a23b00", "#ff7f4d", 130),
    Colour("#00724f", "#7be8bd", 29),
    Colour("#a3256e", "#d98abb", 163),
    Colour("#4a3c00", "#f7dd6a", 64),
    Colour("#0a4550", "#cdf0fa", 30),
    Colour("#6a2fd0", "#b79cf0", 98),
    Colour("#3a3f44", "#b8bec4", 243),
)
TINT = 16  # per cent of a colour behind its entities
# What corpora call one and the same type: people, organisations, places, and so on.
_KNOWN = (
    ("PER", "PERSON", "NAME", "NR"),
    ("ORG", "ORGANIZATION", "COMPANY", "NT"),
    ("LOC", "LOCATION", "ADDRESS", "NS"),
    ("GPE",),
    ("MISC",),
)


def pick_colours(types: Iterable[str]) -> dict[str, int]:
    """Return for each type the index of its colour in ``COLOURS``.

    A type has a colour of its own, whatever others stand beside it; of two that want the same, the
    later one in the alphabet takes the next that is free. Of more than eight some share one.

    >>> pick_colours(["LOC", "PER", "ORG"])
    {'PER': 0, 'ORG': 1, 'LOC': 2}
    """
    found: dict[str, int] = {}
    for name in sorted(set(types), key=lambda name: (_find_known(name) is None, name)):
        known = _find_known(name)
        # Of other names their bytes decide, and not Python's hash, which differs with each start.
        wanted = sum(name.encode(errors="replace")) if known is None else known
        taken = set(found.values())
        places = [(wanted + step) % len(COLOURS) for step in range(len(COLOURS))]
        found[name] = next((place for place in places if place not in taken), places[0])
    return dict(sorted(found.items(), key=lambda item: item[1]))


def colour_text(text: str, colour: int) -> str:
    r"""Return a text with the codes that give it a colour, by its index, in a terminal.

    >>> colour_text("PER", 0)
    '\x1b[38;5;27mPER\x1b[39m'
    """
    return f"\x1b[38;5;{COLOURS[colour].terminal}m{text}\x1b[39m"


def format_css(scope: str = ":root", dark: Iterable[str] = (), light: Iterable[str] = ()) -> str:
    """Return a style sheet in which the classes ``type0`` to ``type7`` have their colour.

    It is ``--hue`` of an element with such a class, and ``--type0`` and so on of all in the scope.

    Args:
        scope: The selector of what holds the elements.
        dark: Selectors for which that is dark, whatever the system is set to.
        light: The same for light.
    """

    def declare(shade: str) -> str:
        colours = enumerate(getattr(colour, shade) for colour in COLOURS)
        return " ".join(f"--type{index}: {value};" for index, value in colours)

    return "\n".join(
        [
            f"{scope} {{ {declare('light')} }}",
            f"@media (prefers-color-scheme: dark) {{ {scope} {{ {declare('dark')} }} }}",
            *(f"{selector} {scope} {{ {declare('dark')} }}" for selector in dark),
            *(f"{selector} {scope} {{ {declare('light')} }}" for selector in light),
            *(f"{scope} .type{i} {{ --hue: var(--type{i}); }}" for i in range(len(COLOURS))),
        ]
    )


def _find_known(name: str) -> int | None:
    upper = name.upper()
    return next((index for index, names in enumerate(_KNOWN) if upper in names), None)
