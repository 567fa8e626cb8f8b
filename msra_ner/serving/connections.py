"""Connections that begin no request or never send the whole of its head, and too many of them."""

import asyncio
from typing import Any

# Handles of files for all that is not a connection: libraries, logs, the models' own files.
KEPT_HANDLES = 128


def count_connections() -> int | None:
    """Return how many connections may be open; more are answered with 503. None: without limit.

    Where each takes a file handle, of which a process has so many, some are kept back: without one
    left a server cannot even refuse.
    """
    try:
        import resource
    except ImportError:  # on Windows
        return None
    handles, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if handles == resource.RLIM_INFINITY else max(1, handles - KEPT_HANDLES)


def make_protocol(seconds: float) -> type[asyncio.Protocol]:
    """Return uvicorn's protocol, which closes a connection that begins no request for so long.

    uvicorn itself waits for a head without end. It takes up to twice the time, since connections
    are looked at every ``seconds``.
    """
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    kind: Any = AutoHTTPProtocol

    class WatchedProtocol(kind):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self.loop.call_later(seconds, self._close_if_idle, self.cycle)

        def _close_if_idle(self, before: Any) -> None:
            """Close, where the newest request is still the one of before, and answered, or none."""
            if self.transport.is_closing():
                return
            answered = self.cycle is None or self.cycle.response_complete
            if answered and self.cycle is before:
                self.transport.close()
            else:
                self.loop.call_later(seconds, self._close_if_idle, self.cycle)

    return WatchedProtocol
