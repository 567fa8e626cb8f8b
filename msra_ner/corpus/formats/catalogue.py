"""The formats of a corpus, by name: how each is read and written."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from msra_ner.corpus.documents import Document
from msra_ner.corpus.formats.brat import is_brat, read_brat, write_brat
from msra_ner.corpus.formats.columns import is_columns, locate_token, read_columns, write_columns
from msra_ner.corpus.formats.conll_u import is_conll_u, read_conll_u, write_conll_u
from msra_ner.corpus.formats.doc_bin import is_doc_bin, read_doc_bin
from msra_ner.corpus.formats.head import Head
from msra_ner.corpus.formats.json_spans import is_json_spans, read_json_spans, write_json_spans
from msra_ner.corpus.formats.json_tokens import is_json_tokens, read_json_tokens, write_json_tokens
from msra_ner.corpus.formats.label_studio import (
    is_label_studio,
    read_label_studio,
    write_label_studio,
)
from msra_ner.corpus.formats.pair import is_pair, locate_tag, read_pair, write_pair
from msra_ner.corpus.formats.people_daily import is_people_daily, read_people_daily
from msra_ner.corpus.formats.pipes import is_pipes, read_pipes
from msra_ner.corpus.formats.table import is_table, read_table
from msra_ner.corpus.formats.webanno import is_webanno, read_webanno
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.sentence import Sentence


def _locate_token(sentence: Sentence, position: int) -> str:
    return f"{sentence.location} (token {position + 1})"


@dataclass(frozen=True)
class TagFormat:
    """A format that holds tokens with tags.

    Attributes:
        name: What people call it.
        recognise: Tells from the start of a file, or the names in a folder, whether it is of this
            format. No two formats say so of one.
        read: Reads a file, or a folder; the tags as written there. It raises CorpusNotFoundError
            where a file is missing, CorpusError with file and line where one breaks the format.
        write: Writes IOB2 tags, in the scheme that is named; None for a format that is only read.
        suffix: How the name of its file ends.
        locate: From a sentence and a position in it to the location in the file.
        is_folder: Whether a split is a folder.
        roles: What ``--column`` can name in it.
    """

    name: str
    recognise: Callable[[Head], bool]
    read: Callable[[Path, ReadOptions], Iterator[Sentence]]
    write: Callable[[Path, Iterable[Sentence], str], None] | None = None
    suffix: str = ""
    locate: Callable[[Sentence, int], str] = _locate_token
    is_folder: bool = False
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextFormat:
    """A format that holds text with spans, which may overlap; its parts are as in a TagFormat."""

    name: str
    recognise: Callable[[Head], bool]
    read: Callable[[Path, ReadOptions], Iterator[Document]]
    write: Callable[[Path, Iterable[Document]], None] | None = None
    suffix: str = ""
    is_folder: bool = False
    roles: tuple[str, ...] = ()


FORMATS: dict[str, TagFormat | TextFormat] = {
    format.name: format
    for format in (
        TagFormat("pair", is_pair, read_pair, write_pair, "", locate_tag, is_folder=True),
        TagFormat(
            "json-tokens",
            is_json_tokens,
            read_json_tokens,
            write_json_tokens,
            ".jsonl",
            roles=("tokens", "tags"),
        ),
        TextFormat(
            "label-studio",
            is_label_studio,
            read_label_studio,
            write_label_studio,
            ".json",
            roles=("text",),
        ),
        TextFormat(
            "json-spans",
            is_json_spans,
            read_json_spans,
            write_json_spans,
            ".jsonl",
            roles=("text",),
        ),
        TextFormat("brat", is_brat, read_brat, write_brat, is_folder=True),
        TextFormat("webanno", is_webanno, read_webanno, suffix=".tsv", roles=("layer",)),
        TextFormat("pipes", is_pipes, read_pipes, suffix=".txt"),
        TextFormat("doc-bin", is_doc_bin, read_doc_bin, suffix=".spacy", roles=("layer",)),
        TextFormat("people-daily", is_people_daily, read_people_daily, suffix=".txt"),
        TagFormat(
            "conll-u",
            is_conll_u,
            read_conll_u,
            write_conll_u,
            ".conllu",
            roles=("tokens", "tags"),
        ),
        TagFormat(
            "table",
            is_table,
            read_table,
            None,
            ".csv",
            roles=("tokens", "tags", "text", "sentence"),
        ),
        # Many lines end with what could be a tag, so the others are asked first.
        TagFormat("columns", is_columns, read_columns, write_columns, ".txt", locate_token),
    )
}
WRITTEN_FORMATS = tuple(name for name, format in FORMATS.items() if format.write)


def recognise_format(path: Path) -> str | None:
    """Return the name of the format of a file or folder, or None if it is not a known one."""
    head = Head(path)
    formats = [format for format in FORMATS.values() if format.is_folder == path.is_dir()]
    return next((format.name for format in formats if format.recognise(head)), None)
