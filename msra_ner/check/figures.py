"""Count a corpus: sentences, tokens, entities and their lengths, over each split and over all."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from msra_ner.check.rows import TRAIN, CorpusRows, Text
from msra_ner.labels import OUTSIDE, is_open

# Upper ends of the bars of the histogram of sentence lengths, in tokens; 512 is BERT's limit.
LENGTH_BARS = (16, 32, 64, 128, 256, 512)


@dataclass(frozen=True, slots=True)
class Lengths:
    """Shortest, median, 95th percentile and longest of some lengths in tokens; 0 without any.

    Median and percentile are lengths that occur (nearest rank), never means of two.
    """

    shortest: int
    median: int
    p95: int
    longest: int


@dataclass(frozen=True, slots=True)
class EntityFigures:
    """The mentions of one type, or of all types, in a split.

    ``unseen`` counts those whose text is no entity of train, of whatever type; None for train
    itself and without train.
    """

    mentions: int
    unseen: int | None


@dataclass(frozen=True, slots=True)
class SplitFigures:
    """Counts over one split.

    ``outside`` is the number of ``O`` tokens, ``open`` of those for which nobody looked for all
    types; ``histogram`` holds sentences by length in tokens, with names such as ``"17-32"`` and
    ``"513+"``; ``types`` has every type of the corpus.
    """

    sentences: int
    without_entities: int
    tokens: int
    outside: int
    open: int
    lengths: Lengths
    longest_location: str
    histogram: dict[str, int]
    entities: EntityFigures
    types: dict[str, EntityFigures]


def count_splits(corpus: CorpusRows) -> dict[str, SplitFigures]:
    """Return the counts over each split."""
    train = corpus.splits.get(TRAIN, [])
    known = {row.text(entity) for row in train for entity in row.entities}
    figures = {}
    for split, rows in corpus.splits.items():
        compare = known if train and split != TRAIN else None
        texts: dict[str, list[Text]] = {name: [] for name in corpus.types}
        for row in rows:
            for entity in row.entities:
                texts[entity.type].append(row.text(entity))
        lengths = [len(row.tokens) for row in rows]
        longest = max(rows, key=lambda row: len(row.tokens), default=None)
        figures[split] = SplitFigures(
            sentences=len(rows),
            without_entities=sum(not row.entities for row in rows),
            tokens=sum(lengths),
            outside=sum(row.tags.count(OUTSIDE) for row in rows),
            open=sum(is_open(tag) for row in rows for tag in row.tags),
            lengths=measure_lengths(lengths),
            longest_location=longest.location if longest else "",
            histogram=_count_by_length(lengths),
            entities=_count_mentions(list(chain.from_iterable(texts.values())), compare),
            types={name: _count_mentions(texts[name], compare) for name in texts},
        )
    return figures


def measure_entities(corpus: CorpusRows, types: Collection[str]) -> Lengths:
    """Return the lengths of the entities of some types, over all splits."""
    return measure_lengths(
        [
            len(text)
            for text, counts in corpus.mentions.items()
            for name in types
            for _ in range(counts[name])
        ]
    )


def measure_lengths(values: Sequence[int]) -> Lengths:
    """Return shortest, median, 95th percentile and longest of some lengths."""
    if not values:
        return Lengths(0, 0, 0, 0)
    ordered = sorted(values)
    # Nearest rank, in whole numbers: the smallest value that so many per cent do not exceed.
    median, p95 = (ordered[-(-len(ordered) * rank // 100) - 1] for rank in (50, 95))
    return Lengths(ordered[0], median, p95, ordered[-1])


def _count_mentions(texts: list[Text], known: set[Text] | None) -> EntityFigures:
    unseen = None if known is None else sum(text not in known for text in texts)
    return EntityFigures(len(texts), unseen)


def _count_by_length(lengths: Sequence[int]) -> dict[str, int]:
    names = [f"{start + 1}-{end}" for start, end in pairwise([0, *LENGTH_BARS])]
    counts = Counter(bisect_left(LENGTH_BARS, length) for length in lengths if length)
    return {name: counts[bar] for bar, name in enumerate([*names, f"{LENGTH_BARS[-1] + 1}+"])}
