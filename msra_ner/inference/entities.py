"""What a tagger gives back: entities of a text, and the text that they are of."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from msra_ner.corpus import render_entities
from msra_ner.labels import Entity


@dataclass(frozen=True, slots=True)
class TextEntity:
    """An entity in a text: ``text == original[start:end]``, offsets counted in characters.

    Attributes:
        type: The entity type, for example ``PER``.
        start: Its first character.
        end: The character behind its last one.
        text: The entity itself.
        score: The probability that all of it is so, type and both ends, between 0 and 1.
    """

    type: str
    start: int
    end: int
    text: str
    score: float

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name, for JSON and for columns of a dataset."""
        return asdict(self)


class TaggedText(list[TextEntity]):
    """The entities of a text, in order: a list that a notebook shows as the text, marked.

    Attributes:
        text: The text.
        types: All types that the tagger knows: they decide the colours.
    """

    def __init__(
        self, text: str, entities: Iterable[TextEntity] = (), types: Sequence[str] = ()
    ) -> None:
        """Keep the text beside its entities."""
        super().__init__(entities)
        self.text, self.types = text, types

    @classmethod
    def of(
        cls,
        text: str,
        tokens: Sequence[str],
        offsets: Sequence[int],
        entities: Iterable[tuple[Entity, float]],
        types: Sequence[str],
    ) -> "TaggedText":
        """Return a text with entities of its tokens, which have probabilities.

        The tokens and their offsets are those of :func:`msra_ner.corpus.split_text`.
        """
        tagged = cls(text, types=types)
        for found, score in entities:
            start = offsets[found.start]
            end = offsets[found.end - 1] + len(tokens[found.end - 1])
            entity = TextEntity(found.type, start, end, text[start:end], round(score, 4))
            tagged.append(entity)
        return tagged

    def _repr_html_(self) -> str:
        return render_entities(self.text, self, self.types)
