"""Where the package's log goes: standard error, and a file in the run's folder."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm.auto import tqdm


class BarFriendlyHandler(logging.Handler):
    """Prints log lines to standard error without tearing progress bars."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line."""
        tqdm.write(self.format(record), file=sys.stderr)


def configure_logging(*, main_process: bool = True, debug: bool = False) -> None:
    """Send the package's log to standard error; on several processes only the first speaks."""
    handler = BarFriendlyHandler(logging.DEBUG if debug else logging.INFO)
    handler.setFormatter(logging.Formatter("%(message)s"))
    package = logging.getLogger("msra_ner")
    package.handlers = [handler] if main_process else [logging.NullHandler()]
    package.setLevel(logging.DEBUG)


@contextmanager
def log_to_file(path: Path) -> Iterator[None]:
    """Append the package's log, with times, to a file while the block runs."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    package = logging.getLogger("msra_ner")
    if package.level == logging.NOTSET:
        package.setLevel(logging.INFO)
    package.addHandler(handler)
    try:
        yield
    finally:
        package.removeHandler(handler)
        handler.close()
