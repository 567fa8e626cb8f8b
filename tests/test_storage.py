import json
import math
from pathlib import Path

import pytest
from helpers.builders import PROPERTY
from hypothesis import given, strategies as st

from msra_ner.errors import ModelError, OutputExistsError
from msra_ner.storage import content_hash, read_json_object, staged_folder, write_json, write_text


def contents(folder: Path) -> dict[str, str]:
    """Return every file below a folder with its text, hidden ones included."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def fill(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def stage(target, files, *, overwrite, fail=None):
    """Put files into a target by way of a staged folder, and fail there if asked to."""
    names = dict.fromkeys(name.partition("/")[0] for name in files)
    with staged_folder(target, names, overwrite=overwrite) as staged:
        fill(staged, files)
        if fail:
            raise fail


NEW = {"train/tags.txt": "new", "labels.txt": "new"}
OLD = {"train/tags.txt": "old", "train/more.txt": "old", "labels.txt": "old"}
FOREIGN = {"notes.txt": "mine", "scans/a.txt": "mine"}
FAILURES = [
    pytest.param(OSError("disk full"), id="an error"),
    pytest.param(KeyboardInterrupt(), id="the user"),
]


def test_entries_appear_when_the_block_ends(tmp_path):
    target = tmp_path / "new" / "folder"
    with staged_folder(target, ["train", "labels.txt"], overwrite=False) as staged:
        fill(staged, NEW)
        assert not [path for path in target.iterdir() if path != staged]
    assert contents(target) == NEW
    assert sorted(path.name for path in target.iterdir()) == ["labels.txt", "train"]


def test_other_entries_stay_as_they_are(tmp_path):
    fill(tmp_path, FOREIGN)
    stage(tmp_path, NEW, overwrite=False)
    assert contents(tmp_path) == FOREIGN | NEW


@pytest.mark.parametrize("standing", [OLD, {"labels.txt": "old"}], ids=["all", "one"])
def test_what_stands_is_not_replaced_without_overwrite(tmp_path, standing):
    fill(tmp_path, standing)
    with pytest.raises(OutputExistsError, match="overwrite") as caught:
        stage(tmp_path, NEW, overwrite=False)
    assert isinstance(caught.value, FileExistsError)
    found = str(caught.value).partition(": found ")[2].partition(", expected")[0]
    assert set(found.split(", ")) == {name.partition("/")[0] for name in standing}
    assert contents(tmp_path) == standing


def test_overwrite_replaces_entries_whole(tmp_path):
    fill(tmp_path, OLD | FOREIGN)
    stage(tmp_path, NEW, overwrite=True)
    assert contents(tmp_path) == NEW | FOREIGN
    assert not list(tmp_path.glob(".partial*"))


@pytest.mark.parametrize("fail", FAILURES)
def test_nothing_is_left_of_a_block_ended_by(tmp_path, fail):
    fill(tmp_path, FOREIGN)
    with pytest.raises(type(fail)):
        stage(tmp_path, NEW, overwrite=False, fail=fail)
    assert contents(tmp_path) == FOREIGN
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "scans"]


@pytest.mark.parametrize("fail", FAILURES)
def test_what_stood_is_intact_after_a_block_with_overwrite_ended_by(tmp_path, fail):
    fill(tmp_path, OLD | FOREIGN)
    with pytest.raises(type(fail)):
        stage(tmp_path, NEW, overwrite=True, fail=fail)
    assert contents(tmp_path) == OLD | FOREIGN
    assert not list(tmp_path.glob(".partial*"))


@pytest.mark.parametrize(
    ("standing", "fails_at"),
    [
        pytest.param({}, 1, id="the first entry into nothing"),
        pytest.param({}, 2, id="the last entry into nothing"),
        pytest.param(OLD, 1, id="the first old entry away"),
        pytest.param(OLD, 2, id="the first new entry in"),
        pytest.param(OLD, 3, id="the last old entry away"),
        pytest.param(OLD, 4, id="the last new entry in"),
    ],
)
def test_what_stood_comes_back_when_moving_fails(tmp_path, monkeypatch, standing, fails_at):
    fill(tmp_path, standing | FOREIGN)
    rename = Path.rename
    calls = []

    def rename_until(path, target):
        calls.append(path)
        if len(calls) == fails_at:
            raise OSError("no more room")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", rename_until)
    with pytest.raises(OSError, match="no more room"):
        stage(tmp_path, NEW, overwrite=True)
    assert contents(tmp_path) == standing | FOREIGN


def test_an_entry_the_block_did_not_write_replaces_nothing(tmp_path):
    fill(tmp_path, OLD)
    with (
        pytest.raises(FileNotFoundError),
        staged_folder(tmp_path, ["train", "labels.txt"], overwrite=True) as staged,
    ):
        fill(staged, {"train/tags.txt": "new"})
    assert contents(tmp_path) == OLD


@PROPERTY
@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_write_text_writes_utf8_without_touching_line_ends(tmp_path_factory, text):
    folder = tmp_path_factory.getbasetemp()
    write_text(folder / "text.txt", text)
    assert (folder / "text.txt").read_bytes() == text.encode()


def test_write_text_replaces_a_file_and_leaves_no_other(tmp_path):
    (tmp_path / "a.txt").write_text("an old and longer text")
    write_text(tmp_path / "a.txt", "new\n")
    assert contents(tmp_path) == {"a.txt": "new\n"}


def test_write_text_makes_files_as_open_to_others_as_any(tmp_path):
    write_text(tmp_path / "a.txt", "")
    (tmp_path / "b.txt").touch()
    assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "b.txt").stat().st_mode


def test_write_text_that_fails_leaves_the_old_file_and_no_other(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_text(tmp_path / "a.txt", "half of it \ud800")
    assert contents(tmp_path) == {"a.txt": "old"}


def test_write_text_does_not_write_into_a_folder_of_that_name(tmp_path):
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(IsADirectoryError):
        write_text(tmp_path / "a.txt", "text")
    assert not contents(tmp_path)


def test_write_json_keeps_order_and_chinese_and_ends_the_line(tmp_path):
    data = {"b": [1, 2.5, None], "a": {"人名": "李娜"}}
    write_json(tmp_path / "a.json", data)
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert json.loads(text) == data
    assert text.index('"b"') < text.index('"a"')
    assert '"人名": "李娜"' in text
    assert text.endswith("}\n")


def test_write_json_spells_what_is_no_number(tmp_path):
    write_json(tmp_path / "a.json", {"a": [1, math.nan, (math.inf,)], "b": {"c": -math.inf}})
    text = (tmp_path / "a.json").read_text()
    data = json.loads(text, parse_constant=pytest.fail)
    assert data == {"a": [1, "nan", ["inf"]], "b": {"c": "-inf"}}


def test_write_json_of_what_json_cannot_hold_leaves_the_old_file(tmp_path):
    (tmp_path / "a.json").write_text("old")
    with pytest.raises(TypeError):
        write_json(tmp_path / "a.json", {"a": object()})
    assert contents(tmp_path) == {"a.json": "old"}


def test_content_hash_is_the_same_in_every_run():
    assert content_hash([b"a", b"bc"]) == "9a8acca1b6c6c0befd3fbc756aed625d"
    assert content_hash(iter([b"a", b"bc"])) == content_hash([b"a", b"bc"])


@PROPERTY
@given(st.lists(st.binary(max_size=3), max_size=4), st.lists(st.binary(max_size=3), max_size=4))
def test_content_hash_differs_where_parts_or_their_borders_do(one, other):
    assert (content_hash(one) == content_hash(other)) is (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([b"ab", b"c"], [b"a", b"bc"]),
        ([b"a", b"b"], [b"b", b"a"]),
        ([b"a"], [b"a", b""]),
        ([], [b""]),
        ([b"abc"], [b"abd"]),
    ],
    ids=["a moved border", "another order", "an empty part", "no part", "another byte"],
)
def test_content_hash_changes_with(one, other):
    assert content_hash(one) != content_hash(other)


def test_an_object_comes_back(tmp_path):
    write_json(tmp_path / "a.json", {"名": 1})
    assert read_json_object(tmp_path / "a.json", error=ModelError, remedy="") == {"名": 1}


@pytest.mark.parametrize(
    "content", [None, b"", b"{", b"[1]", b"\xff", b"\xef\xbb\xbf{}", b"[" * 10**5]
)
def test_a_file_that_holds_no_object_is_refused_with_the_remedy(tmp_path, content):
    path = tmp_path / "a.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"a\.json: found .* Repeat the export\."):
        read_json_object(path, error=ModelError, remedy="Repeat the export.")
