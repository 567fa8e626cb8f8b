"""Small corpora for tests: sentences, corpus folders, raw two-column files, random tags."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies as st

from msra_ner.corpus.formats.catalogue import FORMATS
from msra_ner.corpus.formats.pair import TAGS_FILE, write_pair
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.sentence import Sentence, collect_labels
from msra_ner.corpus.split import open_split
from msra_ner.corpus.split_names import RAW_TEST_FILE, RAW_TRAIN_FILE
from msra_ner.labels import Entity, encode_entities

# How every property test runs: no limit of time, and nothing kept between runs.
# The sessions of nox draw fewer examples, since they ask about versions; `make torture` many more.
EXAMPLES = int(os.environ.get("MSRA_NER_EXAMPLES", "100"))
PROPERTY = settings(
    deadline=None,
    max_examples=EXAMPLES,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def examples(percent: int) -> settings:
    """Return what is drawn for a property whose examples take longer, or less long, than others."""
    return settings(PROPERTY, max_examples=max(1, EXAMPLES * percent // 100))


TYPES = ("PER", "ORG", "LOC", "GEO-POL")


def marked(text: str) -> Sentence:
    """Return the sentence of a text with entities in brackets, one character a token.

    >>> marked("[PER 李娜]到[LOC 巴黎]").tags
    ['B-PER', 'I-PER', 'O', 'B-LOC', 'I-LOC']
    """
    tokens: list[str] = []
    entities = []
    for entity_type, inside, outside in re.findall(r"\[(\w+) ([^\]]+)\]|([^\[\]])", text):
        start = len(tokens)
        tokens += inside or outside
        if entity_type:
            entities.append(Entity(start, len(tokens), entity_type))
    return Sentence(tokens, encode_entities(entities, len(tokens)))


EXAMPLE_SENTENCES: list[Sentence] = [
    marked("[PER 王海燕]昨天从[LOC 北京]飞往[LOC 巴黎]，出席[ORG 联合国教科文组织]的会议。"),
    marked("[ORG 清华大学]校长[PER 陈志远]会见了来访的[LOC 德国]客人。"),
    marked("据[ORG 新华社][LOC 上海]三月五日电，今年春茶比去年早上市十天。"),
    marked("[LOC 黄河]水位上涨，沿岸村民已全部转移。"),
    marked("“这条路我走了三十年。”老支书[PER 赵德福]说。"),
    marked("[ORG 国家统计局]公布，一季度粮食产量增长4.2%。"),
    marked("[PER 李明]、[PER 周晓兰]和[PER 孙伟]代表[ORG 广东队]参加了决赛。"),
    marked("比赛在雨中进行，双方都没有进球。"),
    marked("[LOC 中]、[LOC 美]两国在[LOC 日内瓦]签署了贸易协定。"),
    marked("[ORG 中国人民银行]行长[PER 吴建平]在[LOC 香港]答记者问。"),
    marked("他在[LOC 云南省大理市]的一所小学教了12年书。"),
    marked("[ORG 红十字会]向[LOC 四川]灾区运送帐篷1200顶、药品30吨。"),
    marked("作家[PER 林语秋]的新书《远山》由[ORG 人民文学出版社]出版。"),
    marked("天气预报说，明天多云转晴。"),
    marked("[PER 张]教授认为，[LOC 长江]流域的气候正在变暖。"),
    marked("[ORG 北京大学][PER 刘思源]获得一等奖。"),
]


def read_format(
    format: str, path: Path, labels: Sequence[str] | None = None, **options: Any
) -> list[Sentence]:
    """Return the sentences of a split in a format, tags as IOB2."""
    return list(open_split(path, FORMATS[format], ReadOptions(**options)).sentences(labels))


def read_pair(folder: Path, **options: Any) -> list[Sentence]:
    """Return the sentences of a folder with ``sentences.txt`` and ``tags.txt``."""
    return read_format("pair", folder, **options)


def read_columns(path: Path, **options: Any) -> list[Sentence]:
    """Return the sentences of a column file."""
    return read_format("columns", path, **options)


def write_corpus(folder: Path, splits: Mapping[str, Sequence[Sentence]]) -> Path:
    """Write a corpus folder (a folder a split, and ``tags.txt``) and return it."""
    for name, sentences in splits.items():
        (folder / name).mkdir(parents=True)
        write_pair(folder / name, sentences)
    labels = collect_labels(sentence for split in splits.values() for sentence in split)
    (folder / TAGS_FILE).write_bytes("".join(f"{label}\n" for label in labels).encode())
    return folder


def write_columns(path: Path, sentences: Sequence[Sentence]) -> Path:
    """Write a raw two-column file (token TAB tag, a blank line after each sentence)."""
    blocks = (
        "".join(
            f"{token}\t{tag}\n" for token, tag in zip(sentence.tokens, sentence.tags, strict=True)
        )
        for sentence in sentences
    )
    path.write_bytes("".join(f"{block}\n" for block in blocks).encode())
    return path


def write_raw(folder: Path, train: Sequence[Sentence], test: Sequence[Sentence]) -> Path:
    """Write the two raw files from which ``prepare`` starts into a new folder and return it."""
    folder.mkdir(parents=True)
    write_columns(folder / RAW_TRAIN_FILE, train)
    write_columns(folder / RAW_TEST_FILE, test)
    return folder


def write_lines(folder: Path, sentences: str | bytes, tags: str | bytes) -> Path:
    """Write the two files of a split as given, with whatever is wrong in them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("sentences.txt", sentences), ("tags.txt", tags)):
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)
    return folder


def msra_folder() -> Path:
    """Return the folder of the real corpus, or skip the test: the corpus is not distributed."""
    folder = Path(__file__).parents[3] / "shared" / "data" / "msra"
    if not folder.is_dir():
        pytest.skip(f"needs the MSRA corpus in {folder}")
    return folder


def any_tags() -> st.SearchStrategy[list[str]]:
    """Tags of a sentence in any order, stray I- tags included."""
    tags = ["O", *(f"{prefix}-{entity_type}" for entity_type in TYPES for prefix in "BI")]
    return st.lists(st.sampled_from(tags), max_size=15)


@st.composite
def valid_tags(draw: st.DrawFn) -> list[str]:
    """Tags of a sentence in valid IOB2, put together from whole entities."""
    tags: list[str] = []
    for entity_type in draw(st.lists(st.sampled_from([None, *TYPES]), max_size=6)):
        length = draw(st.integers(1, 3))
        if entity_type is None:
            tags += ["O"] * length
        else:
            tags += [f"B-{entity_type}", *[f"I-{entity_type}"] * (length - 1)]
    return tags


# Longer than two windows of the tiny encoder: its name list goes over every border.
LONG_SENTENCE = marked("出席的有" + "、".join(["[PER 王海燕]", "[PER 陈志远]"] * 60) + "等同志。")
