"""Which texts of a pool come into question, and which of them are chosen."""

import heapq
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from msra_ner.annotation.selection import ChosenText, SelectionReport


class Highest:
    """The items with the highest keys, so many at most; of equal keys those that came first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._heap: list[tuple[float, int, ChosenText]] = []
        self._added = 0

    def add(self, key: float, item: ChosenText) -> None:
        """Keep an item if its key is among the highest."""
        self._added += 1
        entry = (key, -self._added, item)
        if len(self._heap) < self._size:
            heapq.heappush(self._heap, entry)
        elif self._size:
            heapq.heappushpop(self._heap, entry)

    def items(self) -> list[ChosenText]:
        """Return the items, the highest first."""
        return [item for _, _, item in sorted(self._heap, reverse=True)]


def leave_out(
    pool: Iterable[tuple[str, str]], known: set[str], report: SelectionReport
) -> Iterator[tuple[str, str]]:
    """Yield the texts that can be chosen, each once; count the others."""
    # Hashes, so that a million texts take 100 MB and not all of their characters.
    seen: set[int] = set()
    for location, text in pool:
        report.read += 1
        stripped = strip_spaces(text)
        key = hash_text(stripped)
        if not stripped:
            report.empty += 1
        elif stripped in known:
            report.annotated += 1
        elif key in seen:
            report.repeated += 1
        else:
            seen.add(key)
            yield location, text


def choose(
    drawn: list[ChosenText],
    random_count: int,
    doubted: list[ChosenText],
    known: set[str],
    similarity: float,
    report: SelectionReport,
) -> Iterator[ChosenText]:
    """Yield those that were drawn, then the most doubted that are near to nothing chosen before.

    Args:
        drawn: In the order in which they were drawn, more than are needed.
        random_count: How many of them to take.
        doubted: The most doubted first.
        known: The annotated texts, without white space.
        similarity: From here on two texts are near-duplicates.
        report: Counts those that are left out, and says how many are asked for.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import Indel

    def is_near(text: str, others: list[str]) -> bool:
        scorer = Indel.normalized_similarity
        return bool(process.extractOne(text, others, scorer=scorer, score_cutoff=similarity))

    annotated, seen, left = list(known), set[str](), report.asked
    near = list(annotated)
    # All different texts are as likely, but for those that are nearly annotated already.
    for item in drawn:
        if left == report.asked - random_count:
            break
        text = strip_spaces(item.tagged.text)
        seen.add(text)
        if is_near(text, annotated):
            report.near += 1
            continue
        near.append(text)
        left -= 1
        yield ChosenText(item.tagged, item.location, item.uncertainty, random=True)
    for item in doubted:
        text = strip_spaces(item.tagged.text)
        if not left:
            return
        if text in seen:
            continue
        if is_near(text, near):
            report.near += 1
            continue
        near.append(text)
        left -= 1
        yield item


def strip_spaces(text: str) -> str:
    """Return a text without white space, which corpora of tokens do not keep."""
    return "".join(text.split())


def hash_text(text: str, seed: int = 0) -> int:
    """Return a number that a text has with a seed, whatever stands around it."""
    return int.from_bytes(blake2b(f"{seed}\n{text}".encode(), digest_size=8).digest())
