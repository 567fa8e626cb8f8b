"""Splits of sentences for the checks of a corpus, and what the checks find in them."""

from dataclasses import replace

from hypothesis import strategies as st

from helpers.builders import marked, valid_tags
from msra_ner.check.run import check_sentences
from msra_ner.corpus.sentence import Sentence
from msra_ner.labels import decode_entities

SPLITS = ("train", "validation", "test")


def place(name, sentences):
    return [replace(item, location=f"{name}:{n}") for n, item in enumerate(sentences, 1)]


def make_healthy():
    """Return splits without a finding: no text and no name twice, all types in each split."""
    characters = iter(map(chr, range(0x4E00, 0x9FA5)))
    splits = {}
    for name, size in (("train", 60), ("validation", 20), ("test", 20)):
        texts = [
            "[PER 王{}{}]在[LOC {}州]的[ORG {}{}公司]工作。".format(
                *(next(characters) for _ in range(5))
            )
            for _ in range(size)
        ]
        splits[name] = place(name, map(marked, texts))
    return splits


def add_to_healthy(**sentences):
    """Return the healthy splits with more sentences, placed as ``new train:1`` and so on."""
    splits = make_healthy()
    for name, more in sentences.items():
        splits[name] = splits[name] + place(f"new {name}", more)
    return splits


def by_name(report):
    return {finding.check: finding for finding in report.findings}


def find_only(splits, check, **settings):
    """Return the only finding there is, which must be of that check."""
    report = check_sentences(splits, **settings)
    assert [finding.check for finding in report.findings] == [check]
    assert report.wrong == report.findings[0].wrong
    return report.findings[0]


def list_locations(case):
    return [location.location for location in case.locations]


@st.composite
def corpora(draw):
    """Splits of short sentences over few characters, so that texts and entities come again."""
    splits = {}
    for name in SPLITS[: draw(st.integers(1, 3))]:
        splits[name] = []
        for number in range(draw(st.integers(0, 5))):
            tags = draw(valid_tags())
            tokens = draw(st.lists(st.sampled_from("甲乙"), min_size=len(tags), max_size=len(tags)))
            splits[name].append(Sentence(tokens, tags, f"{name}:{number + 1}"))
    return splits


def list_mentions(sentences):
    return [
        ("".join(item.tokens[entity.start : entity.end]), entity.type)
        for item in sentences
        for entity in decode_entities(item.tags)
    ]


def list_texts(report, check):
    return {case.text for case in report[check].cases} if check in report else set()
