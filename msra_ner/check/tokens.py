"""The tokens of a corpus against a tokenizer: what it drops, does not know, or cuts."""

import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import accumulate, chain

from msra_ner.check.findings import (
    Case,
    Finding,
    Location,
    format_count,
    format_part,
    format_times,
    make_case,
    make_finding,
)
from msra_ner.check.rows import CorpusRows, Row
from msra_ner.corpus import join_tokens
from msra_ner.dataset import Aligner

# With more of its tokens unknown, a corpus is not what the tokenizer was made for.
UNFIT_SHARE = 0.05
# And so many of them, or a small corpus is judged by a few.
MIN_UNFIT = 20


@dataclass(frozen=True, slots=True)
class PieceFigures:
    """The word pieces of one split, special pieces not counted.

    ``unknown`` and ``dropped`` are tokens. ``over_limit`` are sentences that need more than one
    window, ``entities_cut`` the entities that truncation at the limit would cut or remove.
    """

    tokens: int
    pieces: int
    most_pieces: int
    unknown: int
    dropped: int
    over_limit: int
    entities_cut: int


@dataclass(frozen=True, slots=True)
class TokenizerFigures:
    """The word pieces of a corpus; ``capacity`` is how many of text a window holds."""

    name: str
    max_length: int
    capacity: int
    splits: dict[str, PieceFigures]


@dataclass(frozen=True, slots=True)
class TokenPieces:
    """What a tokenizer makes of each token that occurs: number of pieces, none, or unknown."""

    sizes: dict[str, int]
    dropped: set[str]
    unknown: set[str]
    capacity: int

    def count(self, row: Row) -> int:
        """Return how many word pieces a sentence has, without special ones."""
        return sum(self.sizes[token] for token in row.tokens)

    def count_cut(self, row: Row) -> int:
        """Return how many entities have a last token, and so its tag, behind the limit."""
        starts = list(accumulate((self.sizes[token] for token in row.tokens), initial=0))
        return sum(starts[entity.end - 1] >= self.capacity for entity in row.entities)


def count_token_pieces(corpus: CorpusRows, aligner: Aligner) -> TokenPieces:
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


def count_pieces(corpus: CorpusRows, aligner: Aligner, pieces: TokenPieces) -> TokenizerFigures:
    """Return the word pieces of each split."""
    figures = {}
    for split, rows in corpus.splits.items():
        counts = Counter(chain.from_iterable(row.tokens for row in rows))
        sizes = [pieces.count(row) for row in rows]
        long = [row for row, size in zip(rows, sizes, strict=True) if size > pieces.capacity]
        figures[split] = PieceFigures(
            tokens=counts.total(),
            pieces=sum(sizes),
            most_pieces=max(sizes, default=0),
            unknown=sum(counts[token] for token in pieces.unknown),
            dropped=sum(counts[token] for token in pieces.dropped),
            over_limit=len(long),
            entities_cut=sum(map(pieces.count_cut, long)),
        )
    name = aligner.tokenizer.name_or_path
    return TokenizerFigures(name, aligner.max_length, pieces.capacity, figures)


def find_odd_tokens(corpus: CorpusRows, pieces: TokenPieces) -> list[Finding]:
    """Find tokens that the tokenizer does not know, and those it makes no piece of."""
    locations: dict[str, list[Location]] = defaultdict(list)
    inside: Counter[str] = Counter()
    odd = pieces.unknown | pieces.dropped
    for row in corpus.rows:
        for position, token in enumerate(row.tokens):
            if token in odd:
                locations[token].append(Location(row.locate(position)))
                inside[token] += row.tags[position][0] in "BI"

    total = sum(len(row.tokens) for row in corpus.rows)
    findings = []
    for check, tokens, remedy in (
        (
            "unknown_tokens",
            pieces.unknown,
            "All of them look the same to the model. A few are usual; with more than "
            f"{100 * UNFIT_SHARE:.0f} % choose a model made for this language and script.",
        ),
        (
            "dropped_tokens",
            pieces.dropped,
            "Each becomes one unknown piece, keeps its place and gets a tag. A few need nothing; "
            f"with more than {100 * UNFIT_SHARE:.0f} % choose another model.",
        ),
    ):
        cases = []
        for token in sorted(tokens, key=lambda token: (-len(locations[token]), token)):
            where = f"{format_times(locations[token])}, {inside[token]:,} inside entities"
            cases.append(make_case(token, _name_hidden(token) + where, locations[token]))
        number, within = sum(case.count for case in cases), sum(inside[token] for token in tokens)
        part = format_part(number, total, "tokens")
        title = (
            f"{part} unknown to the tokenizer, {within:,} of them inside entities"
            if check == "unknown_tokens"
            else f"{part} of which the tokenizer makes nothing, {within:,} of them inside entities"
        )
        unfit = number >= MIN_UNFIT and number > UNFIT_SHARE * total
        findings += make_finding(check, unfit, title, remedy, cases)
    return findings


def find_long_sentences(corpus: CorpusRows, aligner: Aligner, pieces: TokenPieces) -> list[Finding]:
    """Find sentences of several windows, the longest first, and what cutting would lose."""
    sizes = [(pieces.count(row), row) for row in corpus.rows]
    long = [(size, pieces.count_cut(row), row) for size, row in sizes if size > pieces.capacity]
    long.sort(key=lambda item: -item[0])
    cases = [
        Case(
            join_tokens(row.tokens),
            f"{size:,} pieces, {len(aligner.encode(row.tokens))} windows, "
            f"{cut:,} of {format_count(len(row.entities), 'entity', 'entities')} behind the limit",
            1,
            [Location(row.location)],
        )
        for size, cut, row in long
    ]
    entities = sum(len(row.entities) for row in corpus.rows)
    return make_finding(
        "long_sentences",
        False,
        f"{format_part(len(long), len(sizes), 'sentences')} need more than one window of "
        f"{pieces.capacity:,} pieces",
        "Nothing to do: windows overlap, and every entity is learned and scored. Cut at the limit, "
        f"{format_part(sum(cut for _, cut, _ in long), entities, 'entities')} would be lost.",
        cases,
    )


def _name_hidden(token: str) -> str:
    """Return the names of characters that do not show, or nothing."""
    hidden = [character for character in token if not character.isprintable()]
    return "".join(f"{unicodedata.name(character, 'no name')}, " for character in hidden)
