"""Which of the names there are a wrong one may have meant."""

import difflib
from collections.abc import Iterable


def find_nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the name that is written most like another one; None where none is like it.

    >>> find_nearest("lerning-rate", ["learning_rate", "seed"])
    'learning_rate'
    >>> find_nearest("x", ["learning_rate", "seed"])
    """
    # A flag has two spellings, and capital letters are no other name.
    spelled = {_spell(item): item for item in sorted(known)}
    close = difflib.get_close_matches(_spell(name), spelled, n=1)
    return spelled[close[0]] if close else None


def ask_whether_meant(name: str | None, otherwise: str) -> str:
    """Return the question that ends a message: ``Did you mean train?``.

    Args:
        name: The nearest name, or None.
        otherwise: What to say where there is none.
    """
    return f"Did you mean {name}?" if name else otherwise


def _spell(name: str) -> str:
    return name.replace("-", "_").replace(" ", "_").casefold()
