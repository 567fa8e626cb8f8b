"""The sentences of one split: a file or folder of any format, read as tokens with IOB2 tags."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msra_ner.corpus.annotated_types import check_annotated_types, leave_others_open
from msra_ner.corpus.block import Block, OddFileError, collect_block_transitions, encode_labels
from msra_ner.corpus.column_names import check_column_roles
from msra_ner.corpus.documents import Document, check_span, mark_whole_text, to_sentence
from msra_ner.corpus.formats.catalogue import FORMATS, TagFormat, TextFormat
from msra_ner.corpus.formats.columns import columns_are_plain, read_column_blocks
from msra_ner.corpus.formats.pair import read_pair_blocks
from msra_ner.corpus.lines import refuse
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.scheme_conversion import Illegal, TagConverter
from msra_ner.corpus.schemes import SENTENCE_END, Transition, collect_transitions, parse_written
from msra_ner.corpus.sentence import Sentence, collect_types
from msra_ner.corpus.split_names import split_train_val
from msra_ner.errors import CorpusError
from msra_ner.labels import LabelIds, is_open, list_annotated

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)


Item = TypeVar("Item")
OnIllegal = Callable[[Illegal], None]
BlocksWithLabels = Iterator[tuple[Block, "NDArray[np.int64]"]]
# The formats that can be read in blocks, if nothing in the files is odd.
BLOCK_READERS = {"columns": read_column_blocks, "pair": read_pair_blocks}


@dataclass(frozen=True)
class CorpusSplit(ABC):
    """The sentences of one split, read from its file or folder each time they are asked for."""

    path: Path
    format: TagFormat | TextFormat

    @property
    def holds_text(self) -> bool:
        """Whether the file holds text with spans (:meth:`documents`), and not tokens with tags."""
        return isinstance(self.format, TextFormat)

    @property
    @abstractmethod
    def types(self) -> set[str]:
        """The entity types of the file."""

    @abstractmethod
    def sentences(
        self, labels: Sequence[str] | None = None, on_illegal: OnIllegal | None = None
    ) -> Iterator[Sentence]:
        """Yield the sentences, tags as IOB2.

        Args:
            labels: The tags that may occur; None allows every well-formed tag.
            on_illegal: Called for each tag that ``repair_tags`` has changed.

        Raises:
            CorpusNotFoundError: A file is missing.
            CorpusError: A file breaks its format, or holds no sentence.
        """

    def blocks(self, labels: Sequence[str]) -> BlocksWithLabels | None:
        """Return the sentences in blocks with their label ids, or None for :meth:`sentences`.

        Raises:
            CorpusError: A tag is malformed, unknown, or illegal where it is.
        """
        return None

    def documents(self, labels: Sequence[str] | None = None) -> Iterator[Document]:
        """Yield texts with all their spans, from a format that holds these.

        Raises:
            CorpusError: A span has a label that is not among ``labels``, or as for
                :meth:`sentences`.
            TypeError: The format holds tokens with tags.
        """
        raise TypeError(f"{self.path}: the format {self.format.name} has no documents")


def join_splits(splits: Iterable[CorpusSplit]) -> None:
    """Make the splits of a corpus known to each other, so that one scheme is found for all."""
    group = [split for split in splits if isinstance(split, TagSplit)]
    for split in group:
        split.siblings[:] = group


def open_split(path: Path, format: TagFormat | TextFormat, options: ReadOptions) -> CorpusSplit:
    """Return the split in a file, or in a folder for a format of folders.

    Raises:
        ArgumentsError: ``--column`` names what the format does not have.
    """
    check_column_roles(options.column, format.name, format.roles)
    if isinstance(format, TextFormat):
        return TextSplit(path, format, options)
    return TagSplit(path, format, options)


@dataclass(frozen=True)
class TagSplit(CorpusSplit):
    """A file of tokens with tags, read in bounded memory.

    The pair of files, and a file of two columns, can also be read in blocks, much faster, if
    nothing in them is odd.

    Attributes:
        siblings: The splits of the corpus, whose tags together tell the scheme.
    """

    format: TagFormat
    options: ReadOptions
    siblings: list["TagSplit"] = field(default_factory=list, repr=False, compare=False)

    @cached_property
    def types(self) -> set[str]:
        """The entity types, from one pass over the file; those of malformed tags are left out."""
        tags = {tag for _, tag in self._corpus} - {SENTENCE_END}
        parsed, _ = parse_written(tags, self.options.scheme, self.options.entity_type)
        own = {tag for _, tag in self._scan[0] if tag in parsed}
        found = {parsed[tag].type for tag in own} - {""}
        check_annotated_types(self.path, found, self.options.annotated)
        return found.union(self.options.annotated, *map(list_annotated, filter(is_open, own)))

    def sentences(
        self, labels: Sequence[str] | None = None, on_illegal: OnIllegal | None = None
    ) -> Iterator[Sentence]:
        """Yield the sentences, as :class:`CorpusSplit` says."""
        repair, annotated = self.options.repair_tags, self.options.annotated
        found = self._converter(labels).sentences(repair=repair, on_illegal=on_illegal)
        if annotated and self.types:  # which refuses types that nobody looked for
            return (replace(row, tags=leave_others_open(row.tags, annotated)) for row in found)
        return found

    def blocks(self, labels: Sequence[str]) -> BlocksWithLabels | None:
        """Return the sentences in blocks, as :class:`CorpusSplit` says."""
        if not self._scan[1]:
            return None
        table, illegal = self._converter(labels).plan(repair=self.options.repair_tags)
        if illegal:
            return None
        ids = LabelIds(labels)
        if (annotated := self.options.annotated) and self.types:
            opened = leave_others_open(table.values(), annotated)
            table = dict(zip(table, opened, strict=True))
        try:
            ids.update({tag: ids[tag] for tag in filter(is_open, table.values())})
        except CorpusError:
            return None  # the line reader says where
        read = BLOCK_READERS[self.format.name]
        return ((block, encode_labels(block, table, ids)) for block in read(self.path))

    @property
    def _corpus(self) -> set[Transition]:
        """The transitions of all splits, which have one scheme."""
        return self._scan[0].union(*(split._scan[0] for split in self.siblings))

    @cached_property
    def _scan(self) -> tuple[set[Transition], bool]:
        """All pairs of neighbouring tags, and whether the file can be read in blocks."""
        read = BLOCK_READERS.get(self.format.name)
        if self.format is FORMATS["columns"] and not columns_are_plain(self.path, self.options):
            read = None
        if read:
            try:
                if transitions := collect_block_transitions(read(self.path, with_tokens=False)):
                    return transitions, True
            except (OddFileError, CorpusError, OSError):
                pass  # The line reader says what is wrong.
        return collect_transitions(self._read_as_written()), False

    def _converter(self, labels: Sequence[str] | None) -> TagConverter:
        return TagConverter(
            where=str(self.path),
            read=self._read_as_written,
            locate=self.format.locate,
            transitions=self._scan[0],
            scheme=self.options.scheme,
            labels=labels,
            corpus=self._corpus,
            entity_type=self.options.entity_type,
        )

    def _read_as_written(self) -> Iterator[Sentence]:
        return _refuse_empty(self.path, self.format.read(self.path, self.options))


@dataclass(frozen=True)
class TextSplit(CorpusSplit):
    """A file of texts with spans."""

    format: TextFormat
    options: ReadOptions

    @cached_property
    def types(self) -> set[str]:
        """The entity types, from one pass over the file."""
        types = {span.type for document in self.documents() for span in document.spans}
        return collect_types(name if is_open(name) else f"B-{name}" for name in types)

    def sentences(
        self, labels: Sequence[str] | None = None, on_illegal: OnIllegal | None = None
    ) -> Iterator[Sentence]:
        """Yield the sentences, as :class:`CorpusSplit` says."""
        left_out = 0
        for document in self.documents(labels):
            sentence, count = to_sentence(document, self.options.units, self.options.nested)
            left_out += count
            yield sentence
        if left_out:
            what = "spans inside or across longer ones left out (--nested outermost)"
            logger.warning("%s: %d %s", self.path, left_out, what)

    def documents(self, labels: Sequence[str] | None = None) -> Iterator[Document]:
        """Yield the texts, as :class:`CorpusSplit` says."""
        for document in _refuse_empty(self.path, self.format.read(self.path, self.options)):
            if "\0" in document.text:
                refuse(document.location, "a NUL character", "text", "remove it")
            annotated = self.options.annotated
            found = {span.type for span in document.spans if not is_open(span.type)}
            check_annotated_types(self.path, found, annotated)
            document = mark_whole_text(document, annotated)
            for span in document.spans:
                check_span(document, span)
                if is_open(span.type):
                    continue
                if labels is not None and f"B-{span.type}" not in labels:
                    refuse(
                        document.location,
                        f"the unknown label {span.type!r}",
                        f"one of the types of {', '.join(labels)}",
                        "correct the label, or add it to the label list",
                    )
            yield document


@dataclass(frozen=True)
class HeldOutSplit(CorpusSplit):
    """One side of a train file that is divided into train and val.

    It holds the whole file in memory while it is read, and is never read in blocks, because the
    sentences must be shuffled first.
    """

    whole: CorpusSplit
    size: int  # sentences for val
    is_val: bool

    @property
    def types(self) -> set[str]:
        """The entity types of the whole file."""
        return self.whole.types

    def sentences(
        self, labels: Sequence[str] | None = None, on_illegal: OnIllegal | None = None
    ) -> Iterator[Sentence]:
        """Yield the sentences of this side."""
        yield from self._choose_side(list(self.whole.sentences(labels, on_illegal)))

    def documents(self, labels: Sequence[str] | None = None) -> Iterator[Document]:
        """Yield the texts of this side, from a format that holds these."""
        yield from self._choose_side(list(self.whole.documents(labels)))

    def _choose_side(self, everything: list[Item]) -> list[Item]:
        if self.size >= len(everything):
            refuse(
                self.path,
                f"{len(everything)} sentences, of which {self.size} should go to val",
                "more sentences than that",
                "give a smaller --val_size (0 for no val)",
            )
        return split_train_val(everything, self.size)[self.is_val]


def _refuse_empty(path: Path, items: Iterator[Item]) -> Iterator[Item]:
    """Yield the items of a file, and refuse a file without any."""
    first = next(items, None)
    if first is None:
        remedy = "fill the file, or remove it if the corpus has no such split"
        refuse(path, "no sentence", "at least one", remedy)
    yield first
    yield from items
