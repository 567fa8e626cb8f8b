"""Connections that never send all of a request or read all of an answer, and too many of them."""

import asyncio
import sys
from typing import Any

# Handles of files for all that is not a connection: libraries, logs, the models' own files.
KEPT_HANDLES = 128
# Of them, for connections whose requests are answered with 503; further ones are closed at once.
SPARE_HANDLES = 64
# Connections that are accepted at once, before any of them can be closed.
BACKLOG = 32


def count_connections() -> int | None:
    """Return how many connections may be open; more are answered with 503. None: without limit.

    Where each takes a file handle, of which a process has so many, some are kept back: without one
    left a server cannot even refuse.
    """
    if sys.platform == "win32":
        return None
    import resource

    handles, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if handles == resource.RLIM_INFINITY else max(1, handles - KEPT_HANDLES)


def make_protocol(seconds: float, most: int | None = None) -> type[asyncio.Protocol]:
    """Return uvicorn's protocol, which waits no longer than ``seconds`` for a client.

    A connection that begins no request, does not end its head or does not read its answer for so
    long is closed; uvicorn itself waits without end. It takes up to twice the time, since
    connections are looked at every ``seconds``.

    Args:
        seconds: How long.
        most: How many connections may be open; the next is closed at once. None: without limit.
    """
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    kind: Any = AutoHTTPProtocol

    class WatchedProtocol(kind):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self._unread: Any = None
            if most is not None and len(self.connections) > most:
                self.transport.close()
            else:
                self.loop.call_later(seconds, self._close_if_idle, self.cycle)

        def pause_writing(self) -> None:
            """Give a client that does not read what is there for it as long as any other."""
            super().pause_writing()
            self._unread = self.loop.call_later(seconds, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            if self._unread is not None:
                self._unread.cancel()

        def _close_if_idle(self, before: Any) -> None:
            """Close, where the newest request is still the one of before, and answered, or none."""
            if self.transport.is_closing():
                return
            answered = self.cycle is None or self.cycle.response_complete
            if answered and self.cycle is before:
                self.transport.close()
                # Without which it would wait until the client has read the last answer.
                self.loop.call_later(seconds, self.transport.abort)
            else:
                self.loop.call_later(seconds, self._close_if_idle, self.cycle)

    return WatchedProtocol
