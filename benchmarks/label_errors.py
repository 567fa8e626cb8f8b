"""How many errors planted in MSRA's train a model finds that has not seen their sentences.

    python benchmarks/label_errors.py data/msra --encoder ENCODER --output_dir runs/label_errors

Some sentences of train are taken by a seed, and in them a share of the entities is changed: left
out (missed), of another type (type), or longer or shorter by a token (border). The sentences are
cut into folds; for each a model is trained on the others, errors included, and asked about it, as
``msra-ner check --model`` does. Printed is how many of the first 100 and 500 suspects are planted
errors. What is no planted error may be one of the corpus.
"""

import random
from collections.abc import Sequence

from msra_ner.corpus import Sentence
from msra_ner.labels import Entity, decode_entities, encode_entities

KINDS = ("missed", "type", "border")


def plant_errors(
    sentences: Sequence[Sentence], share: float, seed: int
) -> tuple[list[Sentence], dict[int, list[tuple[str, Entity]]]]:
    """Return the sentences with errors, and each error by the index of its sentence.

    An error has its kind and the entity that was right.
    """
    drawn = random.Random(seed)
    changed, errors = [], {}
    for index, sentence in enumerate(sentences):
        entities = decode_entities(sentence.tags)
        kept = []
        for entity in entities:
            others = [other for other in entities if other is not entity]
            found = _damage(entity, others, len(sentence.tokens), drawn, share)
            if found is None:
                kept.append(entity)
                continue
            kind, wrong = found
            errors.setdefault(index, []).append((kind, entity))
            kept += [wrong] if wrong else []
        # Two borders may have moved onto each other: such a sentence stays as it was.
        try:
            tags = encode_entities(kept, len(sentence.tokens))
        except ValueError:
            tags = sentence.tags
            errors.pop(index, None)
        changed.append(Sentence(sentence.tokens, tags, sentence.location))
    return changed, errors


def _damage(
    entity: Entity, others: Sequence[Entity], length: int, drawn: random.Random, share: float
) -> tuple[str, Entity | None] | None:
    """Return the kind of an error and the wrong entity, none of it where it is missed."""
    if drawn.random() >= share:
        return None
    kind = drawn.choice(KINDS)
    if kind == "missed":
        return kind, None
    if kind == "type":
        types = [name for name in ("PER", "ORG", "LOC") if name != entity.type]
        return kind, Entity(entity.start, entity.end, drawn.choice(types))
    start, end = drawn.choice(
        [
            (entity.start - 1, entity.end),
            (entity.start + 1, entity.end),
            (entity.start, entity.end - 1),
            (entity.start, entity.end + 1),
        ]
    )
    free = all(end <= other.start or other.end <= start for other in others)
    if not (0 <= start < end <= length and free):
        return None
    return kind, Entity(start, end, entity.type)
