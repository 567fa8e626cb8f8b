"""One run at a time in an output folder."""

from pathlib import Path

from filelock import FileLock, Timeout

from msra_ner.errors import OutputExistsError

LOCK_FILE = "run.lock"


class RunLock:
    """Holds the output folder of a run, so that no other run writes there.

    The lock is the operating system's: that of a process that was killed is gone with it. Used as a
    context, which gives it back and leaves no file.

    Args:
        folder: The output folder, which need not be there yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / LOCK_FILE
        self._lock = FileLock(self._path)

    def check(self) -> None:
        """Refuse a folder in which another run is writing.

        Raises:
            OutputExistsError: There is one.
        """
        if self._path.exists():  # else the check would make it
            self.take()
            self._give_back()

    def take(self) -> None:
        """Make the folder, and hold it.

        Raises:
            OutputExistsError: Another run holds it, or the lock file is one of others.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        # That of a run is empty; the lock would empty another, and then remove it.
        if self._path.is_symlink() or (self._path.exists() and self._path.stat().st_size):
            raise OutputExistsError(
                f"{self._path}: found a file that no run wrote, expected an empty one or none. "
                "Nothing was changed: choose another --output_dir, or give the file another name."
            )
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise OutputExistsError(
                f"{self._folder}: found another run that is writing there ({LOCK_FILE} is held), "
                "expected none. Nothing was changed: choose another --output_dir, or wait until "
                "it has ended."
            ) from None

    def _give_back(self) -> None:
        # Removed while it is held: who waits for this file looks whether it is still there.
        self._path.unlink(missing_ok=True)
        self._lock.release()

    def __enter__(self) -> "RunLock":
        return self

    def __exit__(self, *error: object) -> None:
        """Give the folder back, if it is held."""
        if self._lock.is_locked:
            self._give_back()
