"""An extension of griffe, which reads the docstrings for the site: they are written for people.

A doctest becomes a block of code, and a role such as ``:class:`X` `` only its name.
"""

import re
from typing import Any

import griffe

ROLE = re.compile(r":(?:class|func|meth|mod|attr):`~?([^`]+)`")


class Docstrings(griffe.Extension):
    """Rewrites each docstring before it is parsed."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Rewrite the docstring of a module, class, function or attribute."""
        if obj.docstring is not None:
            obj.docstring.value = rewrite(obj.docstring.value)


def rewrite(text: str) -> str:
    r"""Return a docstring with its doctests fenced and its roles as code.

    >>> print(rewrite("Return one.\n\n>>> one()\n1"))
    Return one.
    <BLANKLINE>
    ```pycon
    >>> one()
    1
    ```
    """
    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        if line.startswith(">>> ") and not inside:
            lines.append("```pycon")
            inside = True
        elif inside and not line.strip():
            lines.append("```")
            inside = False
        lines.append(line if inside else ROLE.sub(r"`\1`", line))
    return "\n".join([*lines, "```"] if inside else lines)
