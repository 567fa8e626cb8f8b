"""Requests and answers of the endpoint, as its OpenAPI description names them."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from msra_ner.corpus import is_text


class TagRequest(BaseModel):
    """Texts to tag."""

    model_config = ConfigDict(extra="forbid", strict=True)

    texts: list[str] = Field(min_length=1, description="Texts; each is tagged for itself.")
    model: str | None = Field(None, description="A name of /api/models; default: the first.")

    @field_validator("texts")
    @classmethod
    def _are_text(cls, texts: list[str]) -> list[str]:
        # JSON can hold half of a character, which no tokenizer takes.
        if not all(map(is_text, texts)):
            raise ValueError("found a lone surrogate, expected whole characters")
        return texts


class Entity(BaseModel):
    """An entity; offsets count Unicode code points of its text, the end is exclusive."""

    type: str
    start: int
    end: int
    text: str
    score: float = Field(description="Probability, by the model, that all of it is so.")
    rule: str | None = Field(None, description="Rule of the dictionary that made it an entity.")


class TextResult(BaseModel):
    """The entities of a text, in order."""

    entities: list[Entity]
    entities_removed: list[Entity] = Field([], description="Those that the dictionary took away.")


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
    408: {"model": Problem, "description": "The body did not come in time."},
    413: {"model": Problem, "description": "Too many characters, texts or bytes."},
    422: {"model": Problem, "description": "The body is not as described."},
    429: {"model": Problem, "description": "Too many requests wait; see the header Retry-After."},
    503: {"model": Problem, "description": "The server stops."},
    504: {"model": Problem, "description": "No answer in the time that a request may take."},
}
