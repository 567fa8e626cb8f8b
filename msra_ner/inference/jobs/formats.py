"""How tagged texts are written: JSON lines, and the formats of spaCy, Label Studio and doccano."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

# Nothing is imported that --help would have to wait for.
if TYPE_CHECKING:
    from msra_ner.inference.entities import TextEntity

Row = dict[str, Any]
PARQUET = "parquet"  # not in FORMATS: a table, not rows of text


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """A format of output: a head, rows of JSON joined by a separator, a tail.

    Attributes:
        name: Its name in ``predict --format``.
        head: Text before the first row.
        separator: Text between two rows; it holds the only line end there.
        tail: Text after the last row.
        build: Makes the JSON value of a row from a text and its entities.
    """

    name: str
    head: str
    separator: str
    tail: str
    build: "Callable[[str, Sequence[TextEntity]], Row]"

    def row(self, text: str, entities: "Sequence[TextEntity]") -> str:
        """Return a text and its entities as one JSON value without a line end."""
        return json.dumps(self.build(text, entities), ensure_ascii=False, allow_nan=False)


def build_json_line(text: str, entities: "Sequence[TextEntity]") -> Row:
    """Return ``text`` and ``entities``, each with type, start, end, text and score.

    With a dictionary also the ``rule`` of an entity that it made one, and ``entities_removed``.
    """
    return {"text": text, **list_entities(entities)}


def list_entities(entities: "Sequence[TextEntity]") -> Row:
    """Return entities as JSON has them, and what a dictionary has removed, if anything."""
    found: Row = {"entities": [entity.as_dict() for entity in entities]}
    if removed := getattr(entities, "removed", None):
        found["entities_removed"] = [entity.as_dict() for entity in removed]
    return found


def build_doccano(text: str, entities: "Sequence[TextEntity]") -> Row:
    """Return what doccano imports as JSONL for sequence labelling."""
    return {"text": text, "label": [[item.start, item.end, item.type] for item in entities]}


def build_label_studio(text: str, entities: "Sequence[TextEntity]") -> Row:
    """Return a task of Label Studio with the entities as a prediction.

    The names ``label`` and ``text`` are those of :func:`label_studio_config`.
    """
    from msra_ner.corpus import Span, build_results

    spans = [Span(item.start, item.end, item.type) for item in entities]
    result = [
        {**found, "score": item.score, **_note_rule(item)}
        for found, item in zip(build_results(text, spans), entities, strict=True)
    ]
    score = min((item.score for item in entities), default=1.0)
    prediction = {"model_version": "msra-ner", "score": score, "result": result}
    removed = [f"{item.type} {item.text}: {item.rule}" for item in getattr(entities, "removed", ())]
    data = {"text": text, **({"entities_removed": "; ".join(removed)} if removed else {})}
    return {"data": data, "predictions": [prediction]}


def _note_rule(entity: "TextEntity") -> Row:
    """Return the note of a region that a dictionary made."""
    return {"meta": {"text": [f"dictionary: {entity.rule}"]}} if entity.rule else {}


def label_studio_config(types: Sequence[str]) -> str:
    """Return the labeling configuration of a Label Studio project for these entity types."""
    from xml.sax.saxutils import quoteattr

    labels = "\n".join(f"    <Label value={quoteattr(name)}/>" for name in types)
    return (
        '<View>\n  <Labels name="label" toName="text">\n'
        f'{labels}\n  </Labels>\n  <Text name="text" value="$text"/>\n</View>\n'
    )


def build_spacy(text: str, entities: "Sequence[TextEntity]") -> Row:
    """Return what ``spacy.tokens.Doc.from_json`` reads."""
    ents: list[Row] = [
        # spaCy joins white space to one token, inside of which no entity can begin or end.
        {
            "start": item.end - len(item.text.lstrip()),
            "end": item.start + len(item.text.rstrip()),
            "label": item.type,
        }
        for item in entities
        if item.text.strip()
    ]
    borders = {border for item in ents for border in (item["start"], item["end"])}
    tokens = [
        {"id": number, "start": start, "end": end}
        for number, (start, end) in enumerate(_cut_spacy_tokens(text, borders))
    ]
    return {"text": text, "ents": ents, "tokens": tokens}


# A token behind at most one space, or white space, which spaCy joins to one token itself.
PIECE = re.compile(r"(?:(?<=\S) )?+(\s+|[A-Za-z0-9]+|\S)")


def _cut_spacy_tokens(text: str, borders: set[int]) -> Iterator[tuple[int, int]]:
    """Yield tokens that cover a text but for one space behind each, as spaCy's do.

    Runs of ASCII letters or digits are one token, unless an entity begins or ends inside, and so
    is white space; any other character is one.
    """
    for start, end in pairwise(sorted({0, len(text), *borders})):
        yield from (piece.span(1) for piece in PIECE.finditer(text, start, end))


FORMATS = {
    "jsonl": OutputFormat("jsonl", "", "\n", "\n", build_json_line),
    "spacy": OutputFormat("spacy", "", "\n", "\n", build_spacy),
    "label-studio": OutputFormat("label-studio", "[\n", ",\n", "\n]\n", build_label_studio),
    "doccano": OutputFormat("doccano", "", "\n", "\n", build_doccano),
}
