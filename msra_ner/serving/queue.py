"""A queue of requests for one model, of limited length; one thread tags several at once."""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from msra_ner.inference import TextEntity

logger = logging.getLogger(__name__)


Results = list[list[TextEntity]]
# Before anything was measured: what a small encoder tags on one core of a CPU.
FIRST_SPEED = 2000.0  # characters a second
LONGEST_RETRY = 60  # seconds


class QueueFullError(Exception):
    """The queue is full; ``retry_after`` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        """Keep after how many seconds there should be room."""
        super().__init__(f"the queue is full; try again in {retry_after} s")
        self.retry_after = retry_after


class QueueClosedError(Exception):
    """The server stops, and takes or answers no more requests."""


@dataclass(slots=True)
class _Waiting:
    texts: Sequence[str]
    characters: int
    future: "Future[Results]" = field(default_factory=Future)


class BatchQueue:
    """Tags what requests bring, several requests at once, in the order they came.

    While a batch is computed, what arrives waits; then as many requests as fit are the next batch.
    So a lone request waits for nothing, and many share the cost of a batch.

    Args:
        tag: Returns the entities of each text. Only the thread of this queue calls it.
        max_waiting: Requests that may wait at most; those being tagged do not count.
        batch_characters: Characters of a batch; a longer request is a batch of its own. The
            answers of a batch come together, so a larger one makes its first request wait longer.
        on_batch: Told the texts of each batch, and its characters.

    Attributes:
        closed: Whether requests are refused for good.
        died: Whether that is because its thread has died.
    """

    def __init__(
        self,
        tag: Callable[[list[str]], Results],
        max_waiting: int,
        batch_characters: int,
        on_batch: Callable[[int, int], object] = lambda texts, characters: None,
    ) -> None:
        """Start the thread."""
        self._tag = tag
        self._max_waiting = max_waiting
        self._batch_characters = batch_characters
        self._on_batch = on_batch
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self.closed = self.died = False
        self._speed = FIRST_SPEED
        self._thread = threading.Thread(target=self._work, name="tagging", daemon=True)
        self._thread.start()

    def count_waiting(self) -> int:
        """Return how many requests wait."""
        return len(self._waiting)

    def submit(self, texts: Sequence[str]) -> "Future[Results]":
        """Return the future entities of each text; a request that is cancelled is left out.

        Raises:
            QueueFullError: Too many requests wait already.
            QueueClosedError: The server stops.
        """
        with self._changed:
            if self.closed:
                raise QueueClosedError
            if len(self._waiting) >= self._max_waiting:
                # Requests whose client has gone take no place.
                self._waiting = deque(item for item in self._waiting if not item.future.cancelled())
            if len(self._waiting) >= self._max_waiting:
                ahead = sum(item.characters for item in self._waiting)
                raise QueueFullError(min(LONGEST_RETRY, max(1, math.ceil(ahead / self._speed))))
            item = _Waiting(texts, sum(map(len, texts)))
            self._waiting.append(item)
            self._changed.notify()
            return item.future

    def close(self) -> None:
        """Refuse what waits and what comes; what is being tagged is still answered."""
        with self._changed:
            self.closed = True
            refused, self._waiting = self._waiting, deque()
            self._changed.notify()
        for item in refused:
            if item.future.set_running_or_notify_cancel():
                item.future.set_exception(QueueClosedError())

    def join(self, timeout: float | None = None) -> bool:
        """Wait, for so many seconds at most, until the last batch is done; return whether it is."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        batch: list[_Waiting] = []
        try:
            while batch := self._next_batch():
                self._take(batch)
        except BaseException:
            # No thread, no answers: say so to those who wait, to /health and to the server.
            logger.critical(
                "The thread that tags has died; no request is answered any more.",
                exc_info=logger.isEnabledFor(logging.DEBUG),  # with --traceback
            )
            self.died = True
            self.close()
            for item in batch:
                if not item.future.done():
                    item.future.set_exception(QueueClosedError())

    def _take(self, batch: Sequence[_Waiting]) -> None:
        characters = sum(item.characters for item in batch)
        self._on_batch(sum(len(item.texts) for item in batch), characters)
        start = time.perf_counter()
        self._answer(batch)
        speed = max(1, characters) / max(1e-6, time.perf_counter() - start)
        self._speed += 0.2 * (speed - self._speed)  # follows the load in a few batches

    def _next_batch(self) -> list[_Waiting]:
        """Wait for requests and return those of a batch; none once the queue is closed."""
        with self._changed:
            while True:
                batch: list[_Waiting] = []
                size = 0
                while self._waiting:
                    if batch and size + self._waiting[0].characters > self._batch_characters:
                        break
                    item = self._waiting.popleft()
                    if item.future.set_running_or_notify_cancel():
                        batch.append(item)
                        size += item.characters
                if batch or self.closed:
                    return batch
                self._changed.wait()

    def _answer(self, batch: Sequence[_Waiting]) -> None:
        try:
            results = self._tag([text for item in batch for text in item.texts])
        except Exception as error:
            if len(batch) > 1:
                # One request must not spoil the others: each for itself.
                for item in batch:
                    self._answer([item])
                return
            logger.exception("tagging failed")
            batch[0].future.set_exception(error)
            return
        done = 0
        for item in batch:
            item.future.set_result(results[done : done + len(item.texts)])
            done += len(item.texts)
