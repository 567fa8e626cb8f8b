"""Logits of whole sentences to tags and entities: by the model, a lowest score and a dictionary."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from msra_ner.decoding import Decoder, check_logits
from msra_ner.inference.dictionary import Dictionary, RuledEntity
from msra_ner.inference.entities import TaggedText, TextEntity
from msra_ner.labels import decode_entities, encode_entities


@dataclass(frozen=True, slots=True)
class ScoredEntity:
    """An entity of a sentence.

    Attributes:
        ruled: The entity, and the rule of a dictionary that made it one or took it away.
        score: The probability that the model gives it, whoever found it.
    """

    ruled: RuledEntity
    score: float


@dataclass(slots=True)
class TaggedTokens:
    """What was found in a sentence.

    Attributes:
        tags: One a token.
        entities: Those of the tags, in order.
        removed: Those that a dictionary took away.
    """

    tags: list[str] = field(default_factory=list)
    entities: list[ScoredEntity] = field(default_factory=list)
    removed: list[ScoredEntity] = field(default_factory=list)


def decode_sentences(
    decoder: Decoder,
    labels: Sequence[str],
    sentences: Sequence[Sequence[str]],
    logits: Sequence[NDArray[np.float32]],
    min_scores: Mapping[str, float],
    dictionary: Dictionary | None,
) -> Iterator[TaggedTokens]:
    """Yield what is found in each sentence.

    Args:
        decoder: Says which labels a sentence has, and how probable an entity is.
        labels: The label list.
        sentences: The tokens of each.
        logits: Of each, shape ``(tokens, labels)``.
        min_scores: The lowest score of each type that has one.
        dictionary: Rules for the entities that are left then; its own may have any score.

    Raises:
        ModelError: A logit is no number.
    """
    check_logits(logits)
    tags = [[labels[label] for label in path.tolist()] for path in decoder.find_labels(logits)]
    found = _score(decoder, logits, [map(RuledEntity, decode_entities(row)) for row in tags])
    kept = [
        [item for item in row if item.score >= min_scores.get(item.ruled.entity.type, 0)]
        for row in found
    ]
    removed: list[list[ScoredEntity]] = [[] for _ in kept]
    if dictionary is not None:
        kept, removed = _overrule(dictionary, decoder, sentences, logits, kept)
    for row, before, after, taken in zip(tags, found, kept, removed, strict=True):
        if before != after:
            row = encode_entities([item.ruled.entity for item in after], len(row))
        yield TaggedTokens(row, after, taken)


def _score(
    decoder: Decoder,
    logits: Sequence[NDArray[np.float32]],
    entities: Iterable[Iterable[RuledEntity]],
) -> list[list[ScoredEntity]]:
    """Return the entities of each sentence with the probability that the model gives them."""
    rows = list(map(list, entities))
    scores = decoder.find_probabilities(logits, [[item.entity for item in row] for row in rows])
    return [
        list(map(ScoredEntity, row, chances)) for row, chances in zip(rows, scores, strict=True)
    ]


def _overrule(
    dictionary: Dictionary,
    decoder: Decoder,
    sentences: Sequence[Sequence[str]],
    logits: Sequence[NDArray[np.float32]],
    kept: Sequence[Sequence[ScoredEntity]],
) -> tuple[list[list[ScoredEntity]], list[list[ScoredEntity]]]:
    """Return the entities of each sentence by a dictionary, and those that it takes away."""
    ruled = [
        dictionary.apply(tokens, [item.ruled.entity for item in row])
        for tokens, row in zip(sentences, kept, strict=True)
    ]
    # Scored together: what is summed over all paths is summed once.
    scored = _score(decoder, logits, [[*left, *taken] for left, taken in ruled])
    counts = [len(left) for left, _ in ruled]
    return (
        [row[:count] for row, count in zip(scored, counts, strict=True)],
        [row[count:] for row, count in zip(scored, counts, strict=True)],
    )


def place_in_text(
    found: TaggedTokens,
    text: str,
    tokens: Sequence[str],
    offsets: Sequence[int],
    types: Sequence[str],
) -> TaggedText:
    """Return what was found in the tokens of a text as entities of the text.

    The tokens and their offsets are those of :func:`msra_ner.corpus.split_text`.
    """

    def place(item: ScoredEntity) -> TextEntity:
        entity = item.ruled.entity
        start = offsets[entity.start]
        end = offsets[entity.end - 1] + len(tokens[entity.end - 1])
        score = round(item.score, 4)
        return TextEntity(entity.type, start, end, text[start:end], score, item.ruled.rule)

    return TaggedText(text, map(place, found.entities), types, map(place, found.removed))
