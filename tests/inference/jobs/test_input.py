import json
import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.builders import PROPERTY
from hypothesis import given, strategies as st

from msra_ner.errors import ArgumentsError, CorpusError, CorpusNotFoundError
from msra_ner.inference.jobs.input import Part, count_rows, cut_parts, read_part, read_rows

TEXTS = ["王小明在北京", "", "𠮷野家  ", "\u3000全角", "a" * 50, "北京"]


def write(folder, suffix, texts=TEXTS, name="input"):
    path = folder / f"{name}{suffix}"
    if suffix == ".txt":
        path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    elif suffix == ".jsonl":
        rows = [{"id": number, "text": text} for number, text in enumerate(texts)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        table = pa.table({"id": list(range(len(texts))), "text": texts})
        pq.write_table(table, path, row_group_size=4)
    return str(path)


@pytest.mark.parametrize("suffix", [".txt", ".jsonl", ".parquet"])
@pytest.mark.parametrize("size", [1, 30, 10_000])
def test_parts_hold_every_row_once_and_in_order(tmp_path, suffix, size):
    names = [write(tmp_path, suffix), write(tmp_path, ".txt", ["末"], "last")]
    parts = cut_parts(names, size)
    rows = [[row.text for row in read_part(part, "text")] for part in parts]
    assert [text for part in rows for text in part] == [*TEXTS, "末"]
    assert [count_rows(part) for part in parts] == [len(part) for part in rows]
    assert [part.number for part in parts] == list(range(len(parts)))
    assert (len(parts) > 2) == (size < 10_000)
    assert [row.text for row in read_rows(names, "text")] == [*TEXTS, "末"]


@PROPERTY
@given(
    st.lists(st.sampled_from(["", "中", "中国人", "\r", "x\ty"])), st.booleans(), st.integers(1, 9)
)
def test_lines_are_never_cut(tmp_path_factory, lines, ended, size):
    path = tmp_path_factory.mktemp("lines") / "a.txt"
    content = "\n".join(lines) + "\n" * ended
    path.write_bytes(content.encode())
    expected = [line.rstrip("\r") for line in content.split("\n")]
    if expected[-1] == "" and (content.endswith("\n") or not content):
        expected.pop()
    parts = cut_parts([str(path)], size)
    found = [row.text for part in parts for row in read_part(part, "text")]
    assert found == expected
    assert sum(map(count_rows, parts)) == len(expected)


def test_rows_keep_their_columns(tmp_path):
    for suffix in (".jsonl", ".parquet"):
        rows = list(read_rows([write(tmp_path, suffix)], "text"))
        assert [row.values for row in rows][4] == {"id": 4, "text": "a" * 50}


def test_a_byte_order_mark_is_no_text(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeff北\n\ufeff京\n".encode())
    assert [row.text for row in read_rows([str(path)], "text")] == ["北", "\ufeff京"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "好\n好\n".encode() + b"\xb1\xb1\n", "a.txt:3: found byte 0xB1"),
        ("a.jsonl", b'{"text": "x"}\nnothing\n', "a.jsonl:2: found"),
        ("a.json", b'["x"]\n', "a.json:1: found a JSON list"),
        ("a.jsonl", b'{"body": "x"}\n', "found the columns 'body', expected 'text'"),
        ("a.jsonl", b'{"text": 3}\n', "column 'text': found a int"),
        ("a.jsonl", b'{"text": "\\ud800"}\n', "found half of a surrogate pair"),
        ("A.JSONL", b'{"text": "x", "n": ["\\uD800"]}\n', "found half of a surrogate pair"),
        ("a.jsonl", b'{"text": "x", "entities": 1}\n', "found a column 'entities'"),
    ],
)
def test_a_bad_line_is_named_in_every_part(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    for size in (1, 1000):
        parts = cut_parts([str(path)], size)
        with pytest.raises(CorpusError, match=re.escape(message)):
            [list(read_part(part, "text")) for part in parts]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"body": ["x"]}, "found the columns 'body'"),
        ({"text": ["x", None]}, "row 2, column 'text': found NoneType"),
        ({"text": [1]}, "row 1, column 'text': found int"),
        ({"text": ["x"], "a": [1], "b": [2]}, "found two columns 'a'"),
    ],
)
def test_bad_parquet_is_named(tmp_path, columns, message):
    path = tmp_path / "a.parquet"
    names = ["a" if name == "b" else name for name in columns]
    pq.write_table(pa.table(list(columns.values()), names=names), path)
    with pytest.raises(CorpusError, match=message):
        list(read_rows([str(path)], "text"))


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(CorpusNotFoundError, match=r"nothing\.txt: cannot be read"):
        list(read_rows([str(tmp_path / "nothing.txt")], "text"))
    with pytest.raises(CorpusNotFoundError, match=r"nothing\.parquet: cannot be read"):
        list(read_rows([str(tmp_path / "nothing.parquet")], "text"))
    (tmp_path / "a.parquet").write_text("no Parquet")
    with pytest.raises(ArgumentsError, match="found no Parquet file"):
        list(read_rows([str(tmp_path / "a.parquet")], "text"))


def test_an_empty_file_has_no_parts(tmp_path):
    (tmp_path / "a.txt").touch()
    assert cut_parts([str(tmp_path / "a.txt")], 10) == []
    assert count_rows(Part(0, str(tmp_path / "a.txt"), 0, 0)) == 0


def test_a_row_group_is_decoded_once_for_all_its_parts(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    texts = [f"{number}" for number in range(60)]
    pq.write_table(pa.table({"text": texts}), path, row_group_size=20)
    read = pq.ParquetFile.read_row_group
    groups = []
    monkeypatch.setattr(
        pq.ParquetFile,
        "read_row_group",
        lambda file, group: groups.append(group) or read(file, group),
    )
    parts = [Part(number, str(path), 5 * number, 5 * number + 5) for number in range(12)]
    assert [row.text for part in parts for row in read_part(part, "text")] == texts
    assert groups == [0, 1, 2]
    # A file that was replaced is read again.
    pq.write_table(pa.table({"text": ["x"]}), path)
    assert [row.text for row in read_part(Part(0, str(path), 0, 1), "text")] == ["x"]


@pytest.mark.parametrize("size", [1, 10_000])
def test_blank_lines_of_json_are_no_rows(tmp_path, size):
    """R21: they were an error here alone, of all that reads JSON lines."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\n\n \n{"text": "b"}\n\n{"text": 5}\n')
    parts = cut_parts([str(path)], size)
    assert sum(map(count_rows, parts)) == 3
    rows = read_rows([str(path)], "text")
    assert [(row.text, row.location) for row in (next(rows), next(rows))] == [
        ("a", f"{path}:1"),
        ("b", f"{path}:4"),
    ]
    with pytest.raises(CorpusError, match=r"a\.jsonl:6: column 'text'"):
        next(rows)


def test_a_line_ends_with_one_carriage_return(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"a\r\r\nb\r\n")
    assert [row.text for row in read_rows([str(path)], "text")] == ["a\r", "b"]


@pytest.mark.parametrize(
    ("name", "data", "remedy"),
    [
        ("a.txt", "周敏".encode("utf-16"), "iconv -f UTF-16"),
        ("a.txt", "周敏".encode("gb18030"), "iconv -f GB18030"),
        ("a.json", b'[{"text": "a"}]', "jq -c '.[]'"),
    ],
)
def test_a_remedy_fits_what_was_found(tmp_path, name, data, remedy):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CorpusError) as caught:
        list(read_rows([str(tmp_path / name)], "text"))
    assert remedy in str(caught.value)
