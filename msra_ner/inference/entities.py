"""What a tagger gives back: entities of a text, and the text that they are of."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from msra_ner.corpus import render_entities


@dataclass(frozen=True, slots=True)
class TextEntity:
    """An entity in a text: ``text == original[start:end]``, offsets counted in characters.

    Attributes:
        type: The entity type, for example ``PER``.
        start: Its first character.
        end: The character behind its last one.
        text: The entity itself.
        score: The probability that all of it is so, type and both ends, between 0 and 1, by the
            model, whatever a dictionary says.
        rule: ``must``, ``may`` or ``never`` where a dictionary made it an entity or took it away.
    """

    type: str
    start: int
    end: int
    text: str
    score: float
    rule: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name, for JSON and for columns of a dataset; the rule if any."""
        return {key: value for key, value in asdict(self).items() if key != "rule" or value}


class TaggedText(list[TextEntity]):
    """The entities of a text, in order: a list that a notebook shows as the text, marked.

    Attributes:
        text: The text.
        types: All types that the tagger knows: they decide the colours.
        removed: What the model found and a dictionary took away.
    """

    def __init__(
        self,
        text: str,
        entities: Iterable[TextEntity] = (),
        types: Sequence[str] = (),
        removed: Iterable[TextEntity] = (),
    ) -> None:
        """Keep the text beside its entities."""
        super().__init__(entities)
        self.text, self.types, self.removed = text, types, list(removed)

    def _repr_html_(self) -> str:
        return render_entities(self.text, self, self.types)
