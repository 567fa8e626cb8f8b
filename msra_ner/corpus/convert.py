"""Write a corpus in another format, and count what that format cannot carry."""

import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from msra_ner.argument_types import check_argument_types, check_choice
from msra_ner.corpus.documents import SEPARATORS, Document, to_document, to_sentence
from msra_ner.corpus.folder import Corpus, open_corpus
from msra_ner.corpus.formats.catalogue import (
    FORMATS,
    WRITTEN_FORMATS,
    TagFormat,
    TextFormat,
    recognise_format,
)
from msra_ner.corpus.formats.pair import TAGS_FILE
from msra_ner.corpus.options import Nested, Units, WrittenScheme, make_read_options
from msra_ner.corpus.sentence import is_of_characters
from msra_ner.corpus.split_names import SPLIT_NAMES, recognise_split
from msra_ner.errors import ArgumentsError, OutputExistsError
from msra_ner.labels import is_open
from msra_ner.progress import show_bar
from msra_ner.storage import staged_folder, write_text
from msra_ner.tables import format_table
from msra_ner.wording import translate_all

logger = logging.getLogger(__name__)


@dataclass
class ConvertedSplit:
    """Counts of what a split held, and of what the new format could not carry.

    Attributes:
        sentences: Sentences, or texts.
        entities: Entities, or spans.
        spaces: White-space characters between tokens, lost.
        nested: Spans inside or across longer ones, lost.
    """

    sentences: int = 0
    entities: int = 0
    spaces: int = 0
    nested: int = 0


class ConversionReport(dict[str, ConvertedSplit]):
    """The counts of each split, under datasets' names; printed as a table."""

    def __repr__(self) -> str:
        """Return the table, a row a split."""
        head = translate_all(["split", "sentences", "entities", "white space lost", "nested lost"])
        rows = [
            [SPLIT_NAMES[name], *(f"{count:,}" for count in asdict(counts).values())]
            for name, counts in self.items()
        ]
        return format_table([head, *rows])


@check_argument_types
def convert_corpus(
    source: str | Path,
    target: str | Path,
    to: str,
    *,
    to_scheme: str = "iob2",
    overwrite: bool = False,
    **options: Any,
) -> ConversionReport:
    """Write a corpus in another format; return what each split held and what was lost.

    The target changes only after everything has been written. Between two formats of text with
    spans nothing is lost, overlapping spans and white space included; nor is anything between two
    of tokens with tags.

    Args:
        source: Folder or file of a corpus, ``hub:NAME``, or ``sample``.
        target: Folder to fill, or to make.
        to: Format to write: ``pair``, ``columns``, ``conll-u``, ``json-tokens``, ``json-spans``,
            ``label-studio`` or ``brat``.
        to_scheme: Tagging scheme to write, where the format has tags.
        overwrite: Replace the corpus in ``target``.
        **options: How to read the source, the fields of :class:`msra_ner.corpus.ReadOptions`.

    Raises:
        ArgumentsError: There is no such format, or it has no tags for ``to_scheme``.
        CorpusNotFoundError: The source is missing.
        CorpusError: The source breaks its format, or the new format cannot hold a token or text.
        OutputExistsError: The output exists and ``overwrite`` is false.
    """
    check_choice("to", to, WRITTEN_FORMATS)
    check_choice("to_scheme", to_scheme, get_args(WrittenScheme))
    format = FORMATS[to]
    if isinstance(format, TextFormat) and to_scheme != "iob2":
        raise ArgumentsError(
            f"--to_scheme: found {to_scheme}, expected none: the format {format.name} has no tags."
        )
    target = Path(target)
    reading = make_read_options("convert_corpus", options)
    corpus = open_corpus(source, reading)
    entries = {split: SPLIT_NAMES[split] + format.suffix for split in corpus.splits}
    _refuse_another(target, set(entries.values()))
    to_text = isinstance(format, TextFormat)
    units = _find_units(corpus) if to_text else reading.units
    report = ConversionReport()
    with staged_folder(target, [*entries.values(), TAGS_FILE], overwrite=overwrite) as staged:
        write_text(staged / TAGS_FILE, "".join(f"{label}\n" for label in corpus.labels))
        for split, entry in entries.items():
            if format.is_folder:
                (staged / entry).mkdir()
            report[split] = counts = ConvertedSplit()
            items = _convert_items(corpus, split, to_text, units, reading.nested, counts)
            # The bar is closed before an error is shown.
            with show_bar(items, desc=SPLIT_NAMES[split], unit="sentences", leave=False) as bar:
                if isinstance(format, TextFormat):
                    assert format.write is not None
                    format.write(staged / entry, bar)
                else:
                    assert format.write is not None
                    format.write(staged / entry, bar, to_scheme)
    for split, counts in report.items():
        lost = {"white-space characters": counts.spaces, "nested spans": counts.nested}
        for what, count in lost.items():
            if count:
                logger.warning(
                    "%s: the format %s cannot carry %d %s", split, format.name, count, what
                )
    return report


def _convert_items(
    corpus: Corpus, split: str, to_text: bool, units: Units, nested: Nested, counts: ConvertedSplit
) -> Iterator[Any]:
    """Yield texts with spans, or else sentences, counting what there was and what gets lost."""
    source = corpus.splits[split]
    read = source.documents if isinstance(source.format, TextFormat) else source.sentences
    several = 0
    for item in read(corpus.labels):
        counts.sentences += 1
        if isinstance(item, Document):
            counts.entities += sum(not is_open(span.type) for span in item.spans)
            if not to_text:
                counts.spaces += sum(item.text.count(mark) for mark in SEPARATORS)
                item, left_out = to_sentence(item, units, nested)
                counts.nested += left_out
        else:
            counts.entities += sum(tag.startswith("B-") for tag in item.tags)
            if to_text:
                several += sum(len(token) > 1 for token in item.tokens)
                item = to_document(item, units)
        yield item
    if several and units == "characters":
        what = "tokens of several characters, which a text gives back as characters"
        logger.warning("%s: %d %s", split, several, what)


def _find_units(corpus: Corpus) -> Units:
    """Return what the tokens of a corpus are, which decides how they are joined to texts."""
    tokens = (
        token
        for split in corpus.splits.values()
        if isinstance(split.format, TagFormat)
        for sentence in split.sentences(corpus.labels)
        for token in sentence.tokens
    )
    if is_of_characters(tokens):
        return "characters"
    logger.info("%s: most tokens are words; read the texts with --units words", corpus.folder)
    return "words"


def _refuse_another(target: Path, entries: set[str]) -> None:
    """Refuse to write beside the splits of another corpus, or of this one in another format."""
    found = target.iterdir() if target.is_dir() else ()
    splits = sorted(
        path.name for path in found if recognise_split(path.name) and recognise_format(path)
    )
    if others := [name for name in splits if name not in entries]:
        raise OutputExistsError(
            f"{target}: found {', '.join(others)}, expected no split but those to be written "
            f"({', '.join(sorted(entries))}), since the folder would hold two corpora. Nothing was "
            "changed: choose another folder, or remove these."
        )
