"""The rows of fixed files, as hashes: a cache must not outlive a change of what it holds."""

import hashlib
import json

import datasets
import pytest
from helpers import tiny_models

from msra_ner import load_msra
from msra_ner.dataset.raw import CACHE_VERSION

# U+3000 is dropped by the tokenizer, 龘 unknown to it; the last sentence takes several windows.
TEXTS = ["北京大学\u3000在上海", "有龘", "出席的有中国和上海、中国和北京等国家"]
TAGS = [
    "B-ORG I-ORG I-ORG I-ORG O O B-LOC I-LOC",
    "O O",
    "O O O O B-LOC I-LOC O B-LOC I-LOC O B-LOC I-LOC O B-LOC I-LOC O O O",
]
BIOES = [
    "B-ORG I-ORG I-ORG E-ORG O O B-LOC E-LOC",
    "O O",
    "O O O O B-LOC E-LOC O B-LOC E-LOC O B-LOC E-LOC O B-LOC E-LOC O O O",
]
SPANS = [
    [(0, 4, "ORG"), (6, 8, "LOC")],
    [],
    [(4, 6, "LOC"), (7, 9, "LOC"), (10, 12, "LOC"), (13, 15, "LOC")],
]


def write(path, lines):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())


def write_pair(folder):
    write(folder / "train" / "sentences.txt", map(" ".join, TEXTS))
    write(folder / "train" / "tags.txt", TAGS)


def write_columns(folder, texts=TEXTS, tags=TAGS):
    for text, row in zip(texts, tags, strict=True):
        with open(folder / "train.txt", "a", encoding="utf-8") as file:
            for token, tag in zip(text, row.split(), strict=True):
                file.write(f"{token}\t{tag}\n")
            file.write("\n")


def write_bioes(folder):
    write_columns(folder, tags=BIOES)


def write_words(folder):
    write_columns(folder, [["in", "上海交通大学", "2024"]], ["O B-ORG O"])


def write_json_tokens(folder):
    write(
        folder / "train.jsonl",
        [
            json.dumps({"tokens": list(text), "ner_tags": tags.split()})
            for text, tags in zip(TEXTS, TAGS, strict=True)
        ],
    )


def write_json_spans(folder):
    keys = ("start", "end", "label")
    rows = [
        {"text": text, "entities": [dict(zip(keys, span, strict=True)) for span in spans]}
        for text, spans in zip(TEXTS, SPANS, strict=True)
    ]
    # Without a span that carries its text, nothing says whether an end is part of it.
    rows[0]["entities"][0]["text"] = TEXTS[0][:4]
    write(folder / "train.jsonl", map(json.dumps, rows))


def write_brat(folder):
    lines, offset = [], 0
    for text, spans in zip(TEXTS, SPANS, strict=True):
        for start, end, name in spans:
            where = f"{name} {offset + start} {offset + end}"
            lines.append(f"T{len(lines) + 1}\t{where}\t{text[start:end]}")
        offset += len(text) + 1
    write(folder / "train" / "a.txt", TEXTS)
    write(folder / "train" / "a.ann", lines)


def write_parquet(folder):
    names = ["O", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
    features = datasets.Features(
        {
            "tokens": datasets.Sequence(datasets.Value("string")),
            "ner_tags": datasets.Sequence(datasets.ClassLabel(names=names)),
        }
    )
    rows = {"tokens": list(map(list, TEXTS)), "ner_tags": [tags.split() for tags in TAGS]}
    datasets.Dataset.from_dict(rows, features).to_parquet(folder / "train.parquet")


# Where the rows change on purpose, raise CACHE_VERSION and write it and the new hash here.
PINNED_VERSION = 2
CHARACTERS = "60cd9940a2a1d07c"
WORDS = "3f72f3d5907b35a2"
PINNED = {
    write_pair: CHARACTERS,
    write_columns: CHARACTERS,
    write_bioes: CHARACTERS,
    write_json_tokens: CHARACTERS,
    write_json_spans: CHARACTERS,
    write_brat: CHARACTERS,
    write_parquet: CHARACTERS,
    write_words: WORDS,
}


@pytest.mark.parametrize("write_corpus", PINNED, ids=lambda function: function.__name__)
def test_rows_change_only_with_the_version_of_the_cache(write_corpus, tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    write_corpus(corpus)
    digest = hashlib.sha256()
    for tokenizer, settings in (
        (None, {}),
        (tiny_models.wordpiece(), {"max_length": 12, "overlap": 4}),
        (tiny_models.wordpiece(), {"label_all_pieces": True}),
    ):
        # A cache of its own: in another there may be the rows of yesterday.
        rows = load_msra(corpus, tokenizer, cache_dir=tmp_path / "cache", **settings)["train"]
        labels = rows.features["ner_tags"].feature.names if tokenizer is None else []
        digest.update(json.dumps([labels, list(rows)]).encode())
    found = {"rows": digest.hexdigest()[:16], "CACHE_VERSION": CACHE_VERSION}
    assert found == {"rows": PINNED[write_corpus], "CACHE_VERSION": PINNED_VERSION}, (
        "The rows of a corpus have changed: raise CACHE_VERSION in msra_ner/dataset/raw.py, or "
        "users keep the old rows from their cache. Then put the new hash and version in here."
    )
