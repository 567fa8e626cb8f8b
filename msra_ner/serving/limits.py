"""The limits of a server, in a module that imports nothing --help would have to wait for."""

from dataclasses import dataclass

# Bytes of JSON for a character at most: two escapes of six, for one beyond the basic plane.
BYTES_PER_CHARACTER = 12


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may hold, and how many requests may wait for a model.

    Attributes:
        characters: Characters of a request.
        texts: Texts of a request.
        waiting: Requests that wait for one model; more are refused.
        seconds: Time until a request is answered, in the queue and in work; then it is given up.
        sending: Seconds that a client may take to send a body, and twice that for a head.
    """

    characters: int = 20_000
    texts: int = 5_000
    waiting: int = 64
    seconds: float = 300
    sending: float = 30

    @property
    def bytes(self) -> int:
        """Bytes of a body: any request within the other limits fits."""
        return self.characters * BYTES_PER_CHARACTER + self.texts * 4 + 4096
