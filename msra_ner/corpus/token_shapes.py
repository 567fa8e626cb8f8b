"""Look whether what a corpus holds as tokens can be tokens."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from msra_ner.corpus.formats.token_marks import find_mark

OddKind = Literal["sentences", "numbers", "one_value", "marked"]

# Longer than any word of Chinese or Japanese; names of bodies that are longer are rare in texts.
_LONG = 8
_CHINESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
# Fewer than this prove nothing.
_MIN_TOKENS = 5
_MIN_SAME = 20


@dataclass(frozen=True, slots=True)
class OddTokens:
    """Tokens that are something else, as ``OddTokens("sentences", 11, 12, 3)``.

    Attributes:
        kind: ``sentences`` (whole ones), ``numbers`` (that count up), ``one_value`` (the same one
            everywhere) or ``marked`` (each carries the same prefix, or a position).
        number: Tokens of this kind, of so many in ``total``.
        total: All tokens.
        first: Number of the first sentence that has one, counted from 0.
    """

    kind: OddKind
    number: int
    total: int
    first: int

    @property
    def description(self) -> str:
        """What was found, as the end of a sentence that starts with the number of tokens."""
        return {
            "sentences": "are whole sentences",
            "numbers": "are numbers that count up",
            "one_value": "are one and the same",
            "marked": "carry the same mark",
        }[self.kind]


def find_odd_tokens(sentences: Sequence[Sequence[str]]) -> OddTokens | None:
    """Return what most tokens of these sentences are where they cannot be tokens, or None.

    >>> find_odd_tokens([["周敏在苏州出差。"], ["今天天气很好很暖。"]] * 3).kind
    'sentences'
    >>> find_odd_tokens([["周", "敏"]] * 30) is None
    True
    """
    sentences = [row for row in sentences if row and row[0] != "-DOCSTART-"]
    total = sum(map(len, sentences))
    if total < _MIN_TOKENS:
        return None
    tests = {
        "sentences": lambda row: sum(map(_is_sentence, row)),
        "numbers": lambda row: len(row) if len(row) > 2 and _counts_up(row) else 0,
    }
    for kind, test in tests.items():
        counts = [test(row) for row in sentences]
        number = sum(counts)
        if number >= _MIN_TOKENS and 2 * number > total:
            first = next(index for index, count in enumerate(counts) if count)
            return OddTokens(kind, number, total, first)  # type: ignore[arg-type]
    if total >= _MIN_SAME and len(set(chain.from_iterable(sentences))) == 1:
        return OddTokens("one_value", total, total, 0)
    if find_mark(sentences) is not None:
        return OddTokens("marked", total, total, 0)
    return None


def _is_sentence(token: str) -> bool:
    """Return whether a token is too long for a word, in Chinese or between spaces."""
    return len(token) >= _LONG and (
        len(_CHINESE.findall(token)) >= _LONG - 2 or len(token.split()) > 3
    )


def _counts_up(row: Sequence[str]) -> bool:
    """Return whether tokens are 0, 1, 2, ... or 1, 2, 3, ..."""
    return row[0] in ("0", "1") and all(
        token == str(number) for number, token in enumerate(row, int(row[0]))
    )
