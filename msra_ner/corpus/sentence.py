"""A sentence with its tags, and rules that hold for any tokens and sentences."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from msra_ner.corpus.lines import shorten
from msra_ner.errors import CorpusError
from msra_ner.labels import is_open, label_list, list_annotated, parse_tag


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: tokens and as many tags.

    Such as ``Sentence(["李", "娜", "到"], ["B-PER", "I-PER", "O"], "train/sentences.txt:7")``.

    Attributes:
        tokens: The tokens; in MSRA one character each.
        tags: The tag of each token; IOB2, except where a reader of a format says otherwise.
        location: File and line, for messages; it plays no part in comparisons.
    """

    tokens: list[str]
    tags: list[str]
    location: str = field(default="", compare=False)


def collect_labels(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """Return the label list that the tags of sentences need, types in alphabetical order."""
    return label_list(sorted(collect_types(set().union(*(row.tags for row in sentences)))))


def collect_types(tags: Iterable[str]) -> set[str]:
    """Return the types of IOB2 tags, those that open tags rule out among them.

    >>> sorted(collect_types(["B-PER", "?-PER,LOC", "?"]))
    ['LOC', 'PER']
    """
    types: set[str] = set()
    for tag in tags:
        types.update(list_annotated(tag) if is_open(tag) else {parse_tag(tag).type})
    return types - {""}


def check_writable(
    sentence: Sentence, index: int, marks: str, format: str, allowed: str | None = None
) -> None:
    """Refuse a sentence that cannot be written into a format of a token a line, or an item.

    The index is for the message where the sentence has no location. ``marks`` are the characters
    that end a token in the format; the token ``allowed`` may be one.

    Raises:
        CorpusError: It has no token or not one tag a token, or a token is empty or has a mark.
    """
    where = sentence.location or f"sentence {index}"
    if not len(sentence.tokens) == len(sentence.tags) > 0:
        raise CorpusError(
            f"{where}: found {len(sentence.tokens)} tokens and {len(sentence.tags)} tags, expected "
            "one tag a token and at least one token; leave the sentence out, or add what is missing"
        )
    for token in sentence.tokens:
        if not token or (token != allowed and any(mark in token for mark in marks)):
            raise CorpusError(
                f"{where}: found the token {shorten(token)}, expected no empty token, space, NUL "
                f"or line end; {format} cannot hold it, so change or join the token"
            )


def is_of_characters(tokens: Iterable[str]) -> bool:
    """Return whether tokens are characters, not words.

    Most tokens decide, not all: one "2008" among the characters does not make a corpus of words.

    >>> is_of_characters(["于", "2008", "年"]), is_of_characters(["New", "York"])
    (True, False)
    """
    counts = Counter(len(token) == 1 for token in tokens)
    return counts[True] >= counts[False]


def join_tokens(tokens: Iterable[str], *, by_character: bool | None = None) -> str:
    """Return tokens as text: characters side by side, words with a space between them.

    Without ``by_character`` the tokens themselves tell which they are.

    >>> join_tokens(["New", "York"], by_character=False)
    'New York'
    """
    if by_character is None:
        tokens = list(tokens)
        by_character = is_of_characters(tokens)
    return ("" if by_character else " ").join(tokens)
