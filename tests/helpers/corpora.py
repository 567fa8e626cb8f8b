"""Splits of a corpus, written and read in any format."""

from pathlib import Path

from msra_ner.corpus.documents import Document, to_document
from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.formats.catalogue import FORMATS, TextFormat
from msra_ner.corpus.options import ReadOptions, Units
from msra_ner.corpus.sentence import Sentence, is_of_characters


def find_units(items: list[Sentence]) -> Units:
    """Return what a token of some sentences is."""
    tokens = (token for item in items for token in item.tokens)
    return "characters" if is_of_characters(tokens) else "words"


def write_split(folder: Path, format_name: str, items: list[Sentence] | list[Document]) -> Path:
    """Write a corpus of one split in a format and return its folder."""
    format = FORMATS[format_name]
    folder.mkdir(parents=True)
    path = folder / f"train{format.suffix}"
    if format.is_folder:
        path.mkdir()
    if not isinstance(format, TextFormat):
        format.write(path, items, "iob2")
    else:
        if isinstance(items[0], Sentence):
            units = find_units(items)
            items = [to_document(item, units) for item in items]
        format.write(path, items)
    return folder


def read_split(folder: Path, name: str = "train", **options) -> list[Sentence]:
    corpus = open_corpus(folder, ReadOptions(**options))
    return list(corpus.splits[name].sentences(corpus.labels))


def read_documents(folder: Path, name: str = "train", **options) -> list[Document]:
    corpus = open_corpus(folder, ReadOptions(**options))
    return list(corpus.splits[name].documents(corpus.labels))
