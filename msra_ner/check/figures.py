"""Count a corpus: its sentences, its entities, and the word pieces a tokenizer makes of it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import NamedTuple

from msra_ner.check.findings import (
    EntityFigures,
    Lengths,
    Location,
    PieceFigures,
    SplitFigures,
    TokenizerFigures,
    joined,
)
from msra_ner.corpus import Sentence
from msra_ner.dataset import Aligner
from msra_ner.labels import MSRA_TYPES, OUTSIDE, Entity, decode_entities

TRAIN = "train"
# Upper ends of the bars of the histogram of sentence lengths, in tokens; 512 is BERT's limit.
LENGTH_BARS = (16, 32, 64, 128, 256, 512)
# Tokens shown before and after a string whose place alone does not tell what is meant.
CONTEXT = 8
Text = tuple[str, ...]


class Row(NamedTuple):
    """A sentence with its split and its entities."""

    split: str
    location: str
    tokens: list[str]
    tags: list[str]
    entities: list[Entity]

    def text(self, entity: Entity) -> Text:
        """Return the tokens of an entity."""
        return tuple(self.tokens[entity.start : entity.end])

    def locate(self, position: int) -> str:
        """Return the place of a token."""
        return f"{self.location} (token {position + 1})"

    def in_context(self, entity: Entity) -> Location:
        """Return the place of an entity, which stands in brackets among its neighbours."""
        before = joined(self.tokens[max(0, entity.start - CONTEXT) : entity.start])
        inside = f"{entity.type} {joined(self.text(entity))}".strip()
        after = joined(self.tokens[entity.end : entity.end + CONTEXT])
        return Location(self.locate(entity.start), f"{before}[{inside}]{after}")


@dataclass(frozen=True, slots=True)
class CorpusRows:
    """The rows of all splits, read once for all checks.

    ``texts`` has the rows of each text, ``mentions`` the types of each text that is an entity;
    ``types`` are in the order in which they are shown.
    """

    splits: dict[str, list[Row]]
    rows: list[Row]
    texts: dict[Text, list[Row]]
    mentions: dict[Text, Counter[str]]
    types: list[str]


@dataclass(frozen=True, slots=True)
class TokenPieces:
    """What a tokenizer makes of each token that occurs: number of pieces, none, or unknown."""

    sizes: dict[str, int]
    dropped: set[str]
    unknown: set[str]
    capacity: int

    def size(self, row: Row) -> int:
        """Return the word pieces of a sentence, special pieces not counted."""
        return sum(self.sizes[token] for token in row.tokens)

    def entities_cut(self, row: Row) -> int:
        """Return the entities whose last token, and so its tag, starts behind the limit."""
        ends = list(accumulate(self.sizes[token] for token in row.tokens))
        return sum(
            ends[entity.end - 1] - self.sizes[row.tokens[entity.end - 1]] >= self.capacity
            for entity in row.entities
        )


def read_rows(splits: Mapping[str, Sequence[Sentence]]) -> CorpusRows:
    """Return the corpus of these sentences, whose tags must be valid IOB2."""
    rows = {
        split: [
            Row(
                split,
                sentence.location or f"{split} sentence {number}",
                sentence.tokens,
                sentence.tags,
                decode_entities(sentence.tags),
            )
            for number, sentence in enumerate(sentences, 1)
        ]
        for split, sentences in splits.items()
    }
    every = list(chain.from_iterable(rows.values()))
    texts = defaultdict(list)
    mentions: dict[Text, Counter[str]] = defaultdict(Counter)
    for row in every:
        texts[tuple(row.tokens)].append(row)
        for entity in row.entities:
            mentions[row.text(entity)][entity.type] += 1
    found = {name for types in mentions.values() for name in types}
    order = [*MSRA_TYPES, *sorted(found - set(MSRA_TYPES))]
    return CorpusRows(
        rows, every, dict(texts), dict(mentions), [name for name in order if name in found]
    )


def split_figures(corpus: CorpusRows) -> dict[str, SplitFigures]:
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
            lengths=measure(lengths),
            longest_location=longest.location if longest else "",
            histogram=_histogram(lengths),
            entities=_entity_figures(list(chain.from_iterable(texts.values())), compare),
            types={name: _entity_figures(texts[name], compare) for name in texts},
        )
    return figures


def type_lengths(corpus: CorpusRows) -> dict[str, Lengths]:
    """Return the lengths of the entities of each type, over all splits."""
    lengths: dict[str, list[int]] = {name: [] for name in corpus.types}
    for text, types in corpus.mentions.items():
        for name, number in types.items():
            lengths[name] += [len(text)] * number
    return {name: measure(values) for name, values in lengths.items()}


def entity_lengths(corpus: CorpusRows) -> Lengths:
    """Return the lengths of all entities."""
    mentions = corpus.mentions.items()
    return measure([len(text) for text, types in mentions for _ in range(types.total())])


def measure(values: Sequence[int]) -> Lengths:
    """Return shortest, median, 95th percentile and longest of some lengths."""
    if not values:
        return Lengths(0, 0, 0, 0)
    ordered = sorted(values)
    # Nearest rank, in whole numbers: the smallest value that so many per cent do not exceed.
    median, p95 = (ordered[-(-len(ordered) * rank // 100) - 1] for rank in (50, 95))
    return Lengths(ordered[0], median, p95, ordered[-1])


def each_kind_first(rows: Sequence[Row], kind: Callable[[Row], Hashable]) -> list[Row]:
    """Return the rows with one of each kind before all others, so that the first ones differ."""
    firsts = {kind(row): row for row in reversed(rows)}
    chosen = list(dict.fromkeys(map(kind, rows)))
    others = [row for row in rows if row is not firsts[kind(row)]]
    return [*(firsts[name] for name in chosen), *others]


def token_pieces(corpus: CorpusRows, aligner: Aligner) -> TokenPieces:
    """Return what the tokenizer makes of each token of the corpus."""
    tokens = list(dict.fromkeys(chain.from_iterable(row.tokens for row in corpus.rows)))
    pieces = dict(zip(tokens, aligner.pieces(tokens), strict=True))
    unknown_id, mask_id = aligner.tokenizer.unk_token_id, aligner.tokenizer.mask_token_id
    # The aligner puts the unknown piece, or the mask, in the place of a token that is dropped.
    odd = [token for token in tokens if {unknown_id, mask_id}.intersection(pieces[token])]
    dropped = set(filter(aligner.is_dropped, odd))
    unknown = {token for token in odd if unknown_id in pieces[token]} - dropped
    return TokenPieces(
        sizes={token: len(ids) for token, ids in pieces.items()},
        dropped=dropped,
        unknown=unknown,
        capacity=aligner.capacity,
    )


def tokenizer_figures(
    corpus: CorpusRows, aligner: Aligner, pieces: TokenPieces
) -> TokenizerFigures:
    """Return the word pieces of each split."""
    figures = {}
    for split, rows in corpus.splits.items():
        counts = Counter(chain.from_iterable(row.tokens for row in rows))
        sizes = [pieces.size(row) for row in rows]
        long = [row for row, size in zip(rows, sizes, strict=True) if size > pieces.capacity]
        figures[split] = PieceFigures(
            tokens=counts.total(),
            pieces=sum(sizes),
            most_pieces=max(sizes, default=0),
            unknown=sum(counts[token] for token in pieces.unknown),
            dropped=sum(counts[token] for token in pieces.dropped),
            over_limit=len(long),
            entities_cut=sum(map(pieces.entities_cut, long)),
        )
    name = aligner.tokenizer.name_or_path
    return TokenizerFigures(name, aligner.max_length, pieces.capacity, figures)


def _entity_figures(texts: list[Text], known: set[Text] | None) -> EntityFigures:
    unseen = None if known is None else sum(text not in known for text in texts)
    return EntityFigures(len(texts), unseen)


def _histogram(lengths: Sequence[int]) -> dict[str, int]:
    starts = [1, *(end + 1 for end in LENGTH_BARS)]
    ends = [*LENGTH_BARS, max(lengths, default=0)]
    names = [f"{start}-{end}" for start, end in zip(starts, LENGTH_BARS, strict=False)]
    return {
        name: sum(start <= length <= end for length in lengths)
        for name, start, end in zip([*names, f"{starts[-1]}+"], starts, ends, strict=True)
    }
