"""Messages in the language of the user: what the commands print, translated where it is shown.

The code writes English, and so do files for machines, logs of runs and exceptions in Python.
`chinese.json` has a translation for each message; numbers and names in it are fields, {0}, {1}.
"""

import json
import os
import re
import string
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

# Those of gettext, in its order.
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
CATALOGUES = {"zh": "chinese.json"}
# A message with fields, within a message, is translated if so many of its letters are not fields:
# fewer may be a part of a name or a text.
LETTERS_OF_PART = 5
# {0} is anything, {0:,} a number.
_FIELD = re.compile(r"\{\d+((?::,)?)\}")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE_END = re.compile(r"(?<=[.?!]) (?=[A-Z'\"-])|(?<=;) ")


def find_language() -> str:
    """Return the language that the environment asks for: ``zh``, else ``en``.

    The first variable that is set decides; in a list, as ``LANGUAGE`` may have one, the first
    language that there is.
    """
    for name in VARIABLES:
        if value := os.environ.get(name):
            known = [re.split(r"[_.@-]", part)[0].casefold() for part in value.split(":")]
            return next((part for part in known if part in {"en", *CATALOGUES}), "en")
    return "en"


def translate(text: str) -> str:
    """Return a message in the language of the user; in English where nobody has translated it.

    >>> translate("Nobody has translated this.")
    'Nobody has translated this.'
    """
    catalogue = CATALOGUES.get(find_language())
    return translate_by(_read_catalogue(catalogue), text) if catalogue else text


def translate_all(texts: Iterable[str]) -> list[str]:
    """Return messages in the language of the user, such as the head of a table."""
    return [translate(text) for text in texts]


class Catalogue:
    """Messages and their translations, those with most letters before those that are mostly fields.

    Args:
        translations: From a message to its translation, both with the same fields.
    """

    def __init__(self, translations: dict[str, str]) -> None:
        self.whole = {
            read_literally(text): read_literally(found)
            for text, found in translations.items()
            if not _FIELD.search(text)
        }
        patterns = [text for text in translations if _FIELD.search(text)]
        patterns.sort(key=count_letters, reverse=True)
        self.patterns = [Pattern(text, translations[text]) for text in patterns]


class Pattern:
    """A message with fields, its translation, and the expression that finds the fields."""

    def __init__(self, text: str, translation: str) -> None:
        self.translation, self.letters = translation, count_letters(text)
        self._parts = [part for part, *_ in string.Formatter().parse(text) if part]
        self._text = text

    def find_fields(self, message: str) -> list[str] | None:
        """Return what a message has in its fields; None where it is another message."""
        if not all(part in message for part in self._parts):
            return None
        found = _compile(self._text).fullmatch(message)
        return list(found.groups()) if found else None


def translate_by(catalogue: Catalogue, text: str) -> str:
    """Return a message with its fields, and the messages in them, translated.

    What is no message of the catalogue is taken sentence by sentence; the rest stays as it is.
    """
    return _translate(catalogue, text, 0)


def _translate(catalogue: Catalogue, text: str, letters: int) -> str:
    ends = [match.start() for match in _SENTENCE_END.finditer(text)]
    # A field that ends a sentence and begins another has most likely taken two messages for one.
    found = _translate_whole(catalogue, text, letters)
    if found is not None:
        return found
    for end in reversed(ends):
        first = _translate_whole(catalogue, text[:end].removesuffix(";"), LETTERS_OF_PART)
        if first is not None:
            mark = "；" if text[end - 1] == ";" else ""
            return first + mark + _translate(catalogue, text[end + 1 :], LETTERS_OF_PART)
    found = _translate_whole(catalogue, text, letters, sentences=True)
    if found is not None:
        return found
    for end in ends:
        rest = _translate_whole(catalogue, text[end + 1 :], LETTERS_OF_PART)
        if rest is not None:
            return f"{text[: end + 1]}{rest}"
    return text


def _translate_whole(
    catalogue: Catalogue, text: str, letters: int, *, sentences: bool = False
) -> str | None:
    """Return the translation of a whole message, or None.

    Args:
        catalogue: Messages and translations.
        text: The message.
        letters: The fewest letters of its own that a message with fields may have.
        sentences: Whether the end of a sentence may stand within a field.
    """
    # A single word within a message may be the name of a file, a flag or a type.
    if text in catalogue.whole and (not letters or " " in text):
        return catalogue.whole[text]
    for pattern in catalogue.patterns:
        if pattern.letters < letters:
            break
        fields = pattern.find_fields(text)
        if fields is not None and (sentences or not any(map(_SENTENCE_END.search, fields))):
            inner = [_translate(catalogue, field, LETTERS_OF_PART) for field in fields]
            return _fill(pattern.translation, fields, inner)
    return None


def _fill(translation: str, fields: list[str], inner: list[str]) -> str:
    """Return a translation with its fields; no space between Chinese and what became Chinese."""
    filled = ""
    after_chinese = False
    for literal, name, *_ in string.Formatter().parse(translation):
        filled += (
            literal[1:] if after_chinese and re.match(r" [\u4e00-\u9fff]", literal) else literal
        )
        after_chinese = False
        if name is None:
            continue
        part = inner[int(name)]
        if part != fields[int(name)]:
            if re.search(r"[\u4e00-\u9fff，：（] $", filled) and re.match(r"[\u4e00-\u9fff]", part):
                filled = filled[:-1]
            after_chinese = bool(re.search(r"[\u4e00-\u9fff]$", part))
        filled += part
    return filled


def count_letters(text: str) -> int:
    """Return how many letters of a message are not fields."""
    return len(_LETTER.findall(text))


def read_literally(text: str) -> str:
    """Return a message without fields as it is shown: {{ and }} stand for braces."""
    return text.replace("{{", "{").replace("}}", "}")


@cache
def _compile(text: str) -> re.Pattern[str]:
    """Return what matches a message; a field may be anything, even nothing, or a number."""
    fields = {"": "(.*?)", ":,": r"(-?[\d,]+)"}
    expression = "".join(
        fields[piece] if index % 2 else re.escape(read_literally(piece))
        for index, piece in enumerate(_FIELD.split(text))
    )
    return re.compile(expression, re.DOTALL)


@cache
def _read_catalogue(name: str) -> Catalogue:
    text = files("msra_ner.wording").joinpath(name).read_text(encoding="utf-8")
    return Catalogue(json.loads(text))
