"""The sentences of one split: a file or folder of any format, read as tokens with IOB2 tags."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from msra_ner.corpus.block import Block, OddFileError, label_ids, survey_blocks
from msra_ner.corpus.documents import Document, to_sentence
from msra_ner.corpus.formats.catalogue import FORMATS, TagFormat, TextFormat
from msra_ner.corpus.formats.columns import columns_are_plain, read_column_blocks
from msra_ner.corpus.formats.pair import read_pair_blocks
from msra_ner.corpus.lines import refuse
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.scheme_conversion import Illegal, TagConverter
from msra_ner.corpus.schemes import Transition, survey, types_of
from msra_ner.corpus.sentence import Sentence
from msra_ner.corpus.split_names import split_train_val
from msra_ner.errors import CorpusError

logger = logging.getLogger(__name__)


Item = TypeVar("Item")
# The formats that can be read in blocks, if nothing in the files is odd.
BLOCK_READERS = {"columns": read_column_blocks, "pair": read_pair_blocks}


@dataclass(frozen=True)
class Split:
    """The sentences of one file, or of a folder where the format wants that.

    Args:
        path: File or folder.
        format: Its format.
        options: How to read it.
    """

    path: Path
    format: TagFormat | TextFormat
    options: ReadOptions

    @cached_property
    def types(self) -> set[str]:
        """The entity types, from one pass over the file."""
        if isinstance(self.format, TagFormat):
            return types_of(self._scan[0])
        return {span.type for document in self.documents() for span in document.spans}

    def sentences(
        self,
        labels: Sequence[str] | None = None,
        on_illegal: Callable[[Illegal], None] | None = None,
    ) -> Iterator[Sentence]:
        """Yield the sentences, tags as IOB2, in bounded memory.

        Args:
            labels: The tags that may occur; None allows every well-formed tag.
            on_illegal: Called for each tag that ``repair_tags`` has changed.

        Raises:
            CorpusNotFoundError: A file is missing.
            CorpusError: A file breaks its format, or holds no sentence.
        """
        if isinstance(self.format, TextFormat):
            return self._from_text(labels)
        converter = self._converter(self.format, labels)
        return converter.sentences(repair=self.options.repair_tags, on_illegal=on_illegal)

    def blocks(self, labels: Sequence[str]) -> Iterator[tuple[Block, Any]] | None:
        """Return the sentences in blocks with their label ids, or None for :meth:`sentences`.

        Only the pair of files, and a file of two columns, in which nothing is odd can be read so,
        much faster.

        Raises:
            CorpusError: A tag is malformed, unknown, or illegal where it stands.
        """
        if not isinstance(self.format, TagFormat) or not self._scan[1]:
            return None
        table, illegal = self._converter(self.format, labels).conversion(
            repair=self.options.repair_tags
        )
        if illegal:
            return None
        ids = {label: index for index, label in enumerate(labels)}
        read = BLOCK_READERS[self.format.name]
        return ((block, label_ids(block, table, ids)) for block in read(self.path))

    def documents(self, labels: Sequence[str] | None = None) -> Iterator[Document]:
        """Yield texts with all their spans, from a format that holds these.

        Raises:
            CorpusError: A span has a label that is not among ``labels``, or as for
                :meth:`sentences`.
        """
        assert isinstance(self.format, TextFormat)
        for document in self._some(self.format.read(self.path, self.options)):
            for span in document.spans:
                if labels is not None and f"B-{span.type}" not in labels:
                    refuse(
                        document.location,
                        f"the unknown label {span.type!r}",
                        f"one of the types of {', '.join(labels)}",
                        "correct the label, or add it to the label list",
                    )
            yield document

    @cached_property
    def _scan(self) -> tuple[set[Transition], bool]:
        """All pairs of neighbouring tags, and whether the file can be read in blocks."""
        read = BLOCK_READERS.get(self.format.name)
        if self.format is FORMATS["columns"] and not columns_are_plain(self.path, self.options):
            read = None
        if read:
            try:
                if transitions := survey_blocks(read(self.path, with_tokens=False)):
                    return transitions, True
            except (OddFileError, CorpusError, OSError):
                pass  # The line reader says what is wrong.
        return survey(self._as_they_stand()), False

    def _converter(self, format: TagFormat, labels: Sequence[str] | None) -> TagConverter:
        return TagConverter(
            where=str(self.path),
            read=self._as_they_stand,
            locate=format.locate,
            transitions=self._scan[0],
            scheme=self.options.scheme,
            labels=labels,
        )

    def _as_they_stand(self) -> Iterator[Sentence]:
        assert isinstance(self.format, TagFormat)
        return self._some(self.format.read(self.path, self.options))

    def _from_text(self, labels: Sequence[str] | None) -> Iterator[Sentence]:
        left_out = 0
        for document in self.documents(labels):
            sentence, count = to_sentence(document, self.options.units, self.options.nested)
            left_out += count
            yield sentence
        if left_out:
            logger.warning(
                "%s: %d spans inside or across longer ones left out (--nested outermost)",
                self.path,
                left_out,
            )

    def _some(self, items: Iterator[Item]) -> Iterator[Item]:
        """Yield the items, and refuse a file without any."""
        empty = True
        for item in items:
            empty = False
            yield item
        if empty:
            refuse(
                f"{self.path}",
                "no sentence",
                "at least one",
                "fill the file, or remove it if the corpus has no such split",
            )


@dataclass(frozen=True)
class HeldOutSplit:
    """One side of a train file that is divided into train and val.

    Args:
        whole: The file.
        size: Sentences for val.
        is_val: Whether this is the side of val.
    """

    whole: Split
    size: int
    is_val: bool

    @property
    def path(self) -> Path:
        """The file."""
        return self.whole.path

    @property
    def format(self) -> TagFormat | TextFormat:
        """Its format."""
        return self.whole.format

    @property
    def options(self) -> ReadOptions:
        """How to read it."""
        return self.whole.options

    @property
    def types(self) -> set[str]:
        """The entity types of the whole file."""
        return self.whole.types

    def blocks(self, labels: Sequence[str]) -> None:
        """Return None: the sentences must be shuffled first."""

    def sentences(
        self,
        labels: Sequence[str] | None = None,
        on_illegal: Callable[[Illegal], None] | None = None,
    ) -> Iterator[Sentence]:
        """Yield the sentences of this side; holds the whole file in memory."""
        yield from self._side(list(self.whole.sentences(labels, on_illegal)))

    def documents(self, labels: Sequence[str] | None = None) -> Iterator[Document]:
        """Yield the texts of this side, from a format that holds these."""
        yield from self._side(list(self.whole.documents(labels)))

    def _side(self, everything: list[Item]) -> list[Item]:
        if self.size >= len(everything):
            refuse(
                self.path,
                f"{len(everything)} sentences, of which {self.size} should go to val",
                "more sentences than that",
                "give a smaller --val_size (0 for no val)",
            )
        return split_train_val(everything, self.size)[self.is_val]
