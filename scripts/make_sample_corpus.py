"""Write the sample corpus: invented Chinese news sentences with their entity tags.

The sentences come from the frames in ``sample_material.py``. A slot that stands for an entity
is filled with a name put together from parts, and the tags follow from the slots, so text and
tags cannot disagree. The same seed always gives the same bytes.

Every name belongs to one split only (see ``owner``): no entity of the val or test split occurs
as an entity in train. The characters of those names do occur there, in names of the same type.

Conventions of the tags:

* One token is one character; the scheme is IOB2 with PER, ORG and LOC.
* The longest name counts: a hospital of a university or a ministry of a country is one ORG.
  Steps of an address (province, city, county) are one LOC each, side by side.
* Titles and ranks stay outside of a person; a surname before a title is a PER by itself.
* One-character short forms of countries and provinces are one LOC each.
* Buildings, streets, parks, ports and bridges are LOC; clubs, national teams, newspapers and
  military units are ORG. A newspaper between title marks is tagged without the marks.
* Names inside laws, works, products, languages, dishes and awards are not tagged.
"""

import argparse
import random
import re
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import sample_material as material

DEFAULT_OUTPUT_DIR = Path(__file__).resolve().parent.parent / "msra_ner" / "corpus" / "sample"
DEFAULT_SEED = 2006
SPLIT_SIZES = {"train": 3000, "val": 400, "test": 400}
ENTITY_TYPES = ("PER", "ORG", "LOC")

# Shares of the sentences.
PLAIN_SHARE = 0.13
WHOLE_SHARE = 0.16
TEST_ONLY_SHARE = 0.16
HALF_WIDTH_SHARE = 0.15
DATELINE_SHARE = 0.14

# Of 100 names by their checksum: below the first limit train, below the second val, else test.
TRAIN_LIMIT = 76
VAL_LIMIT = 88

# How lists of real names are dealt out, name by name, so that every split gets some of each.
DEAL = ("train", "train", "train", "val", "train", "train", "test", "train")

# A long list is extended until it is longer than this, so that entities lie beyond 512.
LONG_LENGTH = 580

# After so many names that do not fit, a sentence is given up.
MAX_DRAWS = 2_000

# The topics that have correspondents abroad.
FOREIGN_TOPICS = frozenset({"diplomacy", "world"})

SLOT = re.compile(r"\{(\w+)\}")
NAME_PART = re.compile(r"<(\w+)>")
# No name repeats one of its parts.
REPEATED_PART = re.compile(r"(..)·?\1")
# No place or organisation has a character twice in a row, two words for water or for mountains
# side by side, or a common word in its name.
AWKWARD_NAME = re.compile(
    r"(?![齐０-９Ａ-Ｚａ-ｚ])(.)\1|[江河湖溪川][江河湖溪]|[山岭岗][山岭峰]|高兴|[上下][台山田]"
)

TO_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
# Letters, digits, the decimal point, the per cent sign and the hyphen; other punctuation stays.
TO_HALF_WIDTH = {
    code + 0xFEE0: code for code in range(0x21, 0x7F) if chr(code).isalnum() or chr(code) in ".%-"
}


class Sentence(NamedTuple):
    """The characters of a sentence and one tag for each."""

    characters: str
    tags: tuple[str, ...]


def full_width(text: str) -> str:
    """Return the text with its ASCII characters in full width, as newspapers set them."""
    return text.translate(TO_FULL_WIDTH)


def _integer(low: int, high: int) -> Callable[[random.Random], str]:
    """Return a slot that draws a whole number between two limits."""
    return lambda rng: full_width(str(rng.randint(low, high)))


def _date(rng: random.Random) -> str:
    """Return a month and a day."""
    return full_width(f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日")


def _year(rng: random.Random) -> str:
    """Return a year, now and then in Chinese numerals."""
    digits = str(rng.randint(1950, 2004))
    if rng.random() < 0.15:
        return digits.translate(str.maketrans("0123456789", "○一二三四五六七八九")) + "年"
    return full_width(digits) + "年"


def _amount(rng: random.Random) -> str:
    """Return a number of two to four digits."""
    number = rng.choice((rng.randint(12, 99), rng.randint(100, 999), rng.randint(11, 99) * 100))
    return full_width(str(number))


def _money(rng: random.Random) -> str:
    """Return a sum of money."""
    unit = rng.choice(("万元", "万元", "亿元", "多万元", "万美元", "亿美元", "万欧元"))
    number = f"{rng.uniform(1, 60):.1f}" if unit.startswith("亿") else str(rng.randint(3, 980))
    return full_width(number) + unit


def _percentage(rng: random.Random) -> str:
    """Return a percentage in digits or in words."""
    if rng.random() < 0.2:
        return "百分之" + rng.choice(("三", "五", "八", "十二", "十五", "二十", "三十六"))
    return full_width(f"{rng.uniform(0.5, 60):.1f}%")


def _score(rng: random.Random) -> str:
    """Return the result of a match that the side named first has won."""
    if rng.random() < 0.25:
        return rng.choice(("二比一", "三比零", "一比零", "三比二", "二比零"))
    lost = rng.randint(0, 3)
    return full_width(f"{lost + rng.randint(1, 3)}∶{lost}")


def _seconds(rng: random.Random) -> str:
    """Return the time of a race or the points of a jump."""
    if rng.random() < 0.3:
        return full_width(f"{rng.uniform(8.5, 9.9):.3f}") + "分"
    return full_width(f"{rng.randint(1, 15)}分{rng.randint(10, 59)}秒{rng.randint(10, 99)}")


def _temperatures(low: int, high: int) -> Callable[[random.Random], str]:
    """Return a slot that draws a range of temperatures whose lower end lies between the limits."""

    def degrees(value: int) -> str:
        return ("零下" if value < 0 else "") + full_width(str(abs(value)))

    def draw(rng: random.Random) -> str:
        coldest = rng.randint(low, high)
        return f"{degrees(coldest)}～{degrees(coldest + rng.randint(3, 9))}℃"

    return draw


def _lifetime(rng: random.Random) -> str:
    """Return the years of a life."""
    born = rng.randint(1895, 1945)
    return full_width(f"{born}—{born + rng.randint(40, 58)}")


NUMBER_SLOTS: dict[str, Callable[[random.Random], str]] = {
    "num": _amount,
    "small": _integer(11, 99),
    "few": _integer(3, 18),
    "dd": _integer(1, 28),
    "minute": _integer(1, 90),
    "youth": _integer(5, 17),
    "teen": _integer(15, 19),
    "age": _integer(51, 96),
    "decimal": lambda rng: full_width(f"0.{rng.randint(11, 75)}"),
    "magnitude": lambda rng: full_width(f"{rng.uniform(4.5, 7.4):.1f}"),
    "n": lambda rng: rng.choice(("三", "四", "五", "六", "七", "八", "九", "十", "十二", "十五")),
    "date": _date,
    "year": _year,
    "nextyear": lambda rng: rng.choice(("明年", "明年", "２００８年", "２０１０年")),
    "lifetime": _lifetime,
    "money": _money,
    "sum": lambda rng: full_width(str(rng.randint(3, 980))) + "万元",
    "pct": _percentage,
    "rate": lambda rng: full_width(f"{rng.uniform(0.5, 12):.1f}%"),
    "score": _score,
    "draw": lambda rng: rng.choice(("一比一", "二比二", "零比零", full_width("1∶1"))),
    "seconds": _seconds,
    "mild": _temperatures(4, 26),
    "cold": _temperatures(-19, -4),
    "price": lambda rng: full_width(f"{rng.randint(8, 98)}00"),
    "code": lambda rng: full_width(f"{rng.randint(100000, 659999)}"),
    "phone": lambda rng: full_width(f"0{rng.randint(10, 99)}-{rng.randint(6000000, 8999999)}"),
}


def _fixed_owners() -> dict[str, str]:
    """Return the names whose split does not hang on their checksum, and that split."""
    owners: dict[str, str] = {}
    for table in material.ASSIGNED_NAMES:
        for split, names in table.items():
            owners.update(dict.fromkeys(names, split))
    for names in material.DEALT_NAMES:
        for position, name in enumerate(names):
            owners.setdefault(name, DEAL[position % len(DEAL)])
    return owners


FIXED_OWNERS = _fixed_owners()


def bare(name: str) -> str:
    """Return the name of a city or province without the character that says what it is."""
    return name.removesuffix("省").removesuffix("市")


def owner(name: str) -> str:
    """Return the only split in which a name may be an entity.

    Real names are dealt out list by list; for all others a checksum decides. So the answer
    depends on nothing but the name, whatever the seed. A city and a province have one owner, with
    or without their last character.
    """
    name = bare(name)
    if name in FIXED_OWNERS:
        return FIXED_OWNERS[name]
    bucket = zlib.crc32(name.encode("utf-8")) % 100
    if bucket < TRAIN_LIMIT:
        return "train"
    return "val" if bucket < VAL_LIMIT else "test"


def draw_name(rng: random.Random, kind: str) -> str:
    """Put together a name of the given kind from its parts."""
    alternatives = material.NAME_GRAMMAR[kind]
    if kind in material.RANKED_NAMES:
        pattern = alternatives[int(len(alternatives) * rng.random() ** 1.6)]
    else:
        pattern = rng.choice(alternatives)
    return NAME_PART.sub(lambda match: draw_name(rng, match[1]), pattern)


class NameShortageError(Exception):
    """A split has no further name of the kind that a sentence asks for."""


class SentenceMaker:
    """Fill frames with names of one split.

    ``known`` holds, by entity type, the characters that names may consist of; None leaves them
    free and is meant for train.
    """

    def __init__(
        self, rng: random.Random, split: str, known: dict[str, set[str]] | None = None
    ) -> None:
        """Set the source of chance and the split whose names to use."""
        self._rng = rng
        self._split = split
        self._known = known
        self._characters: list[str] = []
        self._tags: list[str] = []
        self._used: set[str] = set()

    def make(self, frame: str) -> Sentence:
        """Return a sentence of the given frame."""
        self._start()
        self._expand(frame)
        return self._finish()

    def make_long(self, opening: str, item: str) -> Sentence:
        """Return a long list: the opening, then items until it is long enough."""
        self._start()
        self._expand(opening + item)
        while len(self._characters) <= LONG_LENGTH:
            self._expand("、" + item)
        self._expand("。")
        return self._finish()

    def _start(self) -> None:
        """Forget the sentence before."""
        self._characters = []
        self._tags = []
        self._used = set()

    def _finish(self) -> Sentence:
        """Return what was put together, with its figures and letters in half width at times."""
        text = "".join(self._characters)
        if self._rng.random() < HALF_WIDTH_SHARE:
            text = text.translate(TO_HALF_WIDTH)
        return Sentence(text, tuple(self._tags))

    def _expand(self, frame: str) -> None:
        """Append a frame, its slots filled in."""
        end = 0
        for slot in SLOT.finditer(frame):
            self._append(frame[end : slot.start()])
            self._fill(slot[1])
            end = slot.end()
        self._append(frame[end:])

    def _fill(self, slot: str) -> None:
        """Append the text of one slot."""
        if slot in material.SLOT_LABELS:
            label = material.SLOT_LABELS[slot]
            self._append(self._draw_entity(slot, label), label)
        elif slot in NUMBER_SLOTS:
            self._append(NUMBER_SLOTS[slot](self._rng))
        else:
            self._expand(self._draw_phrase(slot))

    def _append(self, text: str, label: str | None = None) -> None:
        """Append text, as an entity if it has a label."""
        self._characters.extend(text)
        if label is None:
            self._tags.extend("O" * len(text))
        else:
            self._tags.extend([f"B-{label}"] + [f"I-{label}"] * (len(text) - 1))

    def _draw_entity(self, kind: str, label: str) -> str:
        """Return a name of this split that the sentence does not have yet."""
        for _ in range(MAX_DRAWS):
            name = draw_name(self._rng, kind)
            if self._fits(name, label):
                self._used.add(bare(name))
                return name
        raise NameShortageError(f"no name of kind {kind} is left for the {self._split} split")

    def _fits(self, name: str, label: str) -> bool:
        """Tell whether a drawn name may stand in the sentence."""
        if owner(name) != self._split or bare(name) in self._used:
            return False
        if self._known is not None and not self._known[label].issuperset(name):
            return False
        if REPEATED_PART.search(name):
            return False
        if label == "PER":
            return name not in material.NOT_PERSONS and name not in FIXED_OWNERS
        return AWKWARD_NAME.search(name) is None

    def _draw_phrase(self, slot: str) -> str:
        """Return an alternative of a phrase, if possible one the sentence does not have yet."""
        alternatives = material.PHRASES[slot]
        fresh = [phrase for phrase in alternatives if "{" in phrase or phrase not in self._used]
        phrase = self._rng.choice(fresh or alternatives)
        self._used.add(phrase)
        return phrase


def choose_frame(rng: random.Random, split: str) -> str:
    """Return the frame of a sentence: plain, of another shape, or a lead with follow-ups."""
    test_only = split == "test" and rng.random() < TEST_ONLY_SHARE
    draw = rng.random()
    if draw < PLAIN_SHARE:
        return rng.choice(material.TEST_PLAIN) if test_only else _plain_frame(rng)
    if draw < PLAIN_SHARE + WHOLE_SHARE:
        return rng.choice(material.TEST_WHOLE if test_only else material.WHOLE)
    return _topic_frame(rng, material.TEST_LEADS if test_only else material.LEADS)


def _plain_frame(rng: random.Random) -> str:
    """Return the frame of a sentence without entities."""
    if rng.random() < 0.2:
        return rng.choice(material.PLAIN_WHOLE)
    subject, lead = _choose_lead(rng, material.PLAIN_LEADS)
    ends = rng.sample(material.PLAIN_ENDS[subject], k=rng.choice((0, 1, 1)))
    return "，".join((lead, *ends)) + "。"


def _topic_frame(rng: random.Random, leads: dict[str, tuple[str, ...]]) -> str:
    """Return a lead, perhaps behind a dateline, with up to two follow-ups on its topic.

    A dateline names the day, so what comes after it does not name another one.
    """
    topic, frame = _choose_lead(rng, leads)
    for follow in rng.sample(material.FOLLOWS[topic], k=rng.choice((0, 1, 1, 1, 2))):
        frame += rng.choice(("，", "，", "。")) + follow
    if rng.random() < DATELINE_SHARE:
        dateline = "{foreign_dateline}" if topic in FOREIGN_TOPICS else "{dateline}"
        frame = dateline + frame.replace("{time}", "{recent}")
    return _close_quotations(frame + "。")


def _choose_lead(rng: random.Random, leads: dict[str, tuple[str, ...]]) -> tuple[str, str]:
    """Return one of all leads, with its topic."""
    return rng.choice([(topic, lead) for topic, group in leads.items() for lead in group])


def _close_quotations(frame: str) -> str:
    """Put the full stop of a quoted sentence inside the quotation marks."""
    return frame.replace("{quote}”，", "{quote}。”").replace("{quote}”。", "{quote}。”")


def known_characters(sentences: Iterable[Sentence]) -> dict[str, set[str]]:
    """Return the characters inside the entities of each type, in full width."""
    known: dict[str, set[str]] = {label: set() for label in ENTITY_TYPES}
    for sentence in sentences:
        for character, tag in zip(sentence.characters, sentence.tags, strict=True):
            if tag != "O":
                known[tag[2:]].add(full_width(character))
    return known


def build_split(
    rng: random.Random, split: str, known: dict[str, set[str]] | None, taken: set[str]
) -> list[Sentence]:
    """Return the sentences of a split, none of them in ``taken``, to which they are added."""
    maker = SentenceMaker(rng, split, known)
    long_lists = [maker.make_long(*parts) for parts in material.LONG_LISTS[split]]
    sentences: list[Sentence] = []
    while len(sentences) < SPLIT_SIZES[split] - len(long_lists):
        try:
            sentence = maker.make(choose_frame(rng, split))
        except NameShortageError:
            continue
        if sentence.characters not in taken:
            taken.add(sentence.characters)
            sentences.append(sentence)
    for sentence in long_lists:
        sentences.insert(rng.randrange(len(sentences)), sentence)
    return sentences


def build_corpus(seed: int = DEFAULT_SEED) -> dict[str, list[Sentence]]:
    """Return the sentences of all splits."""
    rng = random.Random(seed)
    taken: set[str] = set()
    train = build_split(rng, "train", None, taken)
    known = known_characters(train)
    return {
        "train": train,
        "val": build_split(rng, "val", known, taken),
        "test": build_split(rng, "test", known, taken),
    }


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines that each end in a line feed, on every system."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def write_corpus(output_dir: Path, seed: int = DEFAULT_SEED) -> dict[str, list[Sentence]]:
    """Write the corpus below a folder and return it."""
    corpus = build_corpus(seed)
    for split, sentences in corpus.items():
        folder = output_dir / split
        folder.mkdir(parents=True, exist_ok=True)
        _write_lines(folder / "sentences.txt", (" ".join(one.characters) for one in sentences))
        _write_lines(folder / "tags.txt", (" ".join(one.tags) for one in sentences))
    tag_names = ["O", *(f"{mark}-{label}" for label in ENTITY_TYPES for mark in "BI")]
    _write_lines(output_dir / "tags.txt", tag_names)
    return corpus


def main() -> None:
    """Write the corpus as the command line asks and print its size."""
    parser = argparse.ArgumentParser(description="Write the sample corpus.")
    parser.add_argument("--output_dir", type=Path, default=DEFAULT_OUTPUT_DIR)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    arguments = parser.parse_args()
    for split, sentences in write_corpus(arguments.output_dir, arguments.seed).items():
        entities = sum(tag.startswith("B-") for one in sentences for tag in one.tags)
        print(f"{split}: {len(sentences)} sentences, {entities} entities")


if __name__ == "__main__":
    main()
