"""One writer at a time of what several may write."""

from pathlib import Path

from filelock import FileLock, Timeout

from msra_ner.errors import OutputExistsError


class WriteLock:
    """Holds what a lock file stands for, so that no other process writes it.

    The lock is the operating system's: that of a process that was killed is gone with it. Used as a
    context, which gives it back and leaves no file.

    Args:
        path: The lock file, whose folder is made when it is taken.
        busy: What is said where another process holds it.
    """

    def __init__(self, path: Path, busy: str) -> None:
        self._path, self._busy = path, busy
        self._lock = FileLock(path)

    def check(self) -> None:
        """Refuse to go on where another process holds it.

        Raises:
            OutputExistsError: One does.
        """
        if self._path.exists():  # else the check would make it
            self.take()
            self._give_back()

    def take(self) -> None:
        """Hold it.

        Raises:
            OutputExistsError: Another process holds it, or the lock file is one of others.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Ours is empty; the lock would empty another, and then remove it.
        if self._path.is_symlink() or (self._path.exists() and self._path.stat().st_size):
            raise OutputExistsError(
                f"{self._path}: found a file of others, expected an empty one or none, because it "
                "would be the lock. Nothing was changed: choose another place, or give the file "
                "another name."
            )
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise OutputExistsError(self._busy) from None

    def _give_back(self) -> None:
        # Removed while it is held: who waits for this file looks whether it is still there.
        self._path.unlink(missing_ok=True)
        self._lock.release()

    def __enter__(self) -> "WriteLock":
        return self

    def __exit__(self, *error: object) -> None:
        """Give it back, if it is held."""
        if self._lock.is_locked:
            self._give_back()
