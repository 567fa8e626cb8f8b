"""What some corpora add to every token: its position in its word, or the name of its language."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msra_ner.corpus.lines import refuse

# A character and its position in its word, in digits.
_POSITION = re.compile(r"(.+?)([0-9]{1,2})")
_PREFIX = re.compile(r"([a-z]{2,3}(?:-[a-z]+)?:).+")
# So many different tokens with one prefix are no words that happen to begin alike.
_MIN_TOKENS_WITH_PREFIX = 5
# A token without the mark is a mistake that is refused, where nearly all have it.
_MIN_SHARE = 0.9


@dataclass(frozen=True)
class TokenMark:
    """Something that is written at every token of a file and is not part of it.

    Attributes:
        pattern: Matches a token; its first group is the token without the mark.
        name: What it is, for messages.
    """

    pattern: re.Pattern[str]
    name: str

    def remove(self, location: str, token: str) -> str:
        """Return a token without the mark.

        Raises:
            CorpusError: The token does not have it.
        """
        match = self.pattern.fullmatch(token)
        if match is None:
            refuse(
                location,
                f"the token {token!r} without {self.name}, which those before it have",
                "it at every token, or at none",
                "correct it, or give --word_positions keep",
            )
        return match[1]


def find_mark(sentences: Iterable[Sequence[str]]) -> TokenMark | None:
    """Return what all tokens of the first sentences of a file carry, if there is something.

    Source:
        The second release of Weibo NER (Peng and Dredze, 2015; He and Sun, 2016) counts the
        characters of each word from 0; WikiANN (Pan et al., 2017) writes the language before each
        token (``zh:周``).
    """
    sentences = list(sentences)
    least = _MIN_SHARE * sum(map(len, sentences))
    fitting, inside = _count_positions(sentences)
    if inside > 1 and fitting >= least:
        return TokenMark(_POSITION, "the position in its word")
    tokens = [token for sentence in sentences for token in sentence]
    prefixes = Counter(match[1] for token in tokens if (match := _PREFIX.fullmatch(token)))
    for prefix, count in prefixes.most_common(1):
        if count >= least and len(set(tokens)) >= _MIN_TOKENS_WITH_PREFIX:
            return TokenMark(re.compile(re.escape(prefix) + "(.+)"), f"the prefix {prefix!r}")
    return None


def _count_positions(sentences: Iterable[Sequence[str]]) -> tuple[int, int]:
    """Return how many tokens end in the position that may follow the one before, or in 0.

    The second number counts those of them that are not the first of their word.
    """
    fitting = inside = 0
    for sentence in sentences:
        previous = -1
        for token in sentence:
            match = _POSITION.fullmatch(token)
            if match and int(match[2]) in (0, previous + 1):
                previous = int(match[2])
                fitting += 1
                inside += previous > 0
            else:
                previous = -1
    return fitting, inside
