"""The run that another one replaces: it is there until the new one is whole."""

import logging
from contextlib import suppress
from pathlib import Path

from msra_ner.report import RESULTS_FILE
from msra_ner.storage import move_files
from msra_ner.training.checkpoints import list_checkpoints
from msra_ner.training.output_folder import list_run_files, remove_run

logger = logging.getLogger(__name__)

REPLACED_FOLDER = ".replaced"


class ReplacedRun:
    """Keeps the run that was in an output folder aside, in ``.replaced`` there.

    Used as a context around the new run. When that ends well, the old one goes. When it fails
    before its first checkpoint, the old one is put back as it was; later it stays aside, also for a
    new run that goes on.

    Args:
        folder: The output folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._aside = folder / REPLACED_FOLDER
        self._opened = self._moved = False

    def open(self, *, overwrite: bool) -> None:
        """Set the run aside that is to be replaced; one that was never finished is removed.

        Only the process that writes calls this.
        """
        self._opened = True
        if not overwrite:
            return
        self._moved = True
        if self._aside.exists() or not (self._folder / RESULTS_FILE).exists():
            remove_run(self._folder)
            return
        self._aside.mkdir()
        move_files(self._folder, list_run_files(self._folder), self._aside)

    def __enter__(self) -> "ReplacedRun":
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        """Let the old run go, put it back, or say where it is."""
        if not self._opened or not self._aside.exists():
            return
        if kind is None:
            remove_run(self._aside)
            with suppress(OSError):  # something of others was put there
                self._aside.rmdir()
        elif self._moved and not list_checkpoints(self._folder):
            remove_run(self._folder)
            move_files(self._aside, list_run_files(self._aside), self._folder)
            self._aside.rmdir()
        else:
            logger.warning("The run that is replaced is in %s until the new is whole.", self._aside)
