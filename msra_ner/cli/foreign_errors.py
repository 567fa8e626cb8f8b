"""What errors of other libraries mean, where the cause is the machine and not the program."""

import errno
import re
from collections.abc import Iterator

# Of a system call that failed; others are not about what a machine has room for.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
# safetensors names the number, torch the place in its own source.
_FAILED_WRITE = re.compile(r"\(os error \d+\)|PytorchStreamWriter|inline_container|No space left")
_NO_MEMORY = re.compile(r"out of memory|can't allocate memory|not enough memory", re.IGNORECASE)


def explain_foreign_error(error: BaseException) -> str | None:
    """Return one line for an error that a full disk, too little memory or deep nesting has caused.

    None for any other, which is a fault of the program.

    >>> explain_foreign_error(RuntimeError("PytorchStreamWriter failed writing file data/0"))[:40]
    'found a write that failed (PytorchStream'
    >>> explain_foreign_error(KeyError("x"))
    """
    for cause in _list_causes(error):
        said = (str(cause).strip().splitlines() or [type(cause).__name__])[0]
        if (isinstance(cause, OSError) and cause.errno in NO_ROOM) or _FAILED_WRITE.search(said):
            return (
                f"found a write that failed ({said}), expected room for it. What was whole before "
                "stays: make room, or choose another place, and repeat the command."
            )
        if isinstance(cause, MemoryError) or _NO_MEMORY.search(said):
            return (
                f"found too little memory ({said}), expected more. Take smaller batches "
                "(--per_device_train_batch_size, --batch_tokens), or close other programs, and "
                "repeat the command."
            )
        if isinstance(cause, RecursionError):
            return "found data that is nested too deeply to be read, expected flatter JSON."
    return None


def _list_causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
