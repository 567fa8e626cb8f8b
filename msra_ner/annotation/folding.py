"""Writing that differs and means the same: full and half width, traditional and simplified."""

from functools import lru_cache
from typing import Any

FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}


def fold(text: str) -> str:
    """Return a text in half width and simplified characters, as many as before.

    A character that stands for two simplified ones, or for none, stays as it is.

    >>> fold("ＩＢＭ臺灣分公司")
    'IBM台湾分公司'
    """
    return "".join(map(_fold_character, text))


@lru_cache(maxsize=65536)
def _fold_character(character: str) -> str:
    character = FULL_WIDTH.get(ord(character), character)
    simple: str = character if character.isascii() else _simplifier().convert(character)
    return simple if len(simple) == 1 else character


@lru_cache(maxsize=1)
def _simplifier() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
