"""Drafts as language models and people give them: texts with entities that may have no offsets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msra_ner.corpus import read_objects, refuse, shorten

ENTITY_KEYS = ("entities", "label", "labels", "spans", "entity_list")
SURFACE_KEYS = ("text", "surface", "word", "mention", "span", "name", "value")
TYPE_KEYS = ("type", "label", "entity_type", "entity_group", "tag", "category")
# What the text of an entity or, beside that, its type may stand under.
EITHER_KEY = "entity"


@dataclass(frozen=True)
class Mention:
    """An entity of a draft: what it says, not where it is.

    Attributes:
        surface: Its text as the draft has it, stripped of white space; empty where it has none.
        type: Its type; empty where it has none.
        start: Its first character, as the draft has it; None where it does not say.
        occurrence: Which of the places of its text, counted from 1; None where it does not say.
    """

    surface: str
    type: str
    start: int | None = None
    occurrence: int | None = None


@dataclass(frozen=True)
class Draft:
    """A text with the entities of its draft; the location, file and line, is for messages."""

    text: str
    mentions: tuple[Mention, ...]
    location: str = field(default="", compare=False)


def read_drafts(path: Path) -> Iterator[Draft]:
    """Yield the drafts of a file of JSON: an object a line, or an array of them.

    An object has a ``text`` and, under ``entities`` (or ``label``, ``labels``, ``spans``,
    ``entity_list``), a list of objects with text and type, of pairs ``[TEXT, TYPE]``, or
    ``{TYPE: [TEXT, ...]}``.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: An object has no text or no entities.
    """
    for location, item in read_objects(path):
        text = item.get("text")
        key = next((key for key in ENTITY_KEYS if isinstance(item.get(key), list | dict)), None)
        if not isinstance(text, str) or key is None:
            refuse(
                location,
                f"the keys {shorten(', '.join(item), 100)}",
                f'"text" and a list of entities under one of {", ".join(ENTITY_KEYS)}',
                "rename the keys; a text without entities has an empty list",
            )
        yield Draft(text, tuple(_parse_mentions(item[key])), location)


def _parse_mentions(value: list[Any] | dict[str, Any]) -> Iterator[Mention]:
    if isinstance(value, dict):
        for kind, surfaces in value.items():
            # CLUENER's {TYPE: {TEXT: offsets}} is a mapping of texts, too.
            each = [surfaces] if isinstance(surfaces, str) else surfaces
            for surface in each if isinstance(each, list | dict) else [""]:
                yield Mention(_clean(surface), _clean(kind))
        return
    for item in value:
        yield _parse_mention(item)


def _parse_mention(item: Any) -> Mention:
    """Return an entity of a draft; what it lacks is empty, so that it is listed and not lost."""
    if isinstance(item, list) and len(item) == 2:
        return Mention(_clean(item[0]), _clean(item[1]))
    if not isinstance(item, Mapping):
        return Mention(_clean(item), "")
    surface = next((item[key] for key in SURFACE_KEYS if key in item), None)
    kind = next((item[key] for key in TYPE_KEYS if key in item), None)
    if surface is None:
        surface = item.get(EITHER_KEY)
    elif kind is None:
        kind = item.get(EITHER_KEY)
    start, occurrence = item.get("start"), item.get("occurrence")
    return Mention(
        _clean(surface),
        _clean(kind),
        start if type(start) is int else None,
        occurrence if type(occurrence) is int else None,
    )


def _clean(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
