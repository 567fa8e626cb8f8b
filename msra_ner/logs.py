"""Where the package's log goes: standard error, and a file in the run's folder."""

import logging
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tqdm.auto import tqdm

from msra_ner.progress import is_watched


def hide_weight_bars() -> ExitStack:
    """Turn off the bars of loading and saving weights, which bury the one that matters.

    The result, used as a context, turns them on again at its end.
    """
    from transformers.utils import logging as bars

    shown = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    afterwards = ExitStack()
    if shown:
        afterwards.callback(bars.enable_progress_bar)
    return afterwards


@contextmanager
def filter_log(name: str, keep: Callable[[logging.LogRecord], bool]) -> Iterator[None]:
    """Let only some records of a logger through, while the context lasts.

    The name of another library's logger is its own affair: with a new one all of them show again.
    """
    logger = logging.getLogger(name)
    logger.addFilter(keep)
    try:
        yield
    finally:
        logger.removeFilter(keep)


class BarFriendlyHandler(logging.Handler):
    """Prints log lines to standard error without tearing progress bars.

    Args:
        translate: Returns a line in the language of the user.
    """

    def __init__(self, translate: Callable[[str], str]) -> None:
        super().__init__()
        self._translate = translate

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line."""
        tqdm.write(self._translate(self.format(record)), file=sys.stderr)


class SaidOnce(logging.Filter):
    """Lets a note through unless it is among the last hundred: a file is read in several passes."""

    def __init__(self) -> None:
        super().__init__()
        self._said: deque[str] = deque(maxlen=100)

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is new, or more than a note.

        One with the attribute ``begins_anew`` begins another run, which may say the same.
        """
        if getattr(record, "begins_anew", False):
            self._said.clear()
        text = record.getMessage()
        if text in self._said:
            return record.levelno > logging.INFO
        self._said.append(text)
        return True


def is_main_process() -> bool:
    """Return whether a launcher started this process as its first, or nobody did."""
    return os.environ.get("RANK", "0") == "0"


def configure_logging(
    *,
    main_process: bool = True,
    debug: bool = False,
    translate: Callable[[str], str] = str,
) -> None:
    """Send the package's log to standard error; on several processes only the first speaks.

    This is for a program, such as ``msra-ner``: the library itself leaves logging as it finds it.

    Args:
        main_process: Whether this process speaks.
        debug: Show what is for developers, too.
        translate: Returns a line in the language of the user; files of runs stay in English.
    """
    if not is_watched():  # their bars would fill a file
        os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
    handler = BarFriendlyHandler(translate)
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.addFilter(SaidOnce())
    package = logging.getLogger("msra_ner")
    package.handlers = [handler] if main_process else [logging.NullHandler()]
    package.setLevel(logging.DEBUG if debug else logging.INFO)


class RunLog(logging.Handler):
    """Keeps the package's log, with times, until the run has a file for it.

    Used as a context: what was logged before :meth:`write_to` goes to the file too. The file gets
    every line, whatever levels the caller has set. The caller's own handlers get what they would
    get without it, and afterwards everything is as before.
    """

    def __enter__(self) -> "RunLog":
        package = logging.getLogger("msra_ner")
        # The package's logger lets all through to this handler alone, which passes on to a copy of
        # it, with the caller's settings, what those let through.
        self._caller = logging.Logger(package.name, package.getEffectiveLevel())
        self._caller.parent, self._caller.propagate = package.parent, package.propagate
        self._caller.handlers, package.handlers = package.handlers, [self]
        self._level, package.propagate = package.level, False
        package.setLevel(logging.DEBUG)
        self._kept: list[logging.LogRecord] = []
        self._file: logging.FileHandler | None = None
        return self

    def emit(self, record: logging.LogRecord) -> None:
        """Keep or write a record, and pass it on."""
        self._kept.append(record) if self._file is None else self._file.handle(record)
        if record.levelno >= self._caller.level:
            self._caller.handle(record)

    def write_to(self, path: Path) -> None:
        """Append what was kept to a file, and from now on each record at once."""
        self._file = logging.FileHandler(path, encoding="utf-8")
        self._file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        for record in self._kept:
            self._file.handle(record)
        self._kept.clear()

    def __exit__(self, *error: object) -> None:
        package = logging.getLogger("msra_ner")
        package.handlers, package.propagate = self._caller.handlers, self._caller.propagate
        package.setLevel(self._level)
        if self._file is not None:
            self._file.close()
