"""Logits of whole sentences to tags and entities: by the model, a lowest score and a dictionary."""

from collections.abc import Iterator, Mapping, Sequence
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
        min_scores: The lowest score of each type that has one; what a dictionary demands is kept.
        dictionary: Rules for the entities that the model finds.

    Raises:
        ModelError: A logit is no number.
    """
    check_logits(logits)
    tags = [[labels[label] for label in path.tolist()] for path in decoder.find_labels(logits)]
    kept: list[list[RuledEntity]] = []
    removed: list[list[RuledEntity]] = []
    for tokens, row in zip(sentences, tags, strict=True):
        found = decode_entities(row)
        left = list(map(RuledEntity, found))
        taken: list[RuledEntity] = []
        if dictionary is not None:
            left, taken = dictionary.apply(tokens, found)
        kept.append(left)
        removed.append(taken)
    asked = [
        [item.entity for item in (*left, *taken)] for left, taken in zip(kept, removed, strict=True)
    ]
    scores = decoder.find_probabilities(logits, asked)
    for row, left, taken, chances in zip(tags, kept, removed, scores, strict=True):
        scored = list(map(ScoredEntity, (*left, *taken), chances))
        reported = [item for item in scored[: len(left)] if _is_reported(item, min_scores)]
        if taken or len(reported) < len(left) or any(item.rule for item in left):
            row = encode_entities([item.ruled.entity for item in reported], len(row))
        yield TaggedTokens(row, reported, scored[len(left) :])


def _is_reported(item: ScoredEntity, min_scores: Mapping[str, float]) -> bool:
    lowest = min_scores.get(item.ruled.entity.type, 0)
    return item.score >= lowest or item.ruled.rule == "must"


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
