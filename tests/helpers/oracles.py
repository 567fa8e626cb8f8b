"""Slow and plain statements of what the package computes fast, for tests to compare with."""

from collections.abc import Collection, Sequence

from msra_ner.dataset.alignment import IGNORE_INDEX, NO_TOKEN, EncodedWindow
from msra_ner.labels import decode_entities, encode_entities
from msra_ner.metrics.error_kinds import find_errors


def align_labels(
    window: EncodedWindow,
    label_ids: Sequence[int],
    *,
    inside_ids: Sequence[int] | None = None,
) -> list[int]:
    """Return one label a word piece; ``IGNORE_INDEX`` for all that does not count.

    The first piece of an owned token carries its label. Other pieces are left out, or labelled
    too where ``inside_ids`` is given.

    Args:
        window: A window of the sentence.
        label_ids: One label id a token of the whole sentence.
        inside_ids: For each label id the one its further pieces get: of ``B-X`` that of ``I-X``.
    """
    labels = []
    previous = NO_TOKEN
    for token in window.word_ids:
        if token == NO_TOKEN or not window.own_start <= token < window.own_end:
            labels.append(IGNORE_INDEX)
        elif token != previous:
            labels.append(label_ids[token])
        else:
            labels.append(IGNORE_INDEX if inside_ids is None else inside_ids[label_ids[token]])
        previous = token
    return labels


def repair(
    gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]], kinds: Collection[str]
) -> list[list[str]]:
    """Return the predicted tags with the errors of some kinds repaired.

    The predictions of such an error give way to its gold entities, which no other prediction
    overlaps. A stray ``I-``, which belongs to no entity, becomes ``O``.

    Raises:
        ScoreError: A sentence or token has no prediction.
    """
    entities = [set(decode_entities(tags)) for tags in predicted]
    for error in find_errors(gold, predicted):
        if error.kind in kinds:
            entities[error.sentence].difference_update(error.predicted)
            entities[error.sentence].update(error.gold)
    return [
        encode_entities(found, len(tags)) for found, tags in zip(entities, predicted, strict=True)
    ]
