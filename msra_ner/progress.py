"""How far a loop is: a bar where somebody watches, else a line in the log now and then."""

import io
import logging
import sys
from collections.abc import Iterable
from typing import Any

from tqdm.auto import tqdm

logger = logging.getLogger(__name__)

INTERVAL = 30.0  # seconds between two lines of the log
LINE = "{desc}: {n_fmt} of {total_fmt} {unit}, after {elapsed}{postfix}"


def is_watched() -> bool:
    """Return whether standard error is a terminal, or this is a notebook."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return sys.stderr.isatty() or (shell is not None and "IPKernelApp" in shell.config)


def show_bar(
    iterable: Iterable[Any] | None = None, *, disable: bool = False, **settings: Any
) -> Any:
    """Return a bar of ``tqdm``, with its settings; in a file its text is a line of the log.

    Args:
        iterable: What to go through, or None.
        disable: Show nothing in either.
        **settings: Of ``tqdm``.
    """
    if disable or is_watched():
        return tqdm(iterable, disable=disable, dynamic_ncols=True, **settings)
    pace = {"mininterval": INTERVAL, "maxinterval": INTERVAL, "delay": INTERVAL}
    settings |= {"file": _LogLines(), "bar_format": LINE, "leave": False, **pace}
    return tqdm(iterable, **settings)


class _LogLines(io.StringIO):
    """A file for a bar: each state that it draws becomes a line of the log."""

    def write(self, text: str) -> int:
        if line := text.strip():
            logger.info("%s", line)
        return len(text)
