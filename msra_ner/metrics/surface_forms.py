"""Entities by the text they cover: how often train has it, which texts are most often wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msra_ner.corpus import Sentence, join_tokens
from msra_ner.labels import OUTSIDE, Entity, decode_entities
from msra_ner.metrics.completeness import TagRows, check_tokens
from msra_ner.metrics.error_kinds import find_errors


@dataclass(frozen=True, slots=True)
class FormRow:
    """A text that is marked wrongly at least once.

    Attributes:
        text: The tokens of the entity, joined.
        type: Its gold type; ``O`` where it is no gold entity and was predicted to be one.
        gold: How often it is a gold entity of this type.
        found: How often it was predicted exactly.
        wrong: How often it was not, or, for ``O``, how often it was predicted.
        predicted_as: What was predicted instead, as types and texts, most frequent first; ``O``
            where nothing was.
    """

    text: str
    type: str
    gold: int
    found: int
    wrong: int
    predicted_as: tuple[tuple[str, int], ...]


def count_names(sentences: Iterable[Sentence]) -> Counter[str]:
    """Return how often each text is an entity, of whatever type."""
    return Counter(
        entity_text(sentence.tokens, entity)
        for sentence in sentences
        for entity in decode_entities(sentence.tags)
    )


def find_wrong_forms(
    tokens: Sequence[Sequence[str]],
    gold: TagRows,
    predicted: TagRows,
    limit: int | None = 50,
) -> list[FormRow]:
    """Return the texts that are marked wrongly most often: ``limit`` of them, None for all.

    Raises:
        ScoreError: A sentence or token has no prediction, or tokens are missing.
    """
    check_tokens(tokens, gold)
    instead: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for error in find_errors(gold, predicted):
        row = tokens[error.sentence]
        predictions = [(entity_text(row, entity), entity.type) for entity in error.predicted]
        found = " + ".join(f"{name} {text}" for text, name in predictions)
        for entity in error.gold:
            instead[entity_text(row, entity), entity.type][found or OUTSIDE] += 1
        if not error.gold:
            for text, _ in predictions:
                instead[text, OUTSIDE][found] += 1
    totals = Counter(
        (entity_text(row, entity), entity.type)
        for row, tags in zip(tokens, gold, strict=True)
        for entity in decode_entities(tags)
    )
    rows = []
    for key, wrong in instead.items():
        total = totals[key]
        found_times = total - wrong.total() if total else 0
        # Equally frequent ones by their text, so that the order of sentences does not matter.
        counted = tuple(sorted(wrong.items(), key=lambda item: (-item[1], item[0])))
        rows.append(FormRow(*key, total, found_times, wrong.total(), counted))
    rows.sort(key=lambda row: (-row.wrong, row.text, row.type))
    return rows[:limit]


def entity_text(tokens: Sequence[str], entity: Entity) -> str:
    """Return the text that an entity covers, its tokens joined without spaces."""
    return join_tokens(tokens[entity.start : entity.end], by_character=True)
