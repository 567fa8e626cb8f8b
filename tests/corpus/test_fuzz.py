"""Whatever the bytes: a corpus that can be converted and read back, or the package's own error."""

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import pytest
from helpers.builders import examples
from helpers.corpora import read_documents, read_split, write_split
from helpers.read_only import READ_ONLY, make_example
from helpers.strategies import documents, sentences
from hypothesis import given, strategies as st

from msra_ner.corpus.convert import convert_corpus
from msra_ner.corpus.documents import check_span
from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.formats.catalogue import FORMATS, TextFormat, recognise_format
from msra_ner.corpus.options import ReadOptions
from msra_ner.errors import MsraNerError
from msra_ner.labels import decode_entities, encode_entities
from msra_ner.metrics import close_row

FEW = examples(60)
# What could be mistaken, cut, merged or doubled in any of the formats.
PIECES = [
    "\ufeff", "中", "\u2028", "\u3000", " ", "  ", "\t", "\n", "\n\n", "\r\n", "\r", "\0", "O",
    "B-PER", "I-LOC", "E_X", "B-", "-DOCSTART- O\n", "# ", "#\tO\n", "{", "}", "[", "]", '"', ",",
    ":", "\\", "\\u0000", "\\ud800", "null", "true", "NaN", "-1", "1e999", "9" * 30, '"text"',
    '"label"', '"tokens"', "T1\tX 0 1\t", "T2\tX 0 1;2 3\ta\n", "R1\tx\n", ";",
]  # fmt: skip
BYTES = [*(piece.encode() for piece in PIECES), b"\xff", b"\xe4\xb8", b"\xef\xbb", b"\xed\xa0\x80"]


def any_bytes() -> st.SearchStrategy[bytes]:
    return st.lists(st.sampled_from(BYTES), max_size=12).map(b"".join) | st.binary(max_size=60)


@st.composite
def damages(draw: st.DrawFn) -> list[tuple[float, int, bytes]]:
    """Places in a file (as a fraction), how many bytes go there, and what comes instead."""
    location = st.floats(0, 1)
    return draw(
        st.lists(
            st.tuples(location, st.integers(0, 6), st.just(b"") | st.sampled_from(BYTES)),
            max_size=3,
        )
    )


def damaged(data: bytes, how: list[tuple[float, int, bytes]]) -> bytes:
    for location, count, piece in how:
        start = int(location * len(data))
        data = data[:start] + piece + data[start + count :]
    return data


def outcome(read, *args, **kwargs):
    """Return what a reader returns and no message, or None and the message of its refusal."""
    try:
        return read(*args, **kwargs), ""
    except MsraNerError as error:
        return None, str(error)


def check_what_was_read(folder: Path, options: ReadOptions) -> None:
    """Read a folder; what comes must be sound, and the same after another format."""
    found, message = outcome(read_split, folder, **asdict(options))
    if found is None:
        assert message.startswith((f"{folder}/", f"{folder}:"))
        assert len(message) < 5000
        with pytest.raises(MsraNerError):
            convert_corpus(folder, folder / "out", "json-tokens", **asdict(options))
        assert not (folder / "out").exists()
        return
    assert found
    for sentence in found:
        assert sentence.tokens
        assert all(sentence.tokens)
        count = len(sentence.tokens)
        closed = close_row(sentence.tags, sentence.tags).gold
        assert encode_entities(decode_entities(sentence.tags), count) == closed
    report = convert_corpus(folder, folder / "out", "json-tokens", **asdict(options))["train"]
    assert read_split(folder / "out") == found
    assert report.sentences == len(found)
    assert report.entities - report.nested == sum(len(decode_entities(s.tags)) for s in found)


def check_texts(folder: Path, options: ReadOptions) -> None:
    """Read texts with spans; they must be sound, and the same after they were written again."""
    marks = {"ends": options.ends, "annotated_types": options.annotated_types}
    found, _ = outcome(read_documents, folder, **marks)
    if found is None:
        return
    for document in found:
        for span in document.spans:
            check_span(document, span)
    convert_corpus(folder, folder / "texts", "json-spans", **asdict(options))
    assert read_documents(folder / "texts") == found


any_options = st.builds(
    ReadOptions,
    scheme=st.sampled_from(["auto", "auto", "iob2", "bmes"]),
    annotated_types=st.sampled_from([None, None, "PER", "PER,ORG,LOC"]),
    repair_tags=st.booleans(),
    ends=st.sampled_from(["auto", "exclusive", "inclusive"]),
    units=st.sampled_from(["characters", "words"]),
    nested=st.sampled_from(["refuse", "outermost"]),
    tag_names=st.sampled_from([None, "O,B-PER,I-PER"]),
)


@pytest.mark.parametrize("format_name", FORMATS)
@FEW
@given(st.data(), any_options)
def test_a_damaged_corpus_is_read_soundly_or_refused(format_name, data, options):
    format = FORMATS[format_name]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "in"
        if format_name in READ_ONLY:
            folder.mkdir()
            (folder / f"train{format.suffix}").write_bytes(make_example(format_name))
        else:
            texts = isinstance(format, TextFormat)
            items = data.draw(documents() if texts else sentences(format_name), label="corpus")
            write_split(folder, format_name, items)
        for path in sorted(folder.rglob("*.*")):
            path.write_bytes(damaged(path.read_bytes(), data.draw(damages(), label=path.name)))
        check_what_was_read(folder, options)
        if (
            isinstance(format, TextFormat)
            and recognise_format(folder / f"train{format.suffix}") == format_name
        ):
            check_texts(folder, options)


@examples(300)
@given(
    name=st.sampled_from(["train.txt", "train.json", "train.jsonl", "weibo.train", "train"]),
    data=any_bytes(),
    options=any_options,
)
def test_whatever_the_bytes_a_file_is_read_soundly_or_refused(name, data, options):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data)
        check_what_was_read(Path(folder), options)


@examples(120)
@given(
    names=st.sampled_from([("sentences.txt", "tags.txt"), ("a.txt", "a.ann")]),
    files=st.tuples(any_bytes(), any_bytes()),
    options=any_options,
)
def test_whatever_the_bytes_two_files_are_read_soundly_or_refused(names, files, options):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "train").mkdir()
        for name, data in zip(names, files, strict=True):
            (Path(folder) / "train" / name).write_bytes(data)
        check_what_was_read(Path(folder), options)


# JSON that is JSON, but of any shape: other values than expected, under the right keys.

NUMBERS = st.integers(-3, 9) | st.sampled_from([2**70, -(2**70), 0.5, float("nan"), True, None])
WORDS = st.sampled_from(
    ["", "中", "中国", "a b", "PER", "B-PER", "I-PER", "O", "0", "\0", "\ud800"]
)
KEYS = st.sampled_from(
    ["text", "tokens", "ner_tags", "tags", "label", "labels", "entities", "spans", "start", "end",
     "start_offset", "end_offset", "type", "word", "中", "PER", "id", "data", "annotations",
     "result", "value", "was_cancelled", "annotator", "lead_time", "created_at", "words", "ner"]
)  # fmt: skip
JSON = st.recursive(
    NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=6,
)
SPAN = st.fixed_dictionaries(
    {"start": st.integers(0, 3) | NUMBERS, "end": st.integers(0, 4) | NUMBERS},
    optional={"label": WORDS | JSON, "text": WORDS | JSON},
)
RANGES = st.lists(st.lists(st.integers(0, 3) | NUMBERS, max_size=3) | JSON, max_size=2)
CLUENER = st.dictionaries(WORDS, st.dictionaries(WORDS, RANGES | JSON, max_size=2), max_size=2)
TEXT = st.fixed_dictionaries({"text": WORDS | JSON}, optional={"more": WORDS})
VALUE = st.fixed_dictionaries(
    {"start": st.integers(0, 3) | NUMBERS, "end": st.integers(0, 4) | NUMBERS},
    optional={"labels": st.lists(WORDS, max_size=2) | JSON, "text": WORDS | JSON},
)
RESULT = st.fixed_dictionaries({"value": VALUE | JSON}, optional={"type": WORDS})
ANNOTATION = JSON | st.fixed_dictionaries(
    {"result": st.lists(RESULT | JSON, max_size=2) | JSON},
    optional={"ground_truth": st.booleans(), "was_cancelled": st.booleans()},
)
OBJECT = (
    st.fixed_dictionaries({"tokens": st.lists(WORDS) | JSON, "ner_tags": st.lists(WORDS) | JSON})
    | st.fixed_dictionaries({"text": WORDS | JSON, "entities": st.lists(SPAN | JSON, max_size=2)})
    | st.fixed_dictionaries({"text": WORDS | JSON, "label": CLUENER | JSON})
    | st.fixed_dictionaries({"data": TEXT | JSON, "annotations": st.lists(ANNOTATION, max_size=2)})
    | JSON
)


@examples(200)
@given(st.lists(OBJECT, min_size=1, max_size=3), any_options)
def test_json_of_any_shape_is_read_soundly_or_refused(rows, options):
    with tempfile.TemporaryDirectory() as name:
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (Path(name) / "train.jsonl").write_text(text)
        check_what_was_read(Path(name), options)


@pytest.mark.parametrize("format", ["columns", "json-tokens", "json-spans", "pair", "brat"])
@examples(25)
@given(data=any_bytes(), columns=st.tuples(st.integers(-4, 4), st.integers(-4, 4)))
def test_a_format_that_was_asked_for_refuses_what_it_is_not(format, data, columns):
    options = ReadOptions(format=format, token_column=columns[0], tag_column=columns[1])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in ("train.txt", "dev/sentences.txt", "dev/tags.txt", "test/a.txt", "test/a.ann"):
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(data)
        found, message = outcome(open_corpus, folder, options)
        labels, message = outcome(lambda: found.labels) if found else (None, message)
        if labels is None:
            assert message.startswith(str(folder))
        else:
            assert labels[0] == "O"
