"""What each sentence adds to the score, and how far chance alone can move the score.

F1 is a ratio of sums over sentences, so the counts of each sentence are all it takes to score any
resampling of them: an interval around one score, a test of the difference of two. The test set is
taken for a random draw of sentences; chance in training (the seed) is not in these figures.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from msra_ner.errors import ScoreError
from msra_ner.labels import decode_entities, entity_types, label_list
from msra_ner.metrics.completeness import TagRows, check_complete

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]


CORRECT, PREDICTED, GOLD = range(3)  # the columns of counts
FIGURES = ("precision", "recall", "f1")
LEVEL = 0.95
# Drawn numbers held at a time, 32 MB of them.
CHUNK = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """The entities of each sentence: how many are correct, predicted and gold.

    Attributes:
        overall: Entities of all types, shape (sentences, 3), columns correct, predicted, gold.
        by_type: The same for each type of either side, in the order of a label list.
    """

    overall: "IntArray"
    by_type: dict[str, "IntArray"]


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of a score, ends as fractions; ``level`` 0.95 is a 95 % interval."""

    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True)
class PairedTest:
    """How two predictions of the same sentences compare.

    Attributes:
        difference: F1 of the first less F1 of the second, as a fraction.
        p_value: How often a difference of this size or more, of either sign, comes about where
            both are equally good. Never 0: at least ``1 / (samples + 1)``.
        interval: Bootstrap interval of the difference.
        changed: Sentences whose counts differ.
        samples: Drawn for each of the two figures.
    """

    difference: float
    p_value: float
    interval: Interval
    changed: int
    samples: int


def count_sentences(gold: TagRows, predicted: TagRows) -> Counts:
    """Return the counts of each sentence, whose sums give the strict scores of seqeval.

    Raises:
        ScoreError: A sentence or token has no prediction.

    >>> tags = ["B-PER", "O", "B-LOC"]
    >>> count_sentences([tags], [["B-PER", "O", "O"]]).overall.tolist()
    [[1, 1, 2]]
    """
    check_complete(gold, predicted)
    found: dict[str, IntArray] = {}
    for index, (gold_tags, pred_tags) in enumerate(zip(gold, predicted, strict=True)):
        sides = decode_entities(pred_tags), decode_entities(gold_tags)
        shared = set(sides[0]).intersection(sides[1])
        for column, entities in ((CORRECT, shared), (PREDICTED, sides[0]), (GOLD, sides[1])):
            for entity in entities:
                if entity.type not in found:
                    found[entity.type] = np.zeros((len(gold), 3), dtype=np.int64)
                found[entity.type][index, column] += 1
    by_type = {name: found[name] for name in entity_types(label_list(sorted(found)))}
    overall = sum(by_type.values(), np.zeros((len(gold), 3), dtype=np.int64))
    return Counts(overall, by_type)


def score_counts(totals: "ArrayLike") -> "FloatArray":
    """Return precision, recall and F1 of counts of whole splits.

    A ratio without entities is ``nan``, unlike in a score, where it is 0: such a draw tells
    nothing, and a 0 among the draws would tell that the model can be that bad.

    Args:
        totals: Shape (..., 3), columns correct, predicted, gold.

    Returns:
        Shape (..., 3), in the order of ``FIGURES``.
    """
    totals = np.asarray(totals)
    correct, predicted, gold = (totals[..., column] for column in (CORRECT, PREDICTED, GOLD))
    with np.errstate(invalid="ignore"):
        ratios = correct / predicted, correct / gold, 2 * correct / (predicted + gold)
    return np.stack(ratios, axis=-1)


def compute_f1(counts: "IntArray") -> float:
    """Return the F1 of the counts of sentences, shape (sentences, 3); 0 without any entity."""
    return float(np.nan_to_num(score_counts(counts.sum(axis=0))[FIGURES.index("f1")]))


def bootstrap_interval(
    counts: "IntArray",
    *,
    figure: str = "f1",
    samples: int = 1000,
    seed: int = 0,
    level: float = LEVEL,
) -> Interval:
    """Return the percentile bootstrap interval of a score over sentences.

    The order of the sentences does not matter. Draws in which the figure has no denominator are
    left out.

    Args:
        counts: Shape (sentences, 3), such as ``Counts.overall`` or one of ``Counts.by_type``.
        figure: One of ``FIGURES``.
        samples: Draws, each of as many sentences as there are.
        seed: Of the draws; equal seeds give equal intervals.
        level: Share of the draws inside the interval.

    Source:
        Efron, "Bootstrap methods: another look at the jackknife", 1979; percentile intervals in
        Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    """
    draws = np.concatenate([score_counts(sums) for sums in _resample(counts, samples, seed)])
    return _percentiles(draws[:, FIGURES.index(figure)], level)


def paired_test(
    first: "IntArray",
    second: "IntArray",
    *,
    samples: int = 10_000,
    seed: int = 0,
    level: float = LEVEL,
) -> PairedTest:
    """Return whether two predictions of the same sentences differ in F1 by more than chance.

    Approximate randomisation: were both equally good, exchanging their predictions of a sentence
    would change nothing, so the observed difference is compared with those after exchanging the
    predictions of random sentences. Beside it the paired bootstrap interval of the difference.

    Args:
        first: Counts of the first prediction, shape (sentences, 3).
        second: Counts of the second one, of the same gold sentences in the same order.
        samples: Draws for each of the two figures.
        seed: Of the draws.
        level: Of the interval.

    Raises:
        ScoreError: The gold counts of the two differ.

    Source:
        Noreen, "Computer-Intensive Methods for Testing Hypotheses", 1989, also for the 1 added to
        both counts of the p value; Yeh, "More accurate tests for the statistical significance of
        result differences", COLING 2000. The interval as in :func:`bootstrap_interval`, of both
        predictions on the same drawn sentences.
    """
    _check_same_gold(first, second)
    difference = compute_f1(first) - compute_f1(second)
    hits = sum(
        # Draws as far apart as observed count; rounding must not make them fall short.
        int(np.count_nonzero(np.abs(drawn) >= abs(difference) - 1e-12))
        for drawn in _exchange(first, second, samples, seed)
    )
    draws = np.concatenate(
        [
            score_counts(sums[:, :3])[:, 2] - score_counts(sums[:, 3:])[:, 2]
            for sums in _resample(np.hstack([first, second]), samples, seed)
        ]
    )
    return PairedTest(
        difference=difference,
        p_value=(hits + 1) / (samples + 1),
        interval=_percentiles(draws, level),
        changed=int(np.count_nonzero((first != second).any(axis=1))),
        samples=samples,
    )


def _resample(rows: "IntArray", samples: int, seed: int) -> Iterator["IntArray"]:
    """Yield the column sums of draws of rows with replacement, shape (draws, columns).

    Equal rows are interchangeable, so what is drawn is how often each distinct row comes up: the
    same distribution, and there are hundreds of distinct rows where there are 100,000 sentences.
    """
    if not len(rows):
        yield np.zeros((samples, rows.shape[1]), dtype=np.int64)
        return
    random = np.random.default_rng(seed)
    distinct, times = np.unique(rows, axis=0, return_counts=True)
    for size in _chunks(samples, len(distinct)):
        yield random.multinomial(len(rows), times / len(rows), size=size) @ distinct


def _exchange(
    first: "IntArray", second: "IntArray", samples: int, seed: int
) -> Iterator["FloatArray"]:
    """Yield differences in F1 after exchanging predictions of random sentences, shape (draws,).

    Only sentences with different counts can move it, and those with the same difference in counts
    move it alike: what is drawn is how many of these keep their side.
    """
    random = np.random.default_rng(seed)
    both = (first + second).sum(axis=0)
    gaps = (first - second)[:, [CORRECT, PREDICTED]]
    gaps = gaps[gaps.any(axis=1)]
    # A gap and its negative are one and the same once sides are random. Joined, they also make
    # the draws those of (second, first).
    gaps[(gaps[:, 0] < 0) | ((gaps[:, 0] == 0) & (gaps[:, 1] < 0))] *= -1
    distinct, times = np.unique(gaps, axis=0, return_counts=True)
    for size in _chunks(samples, len(distinct)):
        kept = random.binomial(times, 0.5, size=(size, len(times)))
        gap = np.zeros((size, 3), dtype=np.int64)
        gap[:, [CORRECT, PREDICTED]] = (2 * kept - times) @ distinct
        # Sides that add up to `both` and lie `gap` apart.
        drawn = score_counts((both + gap) // 2) - score_counts((both - gap) // 2)
        yield np.nan_to_num(drawn[:, 2])


def _chunks(samples: int, columns: int) -> Iterator[int]:
    """Yield how many samples of this many columns to hold at a time."""
    most = max(1, CHUNK // max(1, columns))
    for start in range(0, samples, most):
        yield min(most, samples - start)


def _percentiles(draws: "FloatArray", level: float) -> Interval:
    draws = draws[~np.isnan(draws)]
    if not len(draws):  # no draw has an entity: the score is 0, as in `compute_f1`
        return Interval(0.0, 0.0, level)
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), level)


def _check_same_gold(first: "IntArray", second: "IntArray") -> None:
    if len(first) != len(second):
        raise ScoreError(
            f"found {len(first)} and {len(second)} sentences, expected predictions of the same "
            "ones. Compare two predictions of one split."
        )
    differing = np.flatnonzero(first[:, GOLD] != second[:, GOLD])
    if len(differing):
        index = differing[0]
        raise ScoreError(
            f"sentence {index}: found {first[index, GOLD]} and {second[index, GOLD]} gold "
            "entities, expected the same gold sentences in the same order. Compare two "
            "predictions of one split."
        )
