"""One run at a time in an output folder."""

from pathlib import Path

from msra_ner.write_lock import WriteLock

LOCK_FILE = "run.lock"


class RunLock(WriteLock):
    """Holds the output folder of a run, which is made when it is taken.

    Args:
        folder: The output folder.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(
            folder / LOCK_FILE,
            f"{folder}: found another run that is writing there ({LOCK_FILE} is held), expected "
            "none. Nothing was changed: choose another --output_dir, or wait until it has ended.",
        )
