"""The card of a dataset: front matter that the Hub and `datasets` read, and text for people."""

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import datasets
import huggingface_hub

from msra_ner.hub.card_words import check_card_words
from msra_ner.labels import LabelIds, entity_types, is_open
from msra_ner.tables import format_table

CARD_FILE = "README.md"
DATA_FOLDER = "data"
# The official test file, by which the corpus is known.
MSRA_TEST_SENTENCES, MSRA_TEST_TOKENS = 3442, 172_601
UNKNOWN = "unknown; fill in"

# The Hub's classes of size: the first up to three digits, then one a digit.
SIZES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B")

CARD = """\
# {pretty_name}

{description} {sentences:,} sentences, whose named entities are tagged token by token in IOB2. A row
is a sentence: `id`, `tokens` and `ner_tags`, one label a token.

## Splits

{splits}

## Labels

{labels}

## Example

{example}

## How to load it

{load}

A private repository needs a token of somebody who may read it: `hf auth login`, or `HF_TOKEN`.

## Source

{source}

## Citation

{citation}

## Licence

{licence}
"""


@dataclass(frozen=True)
class CardFacts:
    """What a dataset card says beside the counts; :func:`find_card_facts` knows it for two corpora.

    Attributes:
        pretty_name: Title.
        language: ISO 639 code.
        license: The Hub's name of the licence, for example ``mit`` or ``other``.
        source: Where the text and its tags come from.
        citation: BibTeX, or a sentence in its place.
        description: Sentence the card opens with.
        license_name: Name of the licence where ``license`` is ``other``.
        terms: What the licence means for people who use or push the dataset.
    """

    pretty_name: str
    language: str
    license: str
    source: str
    citation: str
    description: str = "A corpus for named entity recognition."
    license_name: str = ""
    terms: str = ""


FACTS = {
    "msra": CardFacts(
        pretty_name="MSRA named entity recognition",
        language="zh",
        license="other",
        source="The Third International Chinese Language Processing Bakeoff (SIGHAN 2006), "
        "https://aclanthology.org/W06-0115",
        citation="""\
@inproceedings{levow2006third,
  author    = {Gina-Anne Levow},
  title     = {The Third International Chinese Language Processing Bakeoff: Word Segmentation and
               Named Entity Recognition},
  booktitle = {Proceedings of the Fifth SIGHAN Workshop on Chinese Language Processing},
  year      = {2006},
  pages     = {108--117},
  publisher = {Association for Computational Linguistics},
  url       = {https://aclanthology.org/W06-0115},
}""",
        description="The MSRA corpus of the third SIGHAN bakeoff: Chinese, a character a token.",
        license_name="msra-research-use",
        terms="For research use. The corpus may not be redistributed freely: keep the repository "
        "private unless you hold the rights to publish it.",
    ),
    "sample": CardFacts(
        pretty_name="msra-ner sample corpus",
        language="zh",
        license="mit",
        source="Sentences written for the Python package msra-ner, in the style of news.",
        citation="There is no publication to cite.",
        description="A small Chinese corpus, a character a token, with which to try things out.",
    ),
    "other": CardFacts(
        pretty_name="Named entity recognition corpus",
        language="und",
        license="unknown",
        source=UNKNOWN,
        citation=UNKNOWN,
    ),
}


@dataclass(frozen=True)
class WrittenSplit:
    """What was written of a split: rows, bytes in memory, and how often each tag occurs."""

    rows: int
    size: int
    tags: Counter[str]


def find_card_facts(kind: Literal["msra", "sample", "other"], **given: str | None) -> CardFacts:
    """Return what the card says of a corpus; what nobody knows says so, to be filled in.

    Args:
        kind: The MSRA corpus, the embedded sample, or any other corpus.
        given: Attributes of :class:`CardFacts` in place of the known ones; None changes nothing.

    Raises:
        ArgumentsError: The Hub knows no such language or licence.

    >>> find_card_facts("sample", pretty_name="Mine", source=None).pretty_name
    'Mine'
    """
    check_card_words(given.get("language"), given.get("license"))
    changes = {name: value for name, value in given.items() if value is not None}
    if "license" in changes:
        changes = {"license_name": "", "terms": ""} | changes
    return replace(FACTS[kind], **changes)


def is_msra(corpus: datasets.DatasetDict) -> bool:
    """Return whether a corpus is MSRA's, by the size of its test split, which is always whole."""
    test = corpus.get("test")
    if test is None or len(test) != MSRA_TEST_SENTENCES:
        return False
    return sum(map(len, test["tokens"])) == MSRA_TEST_TOKENS


def format_front_matter(
    card: CardFacts,
    features: datasets.Features,
    splits: Mapping[str, WrittenSplit],
    download_size: int,
) -> str:
    """Return the YAML that the Hub and `datasets` read."""
    rows = sum(split.rows for split in splits.values())
    data_files = [{"split": split, "path": f"{DATA_FOLDER}/{split}-*"} for split in splits]
    names = {str(index): name for index, name in enumerate(features["ner_tags"].feature.names)}
    data = huggingface_hub.DatasetCardData(
        language=[card.language],
        license=card.license,
        license_name=card.license_name or None,
        pretty_name=card.pretty_name,
        task_categories=["token-classification"],
        task_ids=["named-entity-recognition"],
        size_categories=[SIZES[min(max(len(str(rows)) - 3, 0), len(SIZES) - 1)]],
        tags=["named-entity-recognition", "iob2"],
        configs=[{"config_name": "default", "data_files": data_files}],
    )
    data["dataset_info"] = {
        "features": [
            {"name": "id", "dtype": features["id"].dtype},
            # Not "list", the word of newer versions: of that, version 3 of `datasets` makes a
            # plain Python list, without `.feature`.
            {"name": "tokens", "sequence": features["tokens"].feature.dtype},
            {"name": "ner_tags", "sequence": {"class_label": {"names": names}}},
        ],
        "splits": [
            {"name": name, "num_bytes": split.size, "num_examples": split.rows}
            for name, split in splits.items()
        ],
        "download_size": download_size,
        "dataset_size": sum(split.size for split in splits.values()),
    }
    return str(data.to_yaml())


def format_body(
    card: CardFacts, name: str, corpus: datasets.DatasetDict, splits: Mapping[str, WrittenSplit]
) -> str:
    """Return the Markdown of the card; text from the corpus is in code blocks only."""
    first = next(iter(splits))
    labels = corpus[first].features["ner_tags"].feature.names
    types = entity_types(labels)
    counts = [["split", "sentences", "tokens", "entities", *types]]
    for split, written in splits.items():
        # In IOB2 each entity has one B-.
        entities = [written.tags[f"B-{entity_type}"] for entity_type in types]
        numbers = [written.rows, written.tags.total(), sum(entities), *entities]
        counts.append([split, *(f"{number:,}" for number in numbers)])
    load = (
        "from datasets import load_dataset\n\n"
        f"corpus = load_dataset({json.dumps(name, ensure_ascii=False)})\n"
        f'names = corpus["{first}"].features["ner_tags"].feature.names'
    )
    licence = f"{escape_text(card.license_name or card.license)}. {escape_text(card.terms)}".strip()
    if card.license == "unknown":
        licence = f"{UNKNOWN}. Keep the repository private until you know that you may publish it."
    bibtex = card.citation.startswith("@")
    return CARD.format(
        pretty_name=escape_text(card.pretty_name),
        description=escape_text(card.description),
        sentences=sum(split.rows for split in splits.values()),
        splits=fence(format_table(counts), "text"),
        labels=_list_labels(labels, set().union(*(split.tags for split in splits.values()))),
        example=fence(_example(corpus[first], labels), "json"),
        load=fence(load, "python"),
        source=escape_text(card.source),
        citation=fence(card.citation, "bibtex") if bibtex else escape_text(card.citation),
        licence=licence,
    )


def _list_labels(labels: Sequence[str], tags: Collection[str]) -> str:
    """Return the labels by their numbers, and the open tags that occur."""
    ids = LabelIds(labels)
    found = [*labels, *sorted(filter(is_open, tags))]
    block = fence("\n".join(f"{ids[tag]} {tag}" for tag in found), "text")
    if len(found) == len(labels):
        return block
    return (
        f"{block}\n\nWhere nobody looked for all types, the number is below 0: -1 may be anything, "
        "the others none of the types behind the minus sign. These are no `O`: leave them out of "
        "the loss and of the score."
    )


def _example(rows: datasets.Dataset, labels: Sequence[str]) -> str:
    """Return a sentence as JSON: of the first hundred one with an entity, of middling length."""
    ids = LabelIds(labels)
    head = [rows[index] for index in range(min(len(rows), 100))]

    def merit(row: dict[str, Any]) -> tuple[bool, int]:
        outside = not any(ids.name(tag).startswith("B-") for tag in row["ner_tags"])
        return outside, abs(len(row["tokens"]) - 20)

    row = min(head, key=merit)
    row["tags"] = [ids.name(tag) for tag in row["ner_tags"]]
    lines = (f"{json.dumps(key)}: {_json(value)}" for key, value in row.items())
    return "{" + ",\n ".join(lines) + "}"


def _json(value: Any) -> str:
    """Return JSON in which characters that cannot be seen, or turn the line round, are escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)


def fence(text: str, language: str) -> str:
    """Return a code block in Markdown, with a fence that the text does not hold."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{text}\n{marks}"


def escape_text(text: str) -> str:
    """Return text as one line of Markdown in which no character has a meaning of its own."""
    return re.sub(r"([\\`*_\[\]<>#|~&$])", r"\\\1", " ".join(text.split()))
