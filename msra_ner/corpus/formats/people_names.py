"""Which words of the People's Daily corpus are one person: surname and given name stand apart.

Source: Yu Shiwen et al., 北京大学现代汉语语料库基本加工规范 (2002), on nr. Surnames and given names
of Han and of names like these are words of their own: 张/nr 仁伟/nr, 欧阳/nr 修/nr; with the
surname of a husband 陈/nr 方/nr 安生/nr. Pen names, transliterated and Japanese names are one
word, 鲁迅/nr or 小林多喜二/nr, and so is a surname with 老 or 小 before it.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

# Surnames of two characters; any single character may be a surname.
_COMPOUND = frozenset(
    "欧阳 司马 司徒 司空 上官 诸葛 东方 东郭 端木 公孙 皇甫 夏侯 尉迟 慕容 长孙 宇文 "  # noqa: SIM905
    "令狐 钟离 百里 西门 南宫 呼延 闻人 赫连 澹台 濮阳 淳于 申屠 鲜于 完颜 "
    "独孤 拓跋 轩辕 公冶 太史".split()
)
_LONGEST_GIVEN_NAME = 2


class Name(NamedTuple):
    """A word that is a person's name or a part of one, with its place in the text."""

    start: int
    end: int
    text: str
    tag: str


def join_names(words: Iterable[Name]) -> list[tuple[int, int]]:
    """Return start and end of each person.

    >>> join_names([Name(0, 1, "江", "nr"), Name(1, 3, "泽民", "nr"), Name(3, 5, "鲁迅", "nr")])
    [(0, 3), (3, 5)]
    """
    persons = []
    for run in _find_runs(list(words)):
        position = 0
        while position < len(run):
            count = _count_words(run[position:], whole=position == 0)
            persons.append((run[position].start, run[position + count - 1].end))
            position += count
    return persons


def _find_runs(words: list[Name]) -> Iterator[list[Name]]:
    """Yield the words that follow each other without a gap."""
    run = words[:1]
    for before, word in pairwise(words):
        if word.start != before.end:
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _count_words(run: list[Name], whole: bool) -> int:
    """Return how many words at the start of a run are one person."""
    if len(run) < 2 or not _is_surname(run[0]):
        return 1
    lengths = [len(word.text) for word in run]
    if whole and lengths[1:] == [1, 2] and _is_surname(run[1]) and run[2].text not in _COMPOUND:
        return 3  # a husband's surname, her own, and her given name
    is_given = len(run[1].text) <= _LONGEST_GIVEN_NAME and run[1].tag in ("nr", "nr2")
    return 2 if is_given else 1


def _is_surname(word: Name) -> bool:
    if word.tag != "nr":
        return word.tag == "nr1"
    return len(word.text) == 1 or word.text in _COMPOUND
