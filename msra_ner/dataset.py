"""The `datasets` builder of the raw columns: ``id``, ``tokens``, ``ner_tags``.

Prepared data is cached by content: files, settings and the code that reads them. `datasets` by
itself would go by modification time and path, and could hand out what a file held yesterday.
"""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path
from types import ModuleType
from typing import Any

import datasets
import pyarrow as pa

from msra_ner import __version__, corpus, labels
from msra_ner.corpus import (
    SAMPLE,
    SENTENCES_FILE,
    TAGS_FILE,
    Scheme,
    Sentence,
    read_labels,
    read_pair,
)
from msra_ner.errors import CorpusNotFoundError
from msra_ner.labels import label_list, split_tag
from msra_ner.storage import content_hash

SAMPLE_DIR = Path(__file__).parent / SAMPLE
# Folder of each split, under the name that `datasets` gives it.
SPLIT_FOLDERS = {"train": "train", "validation": "val", "test": "test"}
ROWS_PER_TABLE = 5000


def find_corpus(data_dir: str | Path) -> Path:
    """Return the folder of a corpus; the name ``sample`` stands for the embedded one.

    Raises:
        CorpusNotFoundError: No folder, or no split in it.
    """
    folder = SAMPLE_DIR if str(data_dir) == SAMPLE else Path(data_dir)
    if not folder.is_dir():
        raise CorpusNotFoundError(
            f"{folder}: no such folder. Give the folder that 'msra-ner prepare' wrote, or "
            f"'{SAMPLE}' for the embedded sample corpus."
        )
    if not splits_of(folder):
        raw = " It looks like raw data: run 'msra-ner prepare' on it first." * any(
            folder.glob("*_bio")
        )
        raise CorpusNotFoundError(
            f"{folder}: found none of the folders {', '.join(SPLIT_FOLDERS.values())}, expected "
            f"each split as a folder with {SENTENCES_FILE} and {TAGS_FILE}.{raw}"
        )
    return folder


def splits_of(folder: Path) -> list[str]:
    """Return the names of the splits a corpus folder holds.

    A split whose files are empty (``prepare --val_size 0``) counts as one that is not there.
    """
    return [
        name
        for name, entry in SPLIT_FOLDERS.items()
        if (folder / entry).is_dir()
        and any(path.stat().st_size for path in (folder / entry).glob("*.txt"))
    ]


def corpus_labels(folder: Path) -> tuple[str, ...]:
    """Return the label list: from the folder's ``tags.txt``, else from the tags of its splits."""
    if (folder / TAGS_FILE).exists():
        return read_labels(folder / TAGS_FILE)
    types = set()
    for name in splits_of(folder):
        path = folder / SPLIT_FOLDERS[name] / TAGS_FILE
        text = path.read_text(encoding="utf-8-sig", errors="replace") if path.exists() else ""
        for tag in set(text.split()):
            try:
                types.add(split_tag(tag)[1])
            except ValueError:
                continue  # Reading the split refuses it with its line, or the missing file.
    return label_list(sorted(types - {""}))


@dataclass
class MsraNerConfig(datasets.BuilderConfig):
    """Configuration ``raw``: one row a sentence.

    Attributes:
        scheme: Tagging scheme of the files, as in :func:`msra_ner.corpus.read_pair`.
        repair_tags: Turn stray ``I-`` tags into ``B-`` instead of refusing them.
        labels: The label list to use, a trained model's for example; None takes the corpus's.
    """

    name: str = "raw"
    scheme: Scheme = "auto"
    repair_tags: bool = False
    labels: Sequence[str] | None = None

    def create_config_id(self, config_kwargs: dict[str, Any], custom_features: Any = None) -> str:
        """Return the name of the cache folder: configuration and content."""
        return f"{self.name}-{content_hash(self.identity())}"

    def identity(self) -> Iterator[bytes]:
        """Yield all that the rows depend on: files, settings, the code that reads them."""
        folder = find_corpus(self.data_dir or SAMPLE)
        for path in sorted([folder / TAGS_FILE, *folder.glob("*/*.txt")]):
            if path.exists():
                yield str(path.relative_to(folder)).encode()
                yield path.read_bytes()
        yield f"{__version__} {self.scheme} {self.repair_tags} {self.label_list()}".encode()
        yield from source_code(corpus, labels, inspect.getmodule(RawMsraNer))

    def label_list(self) -> tuple[str, ...]:
        """Return the label list of the rows."""
        if self.labels is not None:
            return tuple(self.labels)
        return corpus_labels(find_corpus(self.data_dir or SAMPLE))

    def features(self, names: Sequence[str]) -> datasets.Features:
        """Return the columns for a label list."""
        return datasets.Features(
            {
                "id": datasets.Value("string"),
                "tokens": datasets.Sequence(datasets.Value("string")),
                "ner_tags": datasets.Sequence(datasets.ClassLabel(names=list(names))),
            }
        )

    def table(self, sentences: Sequence[Sentence], first: int, names: Sequence[str]) -> pa.Table:
        """Return rows for sentences, the first of which is number ``first`` of its split."""
        ids = {name: index for index, name in enumerate(names)}
        tokens = [sentence.tokens for sentence in sentences]
        tags = [[ids[tag] for tag in sentence.tags] for sentence in sentences]
        return pa.table(
            {
                "id": [str(first + index) for index in range(len(sentences))],
                "tokens": list_column(tokens, pa.string()),
                "ner_tags": list_column(tags, pa.int64()),
            }
        )


class RawMsraNer(datasets.ArrowBasedBuilder):
    """Builder of a corpus folder: splits ``train``, ``validation``, ``test``, as far as there."""

    BUILDER_CONFIG_CLASS = MsraNerConfig
    config: MsraNerConfig

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(features=self.config.features(self.config.label_list()))

    def _split_generators(self, dl_manager: Any) -> list[datasets.SplitGenerator]:
        folder = find_corpus(self.config.data_dir or SAMPLE)
        return [
            datasets.SplitGenerator(
                name=name, gen_kwargs={"folders": [str(folder / SPLIT_FOLDERS[name])]}
            )
            for name in splits_of(folder)
        ]

    def _generate_tables(self, folders: list[str]) -> Iterator[tuple[Any, pa.Table]]:
        names = self.config.label_list()
        for folder in folders:
            sentences = read_pair(
                Path(folder),
                scheme=self.config.scheme,
                repair=self.config.repair_tags,
                labels=names,
            )
            for number, first in enumerate(range(0, len(sentences), ROWS_PER_TABLE)):
                chunk = sentences[first : first + ROWS_PER_TABLE]
                yield datasets.builder.Key(0, number), self.config.table(chunk, first, names)


def list_column(rows: Sequence[Sequence[Any]], item_type: pa.DataType) -> pa.ListArray:
    """Return lists as an Arrow column, built from one flat array (much faster than row by row)."""
    offsets = pa.array([0, *accumulate(map(len, rows))], pa.int32())
    return pa.ListArray.from_arrays(offsets, pa.array(chain.from_iterable(rows), item_type))


def source_code(*modules: ModuleType | None) -> Iterator[bytes]:
    """Yield the source of modules, so that changed code never meets a cache of the old."""
    for module in modules:
        yield inspect.getsource(module).encode() if module else b""
