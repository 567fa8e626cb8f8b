"""From gold and predicted tags to scores over every gold entity of a split.

The entity scores come from `seqeval`, called through `evaluate`. What this module adds is which
entities go in: all of them, those whose name stands in train or does not, and those in the first
180 characters, where the best-known published figure stops looking.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from msra_ner.corpus import Sentence
from msra_ner.errors import ScoreError
from msra_ner.labels import OUTSIDE, Entity, decode_entities, encode_entities

if TYPE_CHECKING:
    from transformers import EvalPrediction


Scores = dict[str, float | int]
# The length at which NER-BERT-pytorch, the source of the 94.62 often quoted, cuts sentences.
PUBLISHED_CUT = 180


def score_tags(
    sentences: Sequence[Sentence],
    predicted: Sequence[Sequence[str]],
    train_names: frozenset[str] | None = None,
) -> Scores:
    """Return all scores of a split.

    Args:
        sentences: The gold sentences, as read from the files.
        predicted: For each sentence one predicted tag a token.
        train_names: Surface forms of the entities of train, for the scores on seen and unseen
            names; None leaves these out.

    Returns:
        ``precision``, ``recall``, ``f1`` (strict IOB2, micro average) and ``support``;
        ``lenient_*``; ``PER_precision`` and so on; ``seen_f1``, ``unseen_f1`` and their support;
        ``first_180_f1`` and its support; ``token_accuracy`` and ``all_o_accuracy`` (what tagging
        every token ``O`` would get); ``sentences``, ``characters`` and ``entities`` scored.

    Raises:
        ScoreError: A sentence, token or entity would not be scored.
    """
    gold = [sentence.tags for sentence in sentences]
    check_complete(gold, predicted)
    gold_entities = [decode_entities(tags) for tags in gold]
    pred_entities = [decode_entities(tags) for tags in predicted]

    def score_subset(keep: Callable[[Sentence, Entity], bool]) -> Scores:
        """Score the entities to keep; what a name or place decides, it decides on both sides."""
        gold_rows, pred_rows = [], []
        for sentence, *sides in zip(sentences, gold_entities, pred_entities, strict=True):
            kept = [[entity for entity in side if keep(sentence, entity)] for side in sides]
            if not any(kept):
                continue
            rows = [encode_entities(side, len(sentence.tokens)) for side in kept]
            # Tokens outside on both sides, and sentences of these alone, change no entity; without
            # them seqeval is many times faster, and it runs for each subset.
            marked = [pair for pair in zip(*rows, strict=True) if pair != (OUTSIDE, OUTSIDE)]
            gold_rows.append([pair[0] for pair in marked])
            pred_rows.append([pair[1] for pair in marked])
        return score_entities(gold_rows, pred_rows, lenient=False)

    scores = score_entities(gold, predicted)
    if train_names is not None:
        known = train_names

        def is_seen(sentence: Sentence, entity: Entity) -> bool:
            return "".join(sentence.tokens[entity.start : entity.end]) in known

        scores |= _prefixed("seen", score_subset(is_seen))
        scores |= _prefixed("unseen", score_subset(lambda *args: not is_seen(*args)))
    first = score_subset(lambda _, entity: entity.end <= PUBLISHED_CUT)
    scores |= _prefixed(f"first_{PUBLISHED_CUT}", first)
    characters = sum(map(len, gold))
    scores["token_accuracy"] = _share(
        sum(
            a == b for g, p in zip(gold, predicted, strict=True) for a, b in zip(g, p, strict=True)
        ),
        characters,
    )
    scores["all_o_accuracy"] = _share(sum(row.count(OUTSIDE) for row in gold), characters)
    scores |= {"sentences": len(gold), "characters": characters, "entities": scores["support"]}
    expected = sum(map(len, gold_entities))
    if scores["entities"] != expected:
        raise ScoreError(
            f"found {scores['entities']} gold entities scored, expected the {expected} of the "
            "files. The score would not be comparable: report this with the tags at hand."
        )
    return scores


def score_entities(
    gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]], *, lenient: bool = True
) -> Scores:
    """Return what :class:`msra_ner.metrics.entity_metric.EntityMetric` computes of tags."""
    from msra_ner.metrics.entity_metric import EntityMetric

    metric = EntityMetric(keep_in_memory=True)
    scores = metric.compute(predictions=predicted, references=gold, lenient=lenient)
    if scores is None:
        raise ScoreError("evaluate computed no score; it does so on the main process alone.")
    return dict(scores)


def check_complete(gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> None:
    """Refuse predictions that lack a sentence or a token.

    Raises:
        ScoreError: Counts differ; the message names the first sentence where they do.
    """
    if len(gold) != len(predicted):
        raise ScoreError(
            f"found predictions for {len(predicted)} sentences, expected the {len(gold)} of the "
            "files. A sentence was lost or scored twice: evaluate the whole split, once."
        )
    for index, (tags, row) in enumerate(zip(gold, predicted, strict=True)):
        if len(tags) != len(row):
            raise ScoreError(
                f"sentence {index}: found {len(row)} predicted tags, expected one for each of "
                f"its {len(tags)} tokens. A token was lost: predict without truncation."
            )


def entity_names(sentences: Iterable[Sentence]) -> frozenset[str]:
    """Return the surface forms of all entities, whatever their type."""
    return frozenset(
        "".join(sentence.tokens[entity.start : entity.end])
        for sentence in sentences
        for entity in decode_entities(sentence.tags)
    )


def make_compute_metrics(
    to_tags: Callable[["EvalPrediction"], list[list[str]]],
    sentences: Sequence[Sentence],
    train_names: frozenset[str] | None = None,
) -> Callable[["EvalPrediction"], dict[str, Any]]:
    """Return the Trainer's ``compute_metrics`` hook for one split.

    Args:
        to_tags: Turns the Trainer's arrays into one list of tags a sentence.
        sentences: The gold sentences of the split.
        train_names: As in :func:`score_tags`.
    """

    def compute_metrics(prediction: "EvalPrediction") -> dict[str, Any]:
        return score_tags(sentences, to_tags(prediction), train_names)

    return compute_metrics


def _prefixed(name: str, scores: Scores) -> Scores:
    return {f"{name}_{key}": scores[key] for key in ("f1", "support")}


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
