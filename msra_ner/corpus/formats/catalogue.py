"""The formats of a corpus, by name: how each is read and written."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from msra_ner.corpus.documents import Passage
from msra_ner.corpus.formats.brat import read_brat, write_brat
from msra_ner.corpus.formats.columns import read_columns, token_place, write_columns
from msra_ner.corpus.formats.json_spans import read_json_spans, write_json_spans
from msra_ner.corpus.formats.json_tokens import read_json_tokens, write_json_tokens
from msra_ner.corpus.formats.pair import read_pair, tag_place, write_pair
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.schemes import encode_scheme
from msra_ner.corpus.sentence import Sentence


def _plain_place(sentence: Sentence, position: int) -> str:
    return f"{sentence.place} (token {position + 1})"


@dataclass(frozen=True)
class TagForm:
    """A form that holds tokens with tags. ``path`` is a file, or a folder where so marked.

    ``read`` gives the tags as they stand in the file.
    """

    name: str
    read: Callable[[Path, ReadOptions], Iterator[Sentence]]
    write: Callable[[Path, Iterable[Sentence], str], None]
    suffix: str = ""
    locate: Callable[[Sentence, int], str] = _plain_place
    is_folder: bool = False


@dataclass(frozen=True)
class TextForm:
    """A form that holds text with spans, which may overlap."""

    name: str
    read: Callable[[Path, ReadOptions], Iterator[Passage]]
    write: Callable[[Path, Iterable[Passage]], None]
    suffix: str = ""
    is_folder: bool = False


def _write_pair(folder: Path, sentences: Iterable[Sentence], scheme: str) -> None:
    write_pair(
        folder,
        (Sentence(row.tokens, encode_scheme(row.tags, scheme), row.place) for row in sentences),
    )


FORMS: dict[str, TagForm | TextForm] = {
    form.name: form
    for form in (
        TagForm(
            "pair",
            lambda path, options: read_pair(path),
            _write_pair,
            locate=tag_place,
            is_folder=True,
        ),
        TagForm("columns", read_columns, write_columns, ".txt", locate=token_place),
        TagForm("json-tokens", read_json_tokens, write_json_tokens, ".jsonl"),
        TextForm("json-spans", read_json_spans, write_json_spans, ".jsonl"),
        TextForm("brat", lambda path, options: read_brat(path), write_brat, is_folder=True),
    )
}
