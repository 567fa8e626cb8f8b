"""Faults in labels or scoring, planted in the predictions of a model that has none."""

import random
from dataclasses import replace

from msra_ner.corpus.schemes import encode_scheme
from msra_ner.report.predictions import Prediction

LABELS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]


def mapped(rows, change):
    return [replace(row, predicted=change(row)) for row in rows]


def relabelled(rows, names):
    mapping = dict(zip(LABELS, names, strict=True))
    return mapped(rows, lambda row: [mapping[tag] for tag in row.predicted])


def cut(rows, length):
    return [
        Prediction(row.tokens[:length], row.gold[:length], row.predicted[:length], row.location)
        for row in rows
    ]


def without_punctuation(row):
    """Skip some characters, as a tool does that keeps only what it knows."""
    kept = [number for number, token in enumerate(row.tokens) if token not in "，。国京"]
    sides = (row.tokens, row.gold, row.predicted)
    return Prediction(*([side[number] for number in kept] for side in sides), row.location)


def behind_a_dropped_token(row):
    """Lose the tag of a token in the middle, as for one that the tokenizer dropped."""
    location = len(row.gold) // 3
    return [*row.predicted[:location], *row.predicted[location + 1 :], "O"]


def with_special_positions(row):
    """Score [CLS], [SEP] and padding, for which the model says anything."""
    chance = random.Random(len(row.gold))
    extra = [chance.choice(LABELS) for _ in range(30)]
    return replace(
        row,
        tokens=["[CLS]", *row.tokens, "[SEP]", *["[PAD]"] * 28],
        gold=["O", *row.gold, *["O"] * 29],
        predicted=[extra[0], *row.predicted, *extra[1:]],
    )


def in_pieces(row):
    """Score each token twice, as a piece and its continuation, which says I- or anything."""
    tokens, gold, predicted = [], [], []
    for token, wanted, given in zip(row.tokens, row.gold, row.predicted, strict=True):
        tokens += [token, f"##{token}"]
        gold += [wanted, wanted]
        predicted += [given, "O"]
    return Prediction(tokens, gold, predicted, row.location)


def minus_100(row):
    return replace(
        row, gold=[*row.gold, *["-100"] * 20], predicted=[*row.predicted, *["B-LOC"] * 20]
    )


FAULTS = {
    "shifted by one place": (
        lambda rows: mapped(rows, lambda row: ["O", *row.predicted[:-1]]),
        "shifted_labels",
    ),
    "shifted by two places to the left": (
        lambda rows: mapped(rows, lambda row: [*row.predicted[2:], "O", "O"]),
        "shifted_labels",
    ),
    "shifted only behind a dropped token": (
        lambda rows: mapped(rows, behind_a_dropped_token),
        "shifted_behind_a_token",
    ),
    "types permuted in id2label": (
        lambda rows: relabelled(rows, ["O", "B-LOC", "I-LOC", "B-PER", "I-PER", "B-ORG", "I-ORG"]),
        "swapped_labels",
    ),
    "labels from a set": (
        lambda rows: relabelled(rows, ["I-ORG", "B-PER", "O", "I-LOC", "B-ORG", "I-PER", "B-LOC"]),
        "swapped_labels",
    ),
    "a BIOES model scored as BIO": (
        lambda rows: mapped(rows, lambda row: encode_scheme(row.predicted, "bioes")),
        "other_scheme",
    ),
    "lower-case tags with underscores": (
        lambda rows: mapped(
            rows, lambda row: [tag.lower().replace("-", "_") for tag in row.predicted]
        ),
        "other_scheme",
    ),
    "entities that start with I-": (
        lambda rows: mapped(rows, lambda row: encode_scheme(row.predicted, "iob1")),
        "started_inside",
    ),
    "[CLS], [SEP] and padding scored": (
        lambda rows: [with_special_positions(row) for row in rows],
        "special_positions",
    ),
    "-100 scored": (lambda rows: [minus_100(row) for row in rows], "special_positions"),
    "continuation pieces scored as tokens": (
        lambda rows: [in_pieces(row) for row in rows],
        "special_positions",
    ),
    "sentences cut": (lambda rows: cut(rows, 12), "lost"),
    "a last batch dropped": (lambda rows: rows[: len(rows) * 4 // 5], "lost"),
    "characters skipped": (lambda rows: [without_punctuation(row) for row in rows], "lost"),
}
