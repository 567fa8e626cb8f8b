"""The sentences of a corpus with their entities, as all checks read them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from msra_ner.check.findings import Location
from msra_ner.corpus import Sentence, join_tokens
from msra_ner.labels import MSRA_TYPES, Entity, decode_entities

TRAIN = "train"
# Tokens quoted before and after an entity.
CONTEXT = 8
Text = tuple[str, ...]


class Row(NamedTuple):
    """A sentence with its split and its entities."""

    split: str
    location: str
    tokens: list[str]
    tags: list[str]
    entities: list[Entity]

    def text(self, entity: Entity) -> Text:
        """Return the tokens of an entity."""
        return tuple(self.tokens[entity.start : entity.end])

    def locate(self, position: int) -> str:
        """Return the location of a token."""
        return f"{self.location} (token {position + 1})"

    def quote(self, entity: Entity) -> Location:
        """Return the location of an entity and the text around it, itself in brackets."""
        before = join_tokens(self.tokens[max(0, entity.start - CONTEXT) : entity.start])
        inside = f"{entity.type} {join_tokens(self.text(entity))}".strip()
        after = join_tokens(self.tokens[entity.end : entity.end + CONTEXT])
        return Location(self.locate(entity.start), f"{before}[{inside}]{after}")


@dataclass(frozen=True, slots=True)
class CorpusRows:
    """The rows of all splits, read once for all checks.

    ``texts`` has the rows of each text, ``mentions`` the types of each text that is an entity;
    ``types`` are in the order in which they are shown.
    """

    splits: dict[str, list[Row]]
    rows: list[Row]
    texts: dict[Text, list[Row]]
    mentions: dict[Text, Counter[str]]
    types: list[str]


def read_rows(splits: Mapping[str, Sequence[Sentence]]) -> CorpusRows:
    """Return the corpus of these sentences, whose tags must be valid IOB2."""
    rows = {
        split: [
            Row(
                split,
                sentence.location or f"{split} sentence {number}",
                sentence.tokens,
                sentence.tags,
                decode_entities(sentence.tags),
            )
            for number, sentence in enumerate(sentences, 1)
        ]
        for split, sentences in splits.items()
    }
    every = list(chain.from_iterable(rows.values()))
    texts = defaultdict(list)
    mentions: dict[Text, Counter[str]] = defaultdict(Counter)
    for row in every:
        texts[tuple(row.tokens)].append(row)
        for entity in row.entities:
            mentions[row.text(entity)][entity.type] += 1
    found = {name for types in mentions.values() for name in types}
    order = [*MSRA_TYPES, *sorted(found - set(MSRA_TYPES))]
    return CorpusRows(
        rows, every, dict(texts), dict(mentions), [name for name in order if name in found]
    )


def put_kinds_first(rows: Sequence[Row], kind: Callable[[Row], Hashable]) -> list[Row]:
    """Return the rows with one of each kind before all others, so that the first ones differ."""
    firsts: dict[Hashable, Row] = {}
    others = [row for row in rows if firsts.setdefault(kind(row), row) is not row]
    return [*firsts.values(), *others]
