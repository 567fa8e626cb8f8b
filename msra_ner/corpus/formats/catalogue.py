"""The formats of a corpus, by name: how each is read and written."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from msra_ner.corpus.documents import Document
from msra_ner.corpus.formats.brat import read_brat, write_brat
from msra_ner.corpus.formats.columns import locate_token, read_columns, write_columns
from msra_ner.corpus.formats.json_spans import read_json_spans, write_json_spans
from msra_ner.corpus.formats.json_tokens import read_json_tokens, write_json_tokens
from msra_ner.corpus.formats.pair import locate_tag, read_pair, write_pair
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.sentence import Sentence


def _locate_token(sentence: Sentence, position: int) -> str:
    return f"{sentence.location} (token {position + 1})"


@dataclass(frozen=True)
class TagFormat:
    """A format that holds tokens with tags.

    Attributes:
        name: What people call it.
        read: Reads a file, or a folder; the tags as written there. It raises CorpusNotFoundError
            where a file is missing, CorpusError with file and line where one breaks the format.
        write: Writes IOB2 tags, in the scheme that is named.
        suffix: How the name of its file ends.
        locate: From a sentence and a position in it to the location in the file.
        is_folder: Whether a split is a folder.
    """

    name: str
    read: Callable[[Path, ReadOptions], Iterator[Sentence]]
    write: Callable[[Path, Iterable[Sentence], str], None]
    suffix: str = ""
    locate: Callable[[Sentence, int], str] = _locate_token
    is_folder: bool = False


@dataclass(frozen=True)
class TextFormat:
    """A format that holds text with spans, which may overlap; its parts are as in a TagFormat."""

    name: str
    read: Callable[[Path, ReadOptions], Iterator[Document]]
    write: Callable[[Path, Iterable[Document]], None]
    suffix: str = ""
    is_folder: bool = False


FORMATS: dict[str, TagFormat | TextFormat] = {
    format.name: format
    for format in (
        TagFormat("pair", lambda path, _: read_pair(path), write_pair, "", locate_tag, True),
        TagFormat("columns", read_columns, write_columns, ".txt", locate_token),
        TagFormat("json-tokens", read_json_tokens, write_json_tokens, ".jsonl"),
        TextFormat("json-spans", read_json_spans, write_json_spans, ".jsonl"),
        TextFormat("brat", lambda path, _: read_brat(path), write_brat, is_folder=True),
    )
}
