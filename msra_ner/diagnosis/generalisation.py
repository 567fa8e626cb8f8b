"""Checks of train against what is scored: learned by heart, leaked, or annotated otherwise?"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from msra_ner.corpus import Sentence
from msra_ner.diagnosis.causes import Cause, Score, entities_of, score, show
from msra_ner.labels import Entity, decode_entities
from msra_ner.metrics import entity_text
from msra_ner.report import Prediction

# So much better on train than on what is scored, and it has learned train by heart.
MAX_GAP = 0.15
GOOD_ON_TRAIN = 0.9
# Shorter texts stand in many places by themselves.
MIN_LEAK = 10
LEAK_SHARE = 0.01
# How often a string must stand in train before its tags there mean a rule.
MIN_SEEN = 3
# Of the gold entities, so many differ from train before it is worth a finding.
CONFLICT_SHARE = 0.02

Text = tuple[str, ...]


def generalisation_causes(
    predictions: Sequence[Prediction],
    train: Sequence[Sentence],
    on_train: Sequence[Prediction],
    base: Score,
) -> list[Cause]:
    """Return what train says about the score.

    Args:
        predictions: What is scored, with tokens.
        train: Sentences the model was trained on.
        on_train: Predictions for some of them; empty where there are none.
        base: Score of the predictions.
    """
    causes = [_by_heart(on_train, base), _leaked(predictions, train, base)]
    causes.append(_annotated_otherwise(predictions, train))
    return [cause for cause in causes if cause]


def _by_heart(on_train: Sequence[Prediction], base: Score) -> Cause | None:
    if not on_train:
        return None
    there = score(on_train)
    if there.f1 < GOOD_ON_TRAIN or there.f1 - base.f1 < MAX_GAP:
        return None
    return Cause(
        "overfitted",
        f"F1 is {100 * there.f1:.2f} on train and {100 * base.f1:.2f} here: learned by heart",
        "Get more training data, stop earlier (--early_stopping_patience 2), train fewer epochs or "
        "with a smaller rate, and look whether both were annotated by the same rules.",
        evidence=[f"{len(on_train):,} sentences of train were tagged for this"],
    )


def _leaked(
    predictions: Sequence[Prediction], train: Sequence[Sentence], base: Score
) -> Cause | None:
    known = {tuple(item.tokens) for item in train if len(item.tokens) >= MIN_LEAK}
    seen = [row for row in predictions if tuple(row.tokens) in known]
    if len(seen) <= LEAK_SHARE * len(predictions):
        return None
    rest = score(row for row in predictions if tuple(row.tokens) not in known)
    return Cause(
        "leaked",
        f"{len(seen):,} of {len(predictions):,} sentences stand in train too: the score flatters",
        "Take them out of train and train again; 'msra-ner check' lists them.",
        evidence=[
            f"F1 {100 * score(seen).f1:.2f} on these, {100 * rest.f1:.2f} on the others, "
            f"{100 * base.f1:.2f} on all"
        ],
        examples=[f"{row.location}: {''.join(row.tokens)[:40]}" for row in seen[:3]],
    )


def _annotated_otherwise(
    predictions: Sequence[Prediction], train: Sequence[Sentence]
) -> Cause | None:
    """Strings that train tags by one rule and what is scored by another."""
    wanted: dict[Text, list[tuple[Prediction, Entity]]] = defaultdict(list)
    for row in predictions:
        for entity in entities_of(row.gold) if row.tokens else ():
            wanted[tuple(row.tokens[entity.start : entity.end])].append((row, entity))
    there = _tagged_in(train, set(wanted))
    conflicts: list[tuple[str, Prediction, Entity]] = []
    for text, mentions in wanted.items():
        types = there.get(text)
        if types is None or types.total() < MIN_SEEN:
            continue
        usual, number = types.most_common(1)[0]
        if 2 * number <= types.total():
            continue
        conflicts += [
            (
                f"{usual or 'no entity'} in {number:,} of {types.total():,} places of train",
                row,
                item,
            )
            for row, item in mentions
            if item.type != usual
        ]
    total = sum(map(len, wanted.values()))
    if len(conflicts) <= CONFLICT_SHARE * total:
        return None
    # What F1 would be had the model been asked for what train taught it.
    missed = [
        (row, item) for _, row, item in conflicts if item not in set(entities_of(row.predicted))
    ]
    before = score(predictions)
    correct = before.correct + len(missed)
    after = 2 * correct / (before.predicted + before.gold) if before.gold else 0.0
    counts = Counter(entity_text(row.tokens, item) for _, row, item in conflicts)
    return Cause(
        "annotated_otherwise",
        f"{len(conflicts):,} of {total:,} gold entities are tagged by another rule than in train",
        "Settle which rule holds and annotate one side anew; a model can only do as train does.",
        min(after, 1.0),
        len(missed),
        [
            "most often "
            + ", ".join(f"{text} ({number:,})" for text, number in counts.most_common(6))
        ],
        [f"{show(row, item.start, item.end)} | {rule}" for rule, row, item in conflicts[:3]],
    )


def _tagged_in(train: Sequence[Sentence], texts: set[Text]) -> dict[Text, Counter[str]]:
    """Return how often each string stands in train, by the type it is tagged with, or ``""``."""
    found: dict[Text, Counter[str]] = defaultdict(Counter)
    starts: dict[str, set[int]] = defaultdict(set)
    for text in texts:
        if len(text) > 1:  # A single character stands inside everything.
            starts[text[0]].add(len(text))
    for item in train:
        tokens = item.tokens
        entities = {
            (entity.start, entity.end): entity.type for entity in decode_entities(item.tags)
        }
        for position, token in enumerate(tokens):
            for length in starts.get(token, ()):
                text = tuple(tokens[position : position + length])
                if len(text) == length and text in texts:
                    inside = any(tag != "O" for tag in item.tags[position : position + length])
                    kind = entities.get((position, position + length))
                    # Inside a longer entity it says nothing of the rule for the string itself.
                    if kind is not None or not inside:
                        found[text][kind or ""] += 1
    return found
