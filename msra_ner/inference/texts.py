"""Texts from anything that holds them: checked one by one, and cut into chunks for batching."""

import math
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

from msra_ner.corpus import is_text
from msra_ner.errors import ArgumentsError

EXPECTED = (
    "expected a str or an iterable of str: a list, a generator, a numpy array, a pandas Series, "
    "a column of a dataset"
)


def check_texts(texts: Any) -> Iterator[str]:
    """Yield the texts of an iterable with a fixed order, each as soon as it is asked for.

    Raises:
        ArgumentsError: It is not such an iterable, or an element is not a text; the message has its
            index.
    """
    found = f"texts: found {type(texts).__name__}"
    # A table of pandas yields the names of its columns, a mapping its keys: texts, but wrong ones.
    table = any(hasattr(texts, name) for name in ("columns", "column_names"))
    if table or isinstance(texts, Mapping):
        raise ArgumentsError(f"{found}, {EXPECTED}. Give one column of it.")
    if isinstance(texts, Set):
        raise ArgumentsError(f"{found}, which has no order, {EXPECTED}.")
    if isinstance(texts, bytes | bytearray):
        raise ArgumentsError(f"{found}, {EXPECTED}. Decode it first.")
    try:
        iterator = iter(texts)
    except TypeError as error:
        raise ArgumentsError(f"{found}, {EXPECTED}.") from error
    return _check_each(iterator)


def _check_each(iterator: Iterator[Any]) -> Iterator[str]:
    for index, text in enumerate(iterator):
        if not isinstance(text, str):
            shown = "a missing value" if _is_missing(text) else type(text).__name__
            raise ArgumentsError(
                f"texts: found {shown} at index {index}, expected a str. Fill or leave out what is "
                'missing (in pandas: fillna("")), or give the column that holds the texts.'
            )
        if not is_text(text):
            position = [is_text(character) for character in text].index(False)
            raise ArgumentsError(
                f"texts: found half of a surrogate pair at index {index}, character {position}, "
                "expected whole characters. Decode the text again, or remove it."
            )
        yield text


def _is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN or pandas' NA, which needs no pandas here."""
    is_nan = isinstance(value, float) and math.isnan(value)
    return value is None or is_nan or type(value).__name__ in ("NAType", "NaTType")


def cut_chunks(texts: Iterable[str], characters: int, count: int) -> Iterator[list[str]]:
    """Yield texts in lists that end with the text that fills them with characters or texts."""
    chunk: list[str] = []
    size = 0
    for text in texts:
        chunk.append(text)
        size += len(text)
        if size >= characters or len(chunk) >= count:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
