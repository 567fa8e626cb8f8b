"""The builder's second configuration: windows of word pieces with labels; and ``load_msra``.

A row is one window. ``sentence`` and ``own_start``/``own_end`` say which tokens of which sentence
it is scored for, and ``word_ids`` which token each piece belongs to, so labels find their tokens in
any order of rows.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import datasets
import pyarrow as pa

from msra_ner.argument_types import check_argument_types
from msra_ner.corpus import SAMPLE, make_read_options
from msra_ner.dataset.aligned_table import align_block
from msra_ner.dataset.alignment import Aligner
from msra_ner.dataset.notebook import SplitDict
from msra_ner.dataset.raw import MsraNerConfig, RawMsraNer
from msra_ner.errors import MsraNerError, TokenizerError
from msra_ner.labels import parse_tag

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass
class AlignedConfig(MsraNerConfig):
    """Configuration ``aligned``: one row a window; :func:`load_msra` says what each setting is."""

    name: str = "aligned"
    tokenizer: Any = None
    max_length: int | None = None
    overlap: int | None = None
    label_all_pieces: bool = False

    def identity(self) -> Iterator[bytes]:
        """Yield what the rows depend on; tokenizers count by their content."""
        yield from super().identity()
        yield self.aligner.identity()
        yield f"{self.label_all_pieces}".encode()

    @cached_property
    def aligner(self) -> Aligner:
        """The aligner for the tokenizer, which is loaded where only its name was given.

        Raises:
            TokenizerError: There is no tokenizer, or it cannot be used.
        """
        tokenizer = self.tokenizer
        if tokenizer is None:
            raise TokenizerError(
                "the configuration 'aligned' found no tokenizer, expected one or its name. Give "
                "tokenizer=..."
            )
        if isinstance(tokenizer, str | os.PathLike):
            tokenizer = _load_tokenizer(str(tokenizer))
        return Aligner(tokenizer, self.max_length, self.overlap)

    def make_features(self, names: Sequence[str]) -> datasets.Features:
        """Return the columns for a label list."""
        integers = datasets.Sequence(datasets.Value("int32"))
        return datasets.Features(
            {
                "id": datasets.Value("string"),
                "sentence": datasets.Value("int32"),
                "own_start": datasets.Value("int32"),
                "own_end": datasets.Value("int32"),
                "input_ids": integers,
                "attention_mask": datasets.Sequence(datasets.Value("int8")),
                # No ClassLabel: it has no place for IGNORE_INDEX.
                "labels": datasets.Sequence(datasets.Value("int64")),
                "word_ids": integers,
                "length": datasets.Value("int32"),
            }
        )

    def make_table(
        self, tokens: pa.ListArray, label_ids: pa.Array, first: int, names: Sequence[str]
    ) -> pa.Table:
        """Return the windows of some sentences; arguments as for the configuration ``raw``."""
        inside = find_inside_ids(names) if self.label_all_pieces else None
        return align_block(self.aligner, tokens, label_ids, first=first, inside_ids=inside)


class MsraNer(RawMsraNer):
    """Builder of both configurations, ``raw`` and ``aligned``."""

    BUILDER_CONFIG_CLASS = AlignedConfig
    BUILDER_CONFIGS: ClassVar = [
        MsraNerConfig(),
        MsraNerConfig(name=SAMPLE, data_dir=SAMPLE),
        AlignedConfig(),
    ]
    DEFAULT_CONFIG_NAME = "raw"


@check_argument_types
def load_msra(
    data_dir: str | Path = SAMPLE,
    tokenizer: "PreTrainedTokenizerBase | str | Path | None" = None,
    *,
    max_length: int | None = None,
    overlap: int | None = None,
    label_all_pieces: bool = False,
    labels: Sequence[str] | None = None,
    cache_dir: str | Path | None = None,
    **options: Any,
) -> datasets.DatasetDict:
    """Return a corpus as a DatasetDict with the splits ``train``, ``validation`` and ``test``.

    Without a tokenizer a row is a sentence: ``id``, ``tokens``, ``ner_tags`` (ClassLabel). With
    one, a row is a window of word pieces: ``input_ids``, ``attention_mask``, ``labels``, and
    ``id``, ``sentence`` (row number of the sentence), ``own_start``, ``own_end`` and ``word_ids``
    to find the token of each piece; ``length`` is the number of pieces.

    Args:
        data_dir: Folder of a corpus, ``hub:NAME``, or ``sample``.
        tokenizer: A fast tokenizer, or the name or folder of one.
        max_length: Word pieces a window holds, special ones included; None takes the tokenizer's.
        overlap: Word pieces seen by two neighbouring windows of a long sentence; None takes 128,
            or a quarter of a window where that is less.
        label_all_pieces: Label all pieces of a token (``I-`` after the first), not only the first.
        labels: The label list to use, a trained model's for example; None takes the corpus's.
        cache_dir: Folder of the cache; None takes that of `datasets`.
        **options: How to read the files, the fields of
            :class:`msra_ner.corpus.options.ReadOptions`: ``format``, ``scheme``, ``ends``, ...

    Raises:
        CorpusNotFoundError: The corpus is missing.
        CorpusError: A file breaks the format.
        TokenizerError: The tokenizer cannot be used.

    >>> load_msra("sample")["test"].features["ner_tags"].feature.names[:3]
    ['O', 'B-PER', 'I-PER']
    """
    make_read_options("load_msra", options)
    settings: dict[str, Any] = {
        "data_dir": str(data_dir),
        "dataset_name": "msra_ner",
        "cache_dir": None if cache_dir is None else str(cache_dir),
        "labels": labels,
        **options,
    }
    if tokenizer is not None:
        settings |= {"tokenizer": tokenizer, "max_length": max_length, "overlap": overlap}
        settings |= {"label_all_pieces": label_all_pieces}
    builder = MsraNer(config_name="raw" if tokenizer is None else "aligned", **settings)
    try:
        builder.download_and_prepare()
    except datasets.exceptions.DatasetGenerationError as error:
        # `datasets` wraps whatever a builder raises; the cause is what helps.
        if isinstance(error.__cause__, MsraNerError):
            raise error.__cause__ from None
        raise
    return SplitDict(builder.as_dataset())


def find_inside_ids(names: Sequence[str]) -> list[int]:
    """Return for each label id the one that further pieces of its token get."""
    ids = {name: index for index, name in enumerate(names)}
    return [
        ids[f"I-{parse_tag(name).type}"] if parse_tag(name).prefix == "B" else index
        for index, name in enumerate(names)
    ]


def _load_tokenizer(name: str) -> "PreTrainedTokenizerBase":
    """Return the tokenizer of a folder or Hub name; code that lies beside it never runs.

    Raises:
        TokenizerError: It cannot be found or read.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            name, trust_remote_code=False
        )
    except Exception as error:  # damaged files make it raise nearly anything
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise TokenizerError(
            f"{name}: found no usable tokenizer ({reason}), expected a folder or Hub name. "
            "Check the name, or the network."
        ) from error
    return tokenizer
