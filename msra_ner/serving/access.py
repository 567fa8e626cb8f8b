"""Who may ask: the keys of a server that others reach, of which every request brings one."""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from msra_ner.errors import ArgumentsError

# What watches a server has no key, and learns nothing but that it answers.
OPEN_PATHS = ("/health",)
SHORTEST_KEY = 16
_KEY = re.compile(rf"[!-~]{{{SHORTEST_KEY},}}")
_ORIGIN = re.compile(r"\*|https?://[^/\s*]+")


def read_keys(path: str | Path) -> tuple[str, ...]:
    """Return the keys of a file, one a line: with a second one, the first can be taken back.

    Raises:
        ArgumentsError: The file cannot be read or has no key, or a line is none.
    """
    expected = f"one key a line, of at least {SHORTEST_KEY} visible ASCII characters"
    try:
        keys = tuple(Path(path).read_text(encoding="utf-8").split())
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ArgumentsError(
            f"--api_key_file: {path} cannot be read ({reason}), expected {expected}."
        ) from error
    wrong = [number for number, key in enumerate(keys, 1) if not _KEY.fullmatch(key)]
    if wrong or not keys:
        found = f"something else as key {wrong[0]}" if wrong else "none"  # the key is not shown
        raise ArgumentsError(
            f"--api_key_file: {path}: found {found}, expected {expected}. Make one: "
            "openssl rand -hex 16"
        )
    return keys


def check_origins(origins: Sequence[str]) -> None:
    """Refuse what no browser sends as the origin of a page.

    Raises:
        ArgumentsError: One is not ``scheme://host`` or ``scheme://host:port``, or ``*`` for all.
    """
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise ArgumentsError(
                f"--allow_origin: found {origin!r}, expected the origin of a page, such as "
                "https://example.org (no path, no / at the end), or * for every page."
            )


@dataclass(frozen=True)
class KeyGate:
    """An ASGI middleware that answers requests without a key with 401.

    A key is the token of ``Authorization: Bearer KEY`` (RFC 6750), or the password of HTTP Basic
    (RFC 7617) under any name, for which browsers ask by themselves.

    Attributes:
        app: The app behind it.
        keys: The keys that are good.
    """

    app: ASGIApp
    keys: Sequence[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS or self._knows(scope):
            await self.app(scope, receive, send)
            return
        refusal = JSONResponse(
            {"detail": "Authorization: found no key of this server, expected Bearer KEY."},
            401,
            {"www-authenticate": 'Basic realm="msra-ner", charset="UTF-8"'},
        )
        await refusal(scope, receive, send)

    def _knows(self, scope: Scope) -> bool:
        scheme, _, value = Headers(scope=scope).get("authorization", "").partition(" ")
        given = value.strip().encode()
        if scheme.lower() == "basic":
            try:
                given = base64.b64decode(given, validate=True).partition(b":")[2]
            except binascii.Error:
                return False
        elif scheme.lower() != "bearer":
            return False
        # How long that takes tells nothing of a key.
        return any(hmac.compare_digest(given, key.encode()) for key in self.keys)
