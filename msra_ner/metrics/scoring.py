"""From gold and predicted tags to scores over every gold entity of a split.

The entity scores come from `seqeval`, called through `evaluate`. What this module adds is which
entities go in: all of them, those whose name is in train or is not, and those in the first 180
tokens, where the best-known published figure stops looking.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from msra_ner.corpus import Sentence
from msra_ner.errors import ScoreError
from msra_ner.labels import OUTSIDE, Entity, decode_entities, encode_entities, is_open
from msra_ner.metrics.completeness import TagRows, check_complete
from msra_ner.metrics.open_tags import close_row
from msra_ner.metrics.scores import PUBLISHED_CUT, Figures, Scores, format_open
from msra_ner.metrics.surface_forms import count_names, entity_text


def score_tags(
    sentences: Sequence[Sentence],
    predicted: TagRows,
    train_names: frozenset[str] | None = None,
) -> Scores:
    """Return all scores of a split.

    Args:
        sentences: The gold sentences, as read from the files.
        predicted: For each sentence one predicted tag a token. Entities where nobody looked for
            their type (:func:`msra_ner.metrics.close_row`) are counted by themselves.
        train_names: Surface forms of the entities of train, for the scores on seen and unseen
            names; None leaves these out.

    Raises:
        ScoreError: A sentence, token or entity would not be scored.

    >>> sentence = Sentence(["北", "京"], ["B-LOC", "I-LOC"])
    >>> score_tags([sentence], [["B-LOC", "I-LOC"]])["LOC"].f1
    1.0
    """
    written = [sentence.tags for sentence in sentences]
    check_complete(written, predicted)
    closed = list(map(close_row, written, predicted))
    gold, predicted = [row.gold for row in closed], [row.predicted for row in closed]
    gold_entities = list(map(decode_entities, gold))
    pred_entities = [row.pred_entities for row in closed]

    def score_subset(name: str, keep: Callable[[Sentence, Entity], bool]) -> Figures:
        """Score the entities to keep; what a name or position decides holds for both sides."""
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
        scores = score_entities(gold_rows, pred_rows, lenient=False)
        return {f"{name}_{key}": scores[key] for key in ("f1", "support")}

    figures = score_entities(gold, predicted)
    expected = sum(map(len, gold_entities))
    if figures["support"] != expected:
        raise ScoreError(
            f"found {figures['support']} gold entities scored, expected the {expected} of the "
            "files. The score would not be comparable: report this with the tags at hand."
        )
    if (known := train_names) is not None:
        figures |= score_subset(
            "seen", lambda row, entity: entity_text(row.tokens, entity) in known
        )
        figures |= score_subset(
            "unseen", lambda row, entity: entity_text(row.tokens, entity) not in known
        )
    figures |= score_subset(f"first_{PUBLISHED_CUT}", lambda _, entity: entity.end <= PUBLISHED_CUT)
    pairs = Counter(chain.from_iterable(map(zip, written, predicted)))
    tokens = pairs.total()
    pairs = Counter({sides: count for sides, count in pairs.items() if not is_open(sides[0])})
    looked_at = pairs.total()
    agreeing = sum(count for (left, right), count in pairs.items() if left == right)
    outside = sum(count for (left, _), count in pairs.items() if left == OUTSIDE)
    figures["token_accuracy"] = agreeing / looked_at if looked_at else 0.0
    figures["all_o_accuracy"] = outside / looked_at if looked_at else 0.0
    figures |= {"sentences": len(gold), "characters": tokens, "entities": expected}
    left_out = sum(row.kept.count(False) for row in closed)
    figures |= {"open_characters": tokens - looked_at, "open_entities": left_out}
    return Scores.from_dict(figures)


def score_entities(gold: TagRows, predicted: TagRows, *, lenient: bool = True) -> Figures:
    """Return what :class:`msra_ner.metrics.EntityMetric` computes of tags, by name."""
    from msra_ner.metrics.entity_metric import EntityMetric

    metric = EntityMetric(keep_in_memory=True)
    scores = metric.compute(predictions=predicted, references=gold, lenient=lenient)
    if scores is None:
        raise ScoreError("evaluate computed no score; it does so on the main process alone.")
    return dict(scores)


def format_coverage(scores: Scores, sentences: Sequence[Sentence]) -> str:
    """Return the sentence that says how much of the files was scored."""
    entities = sum(len(decode_entities(sentence.tags)) for sentence in sentences)
    tokens = sum(len(sentence.tokens) for sentence in sentences)
    scored = (
        f"scored {scores.entities:,} of {entities:,} entities, "
        f"{scores.tokens:,} of {tokens:,} characters, "
        f"{scores.sentences:,} of {len(sentences):,} sentences"
    )
    return f"{scored}; {format_open(scores)}" if scores.open_tokens else scored


def collect_names(sentences: Iterable[Sentence]) -> frozenset[str]:
    """Return the surface forms of all entities, whatever their type."""
    return frozenset(count_names(sentences))
