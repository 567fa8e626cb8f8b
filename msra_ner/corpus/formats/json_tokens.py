"""JSON lines of tokens with tags, as datasets of the Hub export them."""

import logging
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from msra_ner.corpus.column_names import parse_column_names
from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.formats.json_lines import (
    dump_json,
    explain_wrapped,
    find_value,
    is_list_of,
    join_keys,
    read_objects,
    show_value,
)
from msra_ner.corpus.lines import refuse
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.schemes import encode_scheme
from msra_ner.corpus.sentence import Sentence, check_writable
from msra_ner.labels import FIRST_CODE, OPEN, LabelIds, entity_types

logger = logging.getLogger(__name__)

# Codes of which it was said how they are read, with the names of the numbers beside them.
_told: set[tuple[int, tuple[str, ...]]] = set()
# The names that other tools give to one and the same thing.
TOKEN_KEYS = ("tokens", "words")
TAG_KEYS = ("ner_tags", "tags", "labels", "ner", "label")


def is_json_tokens(head: Head) -> bool:
    """Return whether the first object has tokens, or a text, and as many tags."""
    item = head.first_object or {}
    tags = find_value(item, TAG_KEYS)
    if any(key in item for key in TOKEN_KEYS):
        return tags is not None
    # A text, or the tokens under that name, with a tag for each of its characters or tokens.
    text = item.get("text")
    marked = isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)
    return marked and (isinstance(text, list) or (isinstance(text, str) and len(text) == len(tags)))


def read_json_tokens(path: Path, options: ReadOptions) -> Iterator[Sentence]:
    """Yield the sentences of objects with ``tokens`` and ``ner_tags``, tags as written.

    Tokens may be called ``words`` too, or be a list, or the characters, of ``text``.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: An object lacks one, or there is not one tag a token.
    """
    names = split_tag_names(options)
    columns = parse_column_names(options.column)
    token_keys = (columns["tokens"],) if "tokens" in columns else (*TOKEN_KEYS, "text")
    tag_keys = (columns["tags"],) if "tags" in columns else TAG_KEYS
    for location, item in read_objects(path):
        key = next((key for key in token_keys if key in item), "")
        text = item.get(key) if key not in TOKEN_KEYS else None
        tokens = list(text) if isinstance(text, str) else _list_under(location, item, token_keys)
        tags = _list_under(location, item, tag_keys)
        if len(tokens) != len(tags):
            found = f"{len(tags)} tags for {len(tokens)} tokens"
            remedy = "look for a missing or extra item in either list"
            refuse(location, found, "one tag a token", remedy)
        check_tokens(location, tokens)
        yield Sentence(tokens, [name_tag(location, tag, names) for tag in tags], location)


def _list_under(location: str, item: dict[str, Any], keys: tuple[str, ...]) -> list[Any]:
    """Return the list under the first of the keys."""
    value = find_value(item, keys)
    if not isinstance(value, list):
        found = join_keys(item)
        if value is not None:
            found = f'{show_value(value)} under "{next(key for key in keys if key in item)}"'
        expected = 'an object with "tokens" and "ner_tags", lists of the same length'
        remedy = explain_wrapped(item) or "add what is missing, or correct it"
        refuse(location, found, expected, remedy)
    return value


def check_tokens(location: str, tokens: Any) -> None:
    """Refuse values that are not tokens.

    Raises:
        CorpusError: They are not a list of at least one string, or one is empty or has a NUL.
    """
    if is_list_of(tokens, str) and tokens and "" not in tokens and "\0" not in "".join(tokens):
        return
    found = "no token"
    if not isinstance(tokens, list):
        found = f"{show_value(tokens)} for a list of tokens"
    elif tokens:
        odd = (item for item in tokens if not isinstance(item, str) or not item or "\0" in item)
        found = f"the token {show_value(next(odd))}"
    refuse(
        location,
        found,
        "at least one token, each of them a string that is not empty and has no NUL",
        "correct the tokens, or remove the sentence",
    )


def split_tag_names(options: ReadOptions) -> list[str] | None:
    """Return the tags behind numbers, as ``tag_names`` gives them."""
    names = options.tag_names
    return [name.strip() for name in names.split(",")] if names else None


def name_tag(location: str, tag: Any, names: list[str] | None) -> str:
    """Return the tag that a string, or a number with the names, means.

    Raises:
        CorpusError: It is neither, there is no name for the number, or the tag is empty.
    """
    if type(tag) is int:  # a bool is not a number
        found = f"the number {tag} for a tag"
        if names is None:
            expected = "a tag such as B-PER, or the names of the numbers"
            remedy = "give them in their order: --tag_names O,B-PER,I-PER,..."
            refuse(location, found, expected, remedy)
        name = names[tag] if 0 <= tag < len(names) else _name_open_tag(tag, tuple(names), location)
        if name is None:
            expected = f"a number from 0 to {len(names) - 1}, or -1 where nobody looked"
            refuse(location, found, expected, "correct it, or give all of --tag_names")
        tag = name
    if not isinstance(tag, str):
        refuse(location, f"the tag {show_value(tag)}", "a string or a number", "correct the tag")
    if not tag:
        refuse(location, "an empty tag", "a tag such as O or B-PER", "write O outside entities")
    return tag


def _name_open_tag(code: int, names: tuple[str, ...], location: str) -> str | None:
    """Return the open tag of a code of :class:`msra_ner.labels.LabelIds`; None for no code."""
    name = _find_open_tag(code, names)
    if name and (code, names) not in _told:
        _told.add((code, names))
        logger.warning(
            "%s: the number %d for a tag is read as %s, where nobody looked", location, code, name
        )
    return name


@lru_cache
def _find_open_tag(code: int, names: tuple[str, ...]) -> str | None:
    if code == -1:
        return OPEN
    try:
        ids = LabelIds(names)
        types = len(entity_types(names))
    except ValueError:  # of another scheme: no rows of this package
        return None
    return ids.name(code) if 0 < FIRST_CODE - code < (1 << types) - 1 else None


def write_json_tokens(path: Path, sentences: Iterable[Sentence], scheme: str = "iob2") -> None:
    """Write an object a line with ``tokens`` and ``ner_tags``.

    Raises:
        CorpusError: A sentence has no tokens, or an empty one.
    """
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for index, sentence in enumerate(sentences):
            check_writable(sentence, index, "\0", "a list of tokens")
            tags = encode_scheme(sentence.tags, scheme)
            file.write(dump_json({"tokens": sentence.tokens, "ner_tags": tags}))
