"""The middleware that every request passes: a limit on its body, safe headers, the counters."""

import asyncio
import time
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from msra_ner.serving.metrics import ServingMetrics

TAG_PATH = "/api/tag"
# Nothing is loaded from elsewhere, and the page itself holds no script or style.
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
RAW_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]


@dataclass(frozen=True)
class Gate:
    """An ASGI middleware that limits bodies, sets headers and counts requests.

    Attributes:
        app: The app behind it.
        max_bytes: Bytes of a body; what is longer is answered with 413 before all of it is read.
        max_seconds: Time until a body is there; then the request is answered with 408.
        metrics: Where requests to :data:`TAG_PATH` are counted.
    """

    app: ASGIApp
    max_bytes: int
    max_seconds: float
    metrics: ServingMetrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 500
        read, whole = 0, False
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        too_long = declared.isdigit() and int(declared) > self.max_bytes
        refusal = HTTPException(
            413,
            f"body: found more than {self.max_bytes} bytes, expected fewer. Send less at once.",
        )

        async def limited() -> Message:
            nonlocal read, whole
            if too_long:
                raise refusal
            if whole:  # what may come now is that the client has gone
                return await receive()
            left = start + self.max_seconds - time.perf_counter()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, left))
            except TimeoutError:
                raise HTTPException(
                    408,
                    f"body: found {read} bytes after {self.max_seconds:g} seconds, expected all of "
                    "it. Send it faster, or less at once.",
                ) from None
            whole = not message.get("more_body", False)
            read += len(message.get("body", b""))
            if read > self.max_bytes:
                raise refusal
            return message

        async def completed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *RAW_HEADERS]
                if status in (408, 413):  # the rest of the body is not read
                    message["headers"].append((b"connection", b"close"))
            await send(message)

        try:
            await self.app(scope, limited, completed)
        finally:
            if scope["path"] == TAG_PATH:
                self.metrics.requests.labels(str(status)).inc()
                self.metrics.seconds.observe(time.perf_counter() - start)
