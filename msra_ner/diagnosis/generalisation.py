"""Checks of train against what is scored: learned by heart, leaked, or annotated otherwise?"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from msra_ner.corpus import Sentence, join_tokens
from msra_ner.diagnosis.findings import (
    MAX_EXAMPLES,
    MIN_GOLD,
    Finding,
    Predictions,
    find_entities,
    format_stretch,
    score_predictions,
)
from msra_ner.labels import OUTSIDE, Entity, decode_entities
from msra_ner.metrics import BreakdownRow, entity_text
from msra_ner.report import Prediction
from msra_ner.tables import format_percent

# So much better on train than on what is scored, and it has learned train by heart. On MSRA the
# two are a few points apart.
MAX_GAP = 0.15
GOOD_ON_TRAIN = 0.9
# Tokens. Shorter sentences ("新华社北京电") recur by themselves.
MIN_LEAK = 10
LEAK_SHARE = 0.01
# How often a string must occur in train before its tags there mean a rule.
MIN_SEEN = 3
# Of the gold entities, so many differ from train before it is worth a finding.
CONFLICT_SHARE = 0.02
# And so many, or one slip in a small file would be a rule.
MIN_CONFLICTS = 5

Text = tuple[str, ...]


def check_generalisation(
    predictions: Predictions, train: Sequence[Sentence], on_train: Predictions, base: BreakdownRow
) -> list[Finding]:
    """Return what train, and predictions for some of it, say about the score."""
    found = [
        _find_overfitting(on_train, base),
        _find_leaks(predictions, train, base),
        _find_other_rules(predictions, train),
    ]
    return [finding for finding in found if finding]


def _find_overfitting(on_train: Predictions, base: BreakdownRow) -> Finding | None:
    there = score_predictions(on_train)
    known = min(there.gold, base.gold) >= MIN_GOLD
    if not known or there.f1 < GOOD_ON_TRAIN or there.f1 - base.f1 < MAX_GAP:
        return None
    return Finding(
        "overfitted",
        f"F1 is {format_percent(there.f1)} on train and {format_percent(base.f1)} here: learned by "
        "heart",
        "Get more training data, stop earlier (--early_stopping_patience 2), train fewer epochs or "
        "with a smaller rate, and look whether both were annotated by the same rules.",
        evidence=[f"{len(on_train):,} sentences of train were tagged for this"],
    )


def _find_leaks(
    predictions: Predictions, train: Sequence[Sentence], base: BreakdownRow
) -> Finding | None:
    known = {tuple(item.tokens) for item in train if len(item.tokens) >= MIN_LEAK}
    seen = [row for row in predictions if tuple(row.tokens) in known]
    if len(seen) <= LEAK_SHARE * len(predictions):
        return None
    rest = score_predictions(row for row in predictions if tuple(row.tokens) not in known)
    return Finding(
        "leaked",
        f"{len(seen):,} of {len(predictions):,} sentences are in train too: the score flatters",
        "Take them out of train and train again; 'msra-ner check' lists them.",
        evidence=[
            f"F1 {format_percent(score_predictions(seen).f1)} on these, "
            f"{format_percent(rest.f1)} on the others, {format_percent(base.f1)} on all"
        ],
        examples=[f"{row.location}: {join_tokens(row.tokens)[:40]}" for row in seen[:MAX_EXAMPLES]],
    )


def _find_other_rules(predictions: Predictions, train: Sequence[Sentence]) -> Finding | None:
    """Strings that train tags by one rule and what is scored by another."""
    wanted: dict[Text, list[tuple[Prediction, Entity]]] = defaultdict(list)
    for row in predictions:
        for entity in find_entities(row.gold):
            wanted[tuple(row.tokens[entity.start : entity.end])].append((row, entity))
    there = _count_types(train, set(wanted))
    conflicts: list[tuple[str, Prediction, Entity]] = []
    for text, mentions in wanted.items():
        types = there[text]
        usual, number = types.most_common(1)[0] if types else ("", 0)
        if types.total() < MIN_SEEN or 2 * number <= types.total():
            continue
        rule = f"{usual or 'no entity'} in {number:,} of {types.total():,} places of train"
        conflicts += [(rule, row, entity) for row, entity in mentions if entity.type != usual]
    total = sum(map(len, wanted.values()))
    if len(conflicts) < MIN_CONFLICTS or len(conflicts) <= CONFLICT_SHARE * total:
        return None
    # What F1 would be had the model been asked for what train taught it.
    missed = sum(entity not in find_entities(row.predicted) for _, row, entity in conflicts)
    before = score_predictions(predictions)
    after = 2 * (before.correct + missed) / (before.predicted + before.gold)
    counts = Counter(entity_text(row.tokens, entity) for _, row, entity in conflicts)
    often = ", ".join(f"{text} ({number:,})" for text, number in counts.most_common(6))
    return Finding(
        "annotated_otherwise",
        f"{len(conflicts):,} of {total:,} gold entities are tagged by another rule than in train",
        "Settle which rule holds and annotate one side again; a model can only do as train does.",
        min(after, 1.0),
        missed,
        [f"most often {often}"],
        [
            f"{format_stretch(row, entity.start, entity.end)} | {rule}"
            for rule, row, entity in conflicts[:MAX_EXAMPLES]
        ],
    )


def _count_types(train: Sequence[Sentence], texts: set[Text]) -> dict[Text, Counter[str]]:
    """Return how often each string occurs in train, by the type it is tagged with, or ``""``."""
    found: dict[Text, Counter[str]] = defaultdict(Counter)
    starts: dict[str, set[int]] = defaultdict(set)
    for text in texts:
        if len(text) > 1:  # A single character is part of everything.
            starts[text[0]].add(len(text))
    for item in train:
        types = {(entity.start, entity.end): entity.type for entity in decode_entities(item.tags)}
        for start, token in enumerate(item.tokens):
            for end in (start + length for length in starts.get(token, ())):
                text = tuple(item.tokens[start:end])
                if end <= len(item.tokens) and text in texts:
                    kind = types.get((start, end), "")
                    # Inside a longer entity it says nothing of the rule for the string itself.
                    if kind or all(tag == OUTSIDE for tag in item.tags[start:end]):
                        found[text][kind] += 1
    return found
