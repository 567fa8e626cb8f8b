"""Where the package's log goes: standard error, and a file in the run's folder."""

import logging
import sys
from logging.handlers import MemoryHandler
from pathlib import Path

from tqdm.auto import tqdm


def hide_weight_bars() -> None:
    """Turn off the bars of loading and saving weights, which bury the one that matters."""
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()


class BarFriendlyHandler(logging.Handler):
    """Prints log lines to standard error without tearing progress bars."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line."""
        tqdm.write(self.format(record), file=sys.stderr)


class SaidOnce(logging.Filter):
    """Lets each note through once: a file that is read in several passes is noted in each."""

    def __init__(self) -> None:
        """Start with nothing said."""
        super().__init__()
        self._said: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is new, or more than a note."""
        text = record.getMessage()
        new = text not in self._said
        self._said.add(text)
        return new or record.levelno > logging.INFO


def configure_logging(*, main_process: bool = True, debug: bool = False) -> None:
    """Send the package's log to standard error; on several processes only the first speaks."""
    handler = BarFriendlyHandler(logging.DEBUG if debug else logging.INFO)
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.addFilter(SaidOnce())
    package = logging.getLogger("msra_ner")
    package.handlers = [handler] if main_process else [logging.NullHandler()]
    package.setLevel(logging.DEBUG)


class RunLog:
    """Keeps the package's log, with times, until the run has a file for it.

    Used as a context: what was logged before :meth:`write_to` goes to the file too.
    """

    def __enter__(self) -> "RunLog":
        """Start to keep records."""
        self._package = logging.getLogger("msra_ner")
        if self._package.level == logging.NOTSET:
            self._package.setLevel(logging.INFO)
        self._handler = MemoryHandler(capacity=100_000, flushLevel=logging.CRITICAL + 1)
        self._package.addHandler(self._handler)
        self._file: logging.FileHandler | None = None
        return self

    def write_to(self, path: Path) -> None:
        """Append what was kept to a file, and from now on each record at once."""
        self._file = logging.FileHandler(path, encoding="utf-8")
        self._file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        self._handler.setTarget(self._file)
        self._handler.flush()
        self._handler.flushLevel = logging.NOTSET

    def __exit__(self, *error: object) -> None:
        """Close the file."""
        self._package.removeHandler(self._handler)
        self._handler.close()
        if self._file is not None:
            self._file.close()
