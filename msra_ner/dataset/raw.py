"""The `datasets` builder of the raw columns: ``id``, ``tokens``, ``ner_tags``.

Prepared data is cached by content: files, settings and the version of the readers. `datasets` by
itself would go by modification time and path, and could hand out what a file held yesterday.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import accumulate, chain, islice
from typing import Any

import datasets
import pyarrow as pa

from msra_ner import __version__
from msra_ner.corpus import (
    DATA_DIR_VARIABLE,
    PUBLIC_FILES,
    Corpus,
    CorpusSplit,
    ReadOptions,
    Sentence,
    download_raw_files,
    open_corpus,
    open_raw_files,
)
from msra_ner.errors import ArgumentsError, CorpusError
from msra_ner.labels import MSRA_TYPES, LabelIds, label_list
from msra_ner.storage import content_hash, file_hash

SENTENCES_PER_TABLE = 5000
# Part of the name of every cache. Raise it with any change of what the rows of a file are: in the
# readers of a format, in the label list, in the alignment. `tests/dataset/test_cache_version.py`
# fails where the rows have changed and this number has not.
CACHE_VERSION = 2


@dataclass
class MsraNerConfig(ReadOptions, datasets.BuilderConfig):
    """Configuration ``raw``: one row a sentence; ``labels`` None takes those of the corpus.

    Without ``data_dir`` the folder in ``MSRA_NER_DATA_DIR`` is read, or else the two raw files are
    downloaded from their public home.
    """

    name: str = "raw"
    labels: Sequence[str] | None = None

    def __post_init__(self) -> None:
        ReadOptions.__post_init__(self)
        datasets.BuilderConfig.__post_init__(self)

    @cached_property
    def local_corpus(self) -> Corpus | None:
        """The corpus, or None where it must be downloaded first."""
        if self.data_files is not None:
            raise ArgumentsError(
                "data_files: found files, expected a folder. Give data_dir='...' with a file or "
                "folder for each split."
            )
        data_dir = self.data_dir or os.environ.get(DATA_DIR_VARIABLE)
        return open_corpus(data_dir, self.as_read_options()) if data_dir else None

    def create_config_id(self, config_kwargs: dict[str, Any], custom_features: Any = None) -> str:
        """Return the name of the cache folder: configuration and content."""
        # Builders can share a configuration, between which files and environment may change.
        self.__dict__.pop("local_corpus", None)
        return f"{self.name}-{content_hash(self.identity())}"

    def identity(self) -> Iterator[bytes]:
        """Yield all that the rows depend on: files, settings, the version of the readers."""
        found = self.local_corpus
        if found is None:
            yield from (file.sha256.encode() for file in PUBLIC_FILES.values())
        else:
            yield found.identity
            for path in found.files():
                yield str(path.relative_to(found.folder)).encode()
                yield file_hash(path).encode()
        settings = asdict(self.as_read_options())
        yield f"{__version__} {CACHE_VERSION} {settings} {self.labels}".encode()

    def choose_labels(self) -> tuple[str, ...]:
        """Return the label list of the rows."""
        if self.labels is not None:
            return tuple(self.labels)
        return label_list(MSRA_TYPES) if self.local_corpus is None else self.local_corpus.labels

    def make_features(self, names: Sequence[str]) -> datasets.Features:
        """Return the columns for a label list."""
        return datasets.Features(
            {
                "id": datasets.Value("string"),
                "tokens": datasets.Sequence(datasets.Value("string")),
                "ner_tags": datasets.Sequence(datasets.ClassLabel(names=list(names))),
            }
        )

    def make_table(
        self, tokens: pa.ListArray, label_ids: pa.Array, first: int, names: Sequence[str]
    ) -> pa.Table:
        """Return rows for some sentences, of which ``first`` is the number of the first.

        ``tokens`` has a list for each, ``label_ids`` one id for each token of all, or a code as
        in :class:`msra_ner.labels.LabelIds`.
        """
        ids = pa.array(range(first, first + len(tokens))).cast(pa.string())
        tags = pa.ListArray.from_arrays(tokens.offsets, label_ids)
        return pa.table({"id": ids, "tokens": tokens, "ner_tags": tags})


class RawMsraNer(datasets.ArrowBasedBuilder):
    """Builder of a corpus: splits ``train``, ``validation``, ``test``, as far as they are there."""

    BUILDER_CONFIG_CLASS = MsraNerConfig
    config: MsraNerConfig

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(features=self.config.make_features(self.config.choose_labels()))

    def _split_generators(self, dl_manager: Any) -> list[datasets.SplitGenerator]:
        found = self.config.local_corpus
        if found is None:
            paths = download_raw_files(dl_manager.download_config)
            found = open_raw_files(paths, self.config.as_read_options())
        return [
            datasets.SplitGenerator(name=name, gen_kwargs={"split": split})
            for name, split in found.splits.items()
        ]

    def _generate_tables(self, split: Any) -> Iterator[tuple[int, pa.Table]]:
        names = self.config.choose_labels()
        first = 0
        for number, (tokens, label_ids) in enumerate(_read_arrays(split, names)):
            yield number, self.config.make_table(tokens, label_ids, first, names)
            first += len(tokens)


def _read_arrays(
    split: CorpusSplit, names: Sequence[str]
) -> Iterator[tuple[pa.ListArray, pa.Array]]:
    """Yield tokens of so many sentences as lists, and one label id for each, in bounded memory."""
    blocks = split.blocks(names)
    if blocks is not None:
        for block, label_ids in blocks:
            yield pa.ListArray.from_arrays(block.offsets, block.tokens), pa.array(label_ids)
        return
    ids = LabelIds(names)
    sentences = split.sentences(names)
    while chunk := list(islice(sentences, SENTENCES_PER_TABLE)):
        rows = [sentence.tokens for sentence in chunk]
        offsets = pa.array([0, *accumulate(map(len, rows))], pa.int32())
        # One flat array, which is much faster than row by row.
        tokens = pa.array(chain.from_iterable(rows), pa.string())
        label_ids = pa.array(list(_encode(chunk, ids)), pa.int64())
        yield pa.ListArray.from_arrays(offsets, tokens), label_ids


def _encode(sentences: Sequence[Sentence], ids: LabelIds) -> Iterator[int]:
    """Yield the label ids of the tokens of some sentences."""
    for sentence in sentences:
        try:
            yield from map(ids.__getitem__, sentence.tags)
        except CorpusError as error:
            raise CorpusError(f"{sentence.location}: {error.command_line_text}") from None
