"""Several processes of one command on this machine, as a launcher would start them."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import IO

POLL = 0.1  # seconds
# What is wrong with a model or a file is so for all: rank 0, which speaks, may say it by itself.
GRACE = 3.0


def run_in_processes(argv: Sequence[str], count: int) -> int:
    """Run a command ``count`` times, with ranks from 0 on, and return its exit code.

    When one fails, the others are ended: its code is returned, and what it said is shown. All else
    that is shown is of rank 0.
    """
    started: list[subprocess.Popen[bytes]] = []
    with ExitStack() as files, _leaving_when_terminated():
        said: list[IO[bytes] | None] = [None]
        said += [files.enter_context(tempfile.TemporaryFile()) for _ in range(count - 1)]
        try:
            for rank, errors in enumerate(said):
                started.append(_start(argv, rank, count, errors))
            while any(process.poll() is None for process in started):
                if any(process.poll() for process in started):
                    break
                time.sleep(POLL)
            with suppress(subprocess.TimeoutExpired):
                started[0].wait(GRACE)
            for process, errors in zip(started, said, strict=True):
                if code := process.poll():
                    _show(errors)
                    return code if code > 0 else 128 - code  # as a shell has a signal
            return 0
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait()


@contextmanager
def _leaving_when_terminated() -> Iterator[None]:
    """Have SIGTERM end this process as an exception does, so that it ends those it has started."""
    before = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _start(
    argv: Sequence[str], rank: int, count: int, errors: IO[bytes] | None
) -> "subprocess.Popen[bytes]":
    place = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": count, "LOCAL_WORLD_SIZE": count}
    environment = os.environ | {name: str(value) for name, value in place.items()}
    command = [sys.executable, "-m", "msra_ner", *argv]
    return subprocess.Popen(command, env=environment, stderr=errors)


def leave_out(argv: Sequence[str], flag: str) -> list[str]:
    """Return a command line without a flag and its value.

    >>> leave_out(["predict", "--processes", "2", "m", "--processes=3"], "--processes")
    ['predict', 'm']
    """
    kept: list[str] = []
    words = iter(argv)
    for word in words:
        if word == flag:
            next(words, None)
        elif not word.startswith(f"{flag}="):
            kept.append(word)
    return kept


def _show(errors: IO[bytes] | None) -> None:
    """Show what a process has said that was not rank 0."""
    if errors is not None:
        errors.seek(0)
        sys.stderr.write(errors.read().decode(errors="replace"))
