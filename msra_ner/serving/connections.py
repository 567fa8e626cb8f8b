"""Connections that begin no request, or never send the whole of its head."""

import asyncio
from typing import Any


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
