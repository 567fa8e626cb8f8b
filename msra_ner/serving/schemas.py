"""What a request and an answer of the endpoint look like, and the limits of a request."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

# Bytes of JSON for a character at most: two escapes of six, for one beyond the basic plane.
BYTES_PER_CHARACTER = 12


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may hold, and how many may wait for a model."""

    characters: int = 20_000
    texts: int = 5_000
    waiting: int = 64

    @property
    def bytes(self) -> int:
        """Bytes of a body: any request within the other limits fits."""
        return self.characters * BYTES_PER_CHARACTER + self.texts * 4 + 4096


class TagRequest(BaseModel):
    """Texts to tag."""

    model_config = ConfigDict(extra="forbid", strict=True)

    texts: list[str] = Field(min_length=1, description="Texts; each is tagged for itself.")
    model: str | None = Field(None, description="A name of /api/models; default: the first.")

    @field_validator("texts")
    @classmethod
    def _are_text(cls, texts: list[str]) -> list[str]:
        for text in texts:
            # JSON can hold half of a character, which is no text and no tokenizer takes.
            if any("\ud800" <= char <= "\udfff" for char in text):
                raise ValueError("found a lone surrogate, expected whole characters")
        return texts


class Entity(BaseModel):
    """An entity; offsets count Unicode code points of its text, the end is exclusive."""

    type: str
    start: int
    end: int
    text: str
    score: float = Field(description="Mean probability of the tags of its tokens.")


class TextResult(BaseModel):
    """The entities of a text, in order."""

    entities: list[Entity]


class TagResponse(BaseModel):
    """A result for each text, in order."""

    model: str
    results: list[TextResult]


class Problem(BaseModel):
    """Why a request was not answered."""

    detail: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The body cannot be read as JSON in UTF-8."},
    404: {"model": Problem, "description": "There is no such model."},
    413: {"model": Problem, "description": "Too many characters, texts or bytes."},
    422: {"model": Problem, "description": "The body is not as described."},
    429: {"model": Problem, "description": "Too many requests wait; see the header Retry-After."},
    503: {"model": Problem, "description": "The server stops."},
}
