"""Checks of tokens against a tokenizer: what it drops, does not know, or cuts."""

import unicodedata
from collections import Counter, defaultdict

from msra_ner.check.figures import (
    CorpusRows,
    TokenPieces,
)
from msra_ner.check.findings import (
    Case,
    Finding,
    Location,
    counted,
    joined,
    make_finding,
    share,
)
from msra_ner.dataset import Aligner
from msra_ner.labels import OUTSIDE

# With more of its tokens unknown, a corpus is not what the tokenizer was made for.
UNFIT_SHARE = 0.05


def find_odd_tokens(corpus: CorpusRows, pieces: TokenPieces) -> list[Finding]:
    """Tokens that the tokenizer does not know, and those it makes nothing of."""
    locations: dict[str, list[Location]] = defaultdict(list)
    inside: Counter[str] = Counter()
    odd = pieces.unknown | pieces.dropped
    for row in corpus.rows:
        for position, token in enumerate(row.tokens):
            if token in odd:
                locations[token].append(Location(row.locate(position)))
                inside[token] += row.tags[position] != OUTSIDE

    def cases(tokens: set[str]) -> list[Case]:
        return [
            Case(
                token,
                f"{_character_names(token)}{counted(len(locations[token]), 'time')}, "
                f"{inside[token]:,} inside entities",
                len(locations[token]),
                locations[token],
            )
            for token in sorted(tokens, key=lambda token: (-len(locations[token]), token))
        ]

    total = sum(len(row.tokens) for row in corpus.rows)

    def number_of(tokens: set[str]) -> int:
        return sum(len(locations[token]) for token in tokens)

    def unfit(tokens: set[str]) -> bool:
        return number_of(tokens) > UNFIT_SHARE * total

    def title(tokens: set[str], what: str) -> str:
        number = number_of(tokens)
        entity = sum(inside[token] for token in tokens)
        return f"{share(number, total, 'tokens')} {what}, {entity:,} of them inside entities"

    return [
        *make_finding(
            "unknown_tokens",
            unfit(pieces.unknown),
            title(pieces.unknown, "unknown to the tokenizer"),
            "All of them look the same to the model. A few are usual; with more than "
            f"{100 * UNFIT_SHARE:.0f} % choose a model made for this language and script.",
            cases(pieces.unknown),
        ),
        *make_finding(
            "dropped_tokens",
            unfit(pieces.dropped),
            title(pieces.dropped, "of which the tokenizer makes nothing"),
            "Each stands as one unknown piece, keeps its place and gets a tag. A few need nothing; "
            f"with more than {100 * UNFIT_SHARE:.0f} % choose another model.",
            cases(pieces.dropped),
        ),
    ]


def _character_names(token: str) -> str:
    """Return the names of characters that do not show, or nothing."""
    hidden = [character for character in token if not character.isprintable()]
    return "".join(f"{unicodedata.name(character, 'no name')}, " for character in hidden)


def find_long_sentences(corpus: CorpusRows, aligner: Aligner, pieces: TokenPieces) -> list[Finding]:
    """Sentences of more than one window, the longest first, and what cutting them would lose."""
    sizes = [(pieces.size(row), row) for row in corpus.rows]
    long = [(size, pieces.entities_cut(row), row) for size, row in sizes if size > pieces.capacity]
    long.sort(key=lambda item: -item[0])
    cases = [
        Case(
            joined(row.tokens),
            f"{size:,} pieces, {len(aligner.encode(row.tokens))} windows, "
            f"{cut:,} of {counted(len(row.entities), 'entity', 'entities')} behind the limit",
            1,
            [Location(row.location)],
        )
        for size, cut, row in long
    ]
    entities = sum(len(row.entities) for row in corpus.rows)
    return make_finding(
        "long_sentences",
        False,
        f"{share(len(long), len(sizes), 'sentences')} need more than one window of "
        f"{pieces.capacity:,} pieces",
        "Nothing to do: windows overlap, and every entity is learned and scored. Cut at the limit, "
        f"{share(sum(cut for _, cut, _ in long), entities, 'entities')} would be lost.",
        cases,
    )
