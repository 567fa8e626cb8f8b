import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers import tiny_models

from msra_ner.cli.entry import main
from msra_ner.errors import ArgumentsError, CorpusError, JobError, MsraNerError, OutputExistsError
from msra_ner.inference.jobs import processes as tag_processes
from msra_ner.inference.jobs.job import TagJob
from msra_ner.inference.jobs.output import PartWriter
from msra_ner.inference.jobs.plan import plan_job
from msra_ner.inference.jobs.processes import tag_with_processes
from msra_ner.inference.jobs.ray import tag_with_ray
from msra_ner.labels import label_list


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(
        tiny_models.save_tagger(tmp_path_factory.mktemp("model") / "m", label_list(["PER", "ORG"]))
    )


@pytest.fixture(scope="module")
def lines():
    chance = random.Random(3)
    letters = [*tiny_models.CHARACTERS, " "]
    return ["".join(chance.choices(letters, k=chance.choice([0, 5, 30]))) for _ in range(120)]


@pytest.fixture
def job(model, lines, tmp_path):
    """A job of many parts."""
    path = tmp_path / "input.txt"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return TagJob(model, [str(path)], tmp_path / "out.jsonl", device="cpu", part_bytes=300)


def write_parts(job):
    """Write all parts of a job, and leave them unjoined."""
    planned = plan_job(job)
    planned.open()
    tagger = job.load_tagger()
    for part in planned.parts:
        planned.write(part, tagger)
    return planned


def rows_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def expected(job, capsys):
    """What predict prints."""
    assert main(["predict", job.model, *job.files, "--device", "cpu"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def same(found, expected):
    """Compare but for the last digit of scores, which hangs on what shares a batch."""
    assert [row["text"] for row in found] == [row["text"] for row in expected]
    for row, other in zip(found, expected, strict=True):
        for entity, twin in zip(row["entities"], other["entities"], strict=True):
            assert entity.pop("score") == pytest.approx(twin["score"], abs=2e-4)
            assert entity == {key: value for key, value in twin.items() if key != "score"}
    assert any(row["entities"] for row in found)


def test_parts_joined_are_what_one_stream_gives(job, expected):
    assert tag_with_processes(job) == len(expected)
    same(rows_of(job.output), expected)
    assert not job.folder.exists()


def test_an_interrupted_job_goes_on_with_what_is_missing(job, model, monkeypatch):
    planned = plan_job(job)
    planned.open()
    tagger = job.load_tagger()
    for part in planned.parts[::2]:
        planned.write(part, tagger)
    done = {path: path.stat().st_mtime_ns for path in job.folder.glob("part-*.jsonl")}
    assert 2 <= len(done) < len(planned.parts)
    untouched = {}
    finish = type(planned).finish

    def look(self, **kwargs):
        untouched.update({path: path.stat().st_mtime_ns for path in done})
        return finish(self, **kwargs)

    monkeypatch.setattr(type(planned), "finish", look)
    (job.folder / "part-000000.somewhere-7.partial").write_text("half")
    assert tag_with_processes(job) == 120
    assert untouched == done
    whole = job.output.read_bytes()
    assert tag_with_processes(job, overwrite=True) == 120
    assert job.output.read_bytes() == whole


def test_any_number_of_processes_writes_the_same_bytes(job, monkeypatch):
    tag_with_processes(job)
    whole = job.output.read_bytes()
    job.output.unlink()
    plan_job(job).open()
    for rank in (2, 1, 0):  # the others of three, then the one that joins
        monkeypatch.setenv("RANK", str(rank))
        monkeypatch.setenv("WORLD_SIZE", "3")
        assert tag_with_processes(job) == (120 if rank == 0 else None)
    assert job.output.read_bytes() == whole


def test_a_process_that_comes_too_late_has_nothing_to_do(job, monkeypatch):
    tag_with_processes(job)
    whole = job.output.read_bytes()
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert tag_with_processes(job) is None
    assert job.output.read_bytes() == whole
    job.output.unlink()
    monkeypatch.setattr("msra_ner.inference.jobs.processes.PATIENCE", 0.0)
    with pytest.raises(OutputExistsError, match="rank 0"):
        tag_with_processes(job)


def test_what_stands_there_is_not_touched(job):
    job.output.write_text("mine")
    with pytest.raises(OutputExistsError, match="overwrite"):
        tag_with_processes(job)
    assert job.output.read_text() == "mine"
    assert not job.folder.exists()


def test_the_input_is_never_the_output(job, model):
    text = Path(job.files[0])
    before = text.read_bytes()
    for place in (text, text.parent, text.parent / "." / text.name):
        with pytest.raises(ArgumentsError, match="which is or holds the input"):
            tag_with_processes(replace(job, output=place, as_folder=place.is_dir()), overwrite=True)
    assert text.read_bytes() == before
    parts = text.parent / "out.jsonl.parts" / "part.txt"
    parts.parent.mkdir()
    parts.write_bytes(before)
    inside = replace(job, output=text.parent / "out.jsonl", files=[str(parts)])
    with pytest.raises(ArgumentsError, match="which is or holds the input"):
        tag_with_processes(inside, overwrite=True)
    assert parts.read_bytes() == before


def test_a_folder_that_predict_did_not_write_is_never_removed(job, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "mine").touch()
    other = TagJob(job.model, job.files, folder, as_folder=True, device="cpu")
    with pytest.raises(OutputExistsError, match="predict did not write"):
        tag_with_processes(other, overwrite=True)
    assert (folder / "mine").exists()


def put_file(folder):
    (folder / "mine").touch()


def put_parts_of_another_program(folder):
    (folder / "part-000000.jsonl").touch()


def put_folder(folder):
    (folder / "_job.json").write_text("{}")
    (folder / "part-000000.jsonl").mkdir()


@pytest.mark.parametrize("put", [put_file, put_parts_of_another_program, put_folder])
@pytest.mark.parametrize("overwrite", [False, True])
def test_nor_is_what_lies_where_the_parts_would(job, put, overwrite):
    """It removed a folder OUTPUT.parts/ that was not its own."""
    job.folder.mkdir()
    put(job.folder)
    before = sorted(job.folder.rglob("*"))
    with pytest.raises(OutputExistsError, match=r"predict did not write|parts of another job"):
        tag_with_processes(job, overwrite=overwrite)
    assert sorted(job.folder.rglob("*")) == before


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_no_link_is_followed_to_what_would_be_removed(job, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    job.folder.symlink_to(other)
    with pytest.raises(OutputExistsError, match="a link to another place"):
        tag_with_processes(job, overwrite=True)
    assert other.is_dir()


def test_what_is_put_beside_the_parts_meanwhile_stays(job, monkeypatch):
    finish = PartWriter.join

    def join(writer, parts, path):
        (job.folder / "mine").touch()
        finish(writer, parts, path)

    monkeypatch.setattr(PartWriter, "join", join)
    assert tag_with_processes(job) == 120
    assert [path.name for path in job.folder.iterdir()] == ["mine"]


@pytest.mark.parametrize("engine", [tag_with_processes, tag_with_ray])
def test_an_output_that_another_predict_writes_is_refused(job, engine):
    if engine is tag_with_ray:
        pytest.importorskip("ray.data", reason="needs Ray")
    with plan_job(job).hold():
        before = sorted(job.output.parent.iterdir())
        with pytest.raises(OutputExistsError, match="another predict that is writing it"):
            engine(job)
        assert sorted(job.output.parent.iterdir()) == before
    assert tag_with_processes(job) == 120
    assert sorted(path.name for path in job.output.parent.iterdir()) == ["input.txt", "out.jsonl"]


def test_an_output_that_comes_meanwhile_is_not_replaced(job):
    planned = write_parts(job)
    job.output.write_text("mine")
    with pytest.raises(OutputExistsError, match="found it there now"):
        planned.finish()
    assert job.output.read_text() == "mine"
    assert not planned.find_missing(), "nothing that was tagged is lost"
    assert planned.finish(overwrite=True) == 120
    assert job.output.read_text() != "mine"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"batch_tokens": 999}, "batch_tokens"),
        ({"part_bytes": 100}, "part bytes, parts"),
        ({"format": "doccano"}, "format"),
    ],
)
def test_parts_of_another_job_are_refused(job, change, named):
    planned = plan_job(job)
    planned.open()
    planned.path(planned.parts[0]).touch()
    other = replace(job, **change)
    with pytest.raises(OutputExistsError, match=f"other {named}\\)"):
        tag_with_processes(other)
    assert tag_with_processes(other, overwrite=True) == 120


def test_a_damaged_part_is_found_and_tagged_again(job):
    planned = write_parts(job)
    broken = planned.path(planned.parts[1])
    broken.write_bytes(broken.read_bytes()[:-20])
    with pytest.raises(JobError, match=r"part-000001.*repeat the command"):
        tag_with_processes(job)
    assert not job.output.exists()
    assert tag_with_processes(job) == 120


def test_a_file_that_changes_meanwhile_is_noticed(job):
    planned = write_parts(job)
    with open(job.files[0], "a", encoding="utf-8") as file:
        file.write("more\n")
    with pytest.raises(CorpusError, match="changed while it was tagged"):
        planned.finish()
    with pytest.raises(OutputExistsError, match="other files"):
        tag_with_processes(job)


def test_a_bad_line_leaves_what_is_done(job, model, tmp_path):
    path = tmp_path / "bad.txt"
    path.write_bytes("好\n".encode() * 300 + b"\xff\n")
    bad = TagJob(model, [str(path)], tmp_path / "bad.jsonl", device="cpu", part_bytes=300)
    with pytest.raises(CorpusError, match=r"bad\.txt:301"):
        tag_with_processes(bad)
    assert list(bad.folder.glob("part-*.jsonl"))
    assert not list(bad.folder.glob("*.partial"))


@pytest.mark.parametrize("format", ["jsonl", "spacy", "label-studio", "doccano"])
def test_no_rows_are_a_valid_file(model, tmp_path, capsys, format):
    (tmp_path / "empty.txt").touch()
    job = TagJob(model, [str(tmp_path / "empty.txt")], tmp_path / "out", format, device="cpu")
    assert tag_with_processes(job) == 0
    content = job.output.read_text()
    assert main(["predict", model, str(tmp_path / "empty.txt"), "--format", format]) == 0
    assert capsys.readouterr().out == content
    assert content == "" if format != "label-studio" else json.loads(content) == []


@pytest.mark.parametrize("format", ["spacy", "label-studio", "doccano"])
def test_a_file_of_each_form_is_what_is_printed(job, capsys, format):
    other = replace(job, format=format, part_bytes=1 << 20)
    tag_with_processes(other)
    assert main(["predict", job.model, *job.files, "--device", "cpu", "--format", format]) == 0
    assert capsys.readouterr().out == other.output.read_text(encoding="utf-8")


def test_columns_go_along(model, tmp_path):
    rows = [{"id": n, "text": text, "more": [n]} for n, text in enumerate(tiny_models.TEXTS * 9)]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "rows.parquet", row_group_size=5)
    results = []
    for source in ("rows.jsonl", "rows.parquet"):
        for target in ("out.jsonl", "out.parquet"):
            output = tmp_path / f"{source}-{target}"
            format = "parquet" if target.endswith("parquet") else "jsonl"
            job = TagJob(
                model, [str(tmp_path / source)], output, format, device="cpu", part_bytes=400
            )
            assert len(plan_job(job).parts) > 1
            assert tag_with_processes(job) == len(rows)
            found = pq.read_table(output).to_pylist() if format == "parquet" else rows_of(output)
            assert [{k: v for k, v in row.items() if k != "entities"} for row in found] == rows
            results.append([row["entities"] for row in found])
    same_entities = [[[e["text"] for e in row] for row in result] for result in results]
    assert all(result == same_entities[0] for result in same_entities)


def test_a_folder_of_parquet_is_read_as_one_table(job, tmp_path):
    folder = tmp_path / "tagged"
    arguments = ["predict", job.model, *job.files, "--device", "cpu", "--format", "parquet"]
    assert main([*arguments, "--output", f"{folder}/"]) == 0
    table = pq.read_table(folder)
    assert table["text"].to_pylist() == Path(job.files[0]).read_text(encoding="utf-8").splitlines()
    assert main([*arguments, "--output", f"{folder}/"]) == 2
    assert main([*arguments, "--output", f"{folder}/", "--overwrite"]) == 0


def job_to_parquet(model, folder, rows):
    """Return a job that writes rows of JSON lines as Parquet."""
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return TagJob(model, [str(path)], folder / "o.parquet", "parquet", device="cpu")


@pytest.mark.parametrize(
    ("first", "later"),
    [(1, "one"), (1, 2.5), ({"a": 1}, {"a": 1, "b": 2}), ([1], [1.5]), ("x", 1)],
)
def test_columns_that_change_their_type_are_refused(model, tmp_path, first, later):
    rows = [{"text": "", "n": first}] * 1500 + [{"text": "", "n": later}]
    job = job_to_parquet(model, tmp_path, rows)
    with pytest.raises(CorpusError, match="Write JSON lines"):
        tag_with_processes(job)


def test_columns_that_are_missing_here_and_there_are_empty(model, tmp_path):
    rows = [{"text": "", "n": {"a": 1, "b": 2}}, {"text": ""}, {"text": "", "n": {"a": 3}}]
    job = job_to_parquet(model, tmp_path, rows)
    assert tag_with_processes(job) == 3
    found = pq.read_table(job.output)["n"].to_pylist()
    assert found == [{"a": 1, "b": 2}, None, {"a": 3, "b": None}]


def test_files_of_parquet_with_other_columns_are_refused(model, tmp_path):
    names = []
    for number, columns in enumerate(({"text": ["x"], "id": [1]}, {"text": ["x"]})):
        pq.write_table(pa.table(columns), tmp_path / f"{number}.parquet")
        names.append(str(tmp_path / f"{number}.parquet"))
    job = TagJob(model, names, tmp_path / "o.parquet", "parquet", device="cpu")
    with pytest.raises(CorpusError, match="unlike those of the first file"):
        tag_with_processes(job)


FAR = 400_000_000_000_000_000  # microseconds: beyond the year 9999, where Python's times end


def test_columns_of_parquet_go_along_as_they_stand(model, tmp_path):
    times = pa.array([123_456_789, None], pa.time64("ns"))
    days = pa.array([FAR, 0], pa.timestamp("us"))
    given = pa.table({"text": ["x", "y"], "t": times, "d": days, "n": [float("nan"), 1.0]})
    pq.write_table(given, tmp_path / "rows.parquet", row_group_size=1)
    job = TagJob(
        model, [str(tmp_path / "rows.parquet")], tmp_path / "o.parquet", "parquet", device="cpu"
    )
    assert tag_with_processes(job) == 2
    found = pq.read_table(job.output)
    assert found.column_names == [*given.column_names, "entities"]
    for name in ("text", "t", "d"):
        assert found[name].equals(given[name]), name
    assert str(found["n"].to_pylist()) == "[nan, 1.0]"


@pytest.mark.parametrize(
    ("column", "message"),
    [(pa.array([FAR], pa.timestamp("us")), "Python cannot hold"), ([float("inf")], "JSON cannot")],
)
def test_what_json_cannot_hold_is_refused(model, tmp_path, column, message):
    pq.write_table(pa.table({"text": ["x"], "n": column}), tmp_path / "rows.parquet")
    job = TagJob(model, [str(tmp_path / "rows.parquet")], tmp_path / "o.jsonl", device="cpu")
    with pytest.raises(CorpusError, match=rf"{message}.*FILE\.parquet"):
        tag_with_processes(job)


@pytest.mark.parametrize("values", [(1, "one"), ([1], "s"), (10**30,), ({},)])
def test_columns_that_have_no_type_are_refused(model, tmp_path, values):
    job = job_to_parquet(model, tmp_path, [{"text": "", "n": value} for value in values])
    with pytest.raises(CorpusError, match="Write JSON lines"):
        tag_with_processes(job)


def test_the_first_file_may_be_empty(model, tmp_path):
    (tmp_path / "0.jsonl").touch()
    (tmp_path / "1.jsonl").write_text('{"text": "", "n": 1}\n{"text": "", "n": NaN}\n')
    names = [str(tmp_path / f"{number}.jsonl") for number in range(2)]
    job = TagJob(model, names, tmp_path / "o.parquet", "parquet", device="cpu")
    assert tag_with_processes(job) == 2
    assert str(pq.read_table(job.output)["n"].to_pylist()) == "[1.0, nan]"


def test_two_that_join_at_once_leave_a_whole_output(job, expected, monkeypatch):
    planned = write_parts(job)
    join, begun, ended = PartWriter.join, threading.Event(), threading.Event()

    def finish():
        with suppress(OSError):  # the first removes the parts
            planned.finish()

    second = threading.Thread(target=finish)

    def slow_join(writer, parts, path):
        if threading.current_thread() is second:
            path.write_bytes(b"")
            begun.set()
            assert ended.wait(60)
        else:
            join(writer, parts, path)
            second.start()
            assert begun.wait(60)

    monkeypatch.setattr(PartWriter, "join", slow_join)
    monkeypatch.setattr(os, "getpid", threading.get_ident)  # as two processes
    assert planned.finish() == len(expected)
    ended.set()
    second.join()
    same(rows_of(job.output), expected)


def test_a_process_that_comes_while_the_parts_are_joined_has_nothing_to_do(job, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(tag_processes, "_wait_until_open", lambda planned, before: True)
    with pytest.raises(FileNotFoundError):
        tag_with_processes(job)
    monkeypatch.setattr(
        tag_processes, "_wait_until_open", lambda planned, before: not job.output.write_text("")
    )
    assert tag_with_processes(job) is None


def test_a_job_without_a_part_starts_again(job):
    plan_job(replace(job, batch_tokens=999)).open()
    assert tag_with_processes(job) == 120


def test_flags_that_do_not_go_together(job, capsys, monkeypatch):
    start = ["predict", job.model]
    output = ["--output", str(job.output)]
    for arguments, message in (
        (["--overwrite", "--text", "x"], "--overwrite: found no --output"),
        (["--engine", "ray", *job.files], "Give --output FILE"),
        (["--format", "parquet", *job.files], "found parquet and no --output"),
        (["--text", "x", *output], "expected files"),
        ([*output, "-"], "expected files"),
        ([*output, *job.files, "--ray_actors", "2"], "expected --engine ray"),
        ([*output, *job.files, "--engine", "ray", "--ray_actors", "0"], "expected at least 1"),
        ([*output, "nothing.txt"], "nothing.txt: cannot be read"),
        (["--output", "./", *job.files], "expected a name"),
        (["--output", "..", *job.files], "expected a name"),
    ):
        assert main([*start, *arguments]) == 2
        assert message in capsys.readouterr().err
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert main([*start, *job.files]) == 2
    assert main([*start, *output, *job.files, "--engine", "ray"]) == 2
    assert not job.folder.exists()


def list_flags(job):
    """Return the arguments of predict for a job."""
    flags = ["--output", str(job.output), "--device", "cpu", "--part_bytes", str(job.part_bytes)]
    return ["predict", job.model, *job.files, *flags]


ACCELERATE = ["accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
# Half of the third part is on the disk when the process is killed.
KILLED = """
import os, signal, sys
from msra_ner.cli.entry import main

left = [1, 2, 3]

def sync_or_die(file):
    if left.pop() == 1:
        os.ftruncate(file, os.fstat(file).st_size // 2)
        os.kill(os.getpid(), signal.SIGKILL)

os.fsync = sync_or_die
main(sys.argv[1:])
"""


@pytest.mark.slow
def test_a_launcher_starts_processes_that_share_the_work(job, tmp_path):
    command = [sys.executable, "-m", *ACCELERATE, "--num_machines", "1", "-m", "msra_ner"]
    done = subprocess.run(
        [*command, *list_flags(job)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "process 1 of 2" in done.stderr
    whole = job.output.read_bytes()
    assert whole.count(b"\n") == 120
    assert tag_with_processes(job, overwrite=True) == 120
    assert job.output.read_bytes() == whole


@pytest.mark.slow
def test_killed_processes_lose_and_double_nothing(job, expected):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", KILLED, *list_flags(job)],
            env={**os.environ, "OMP_NUM_THREADS": "1", "RANK": rank, "WORLD_SIZE": "2"},
        )
        for rank in "01"
    ]
    assert [process.wait(300) for process in processes] == [-signal.SIGKILL] * 2
    # Of each process two parts are done, and half of one is left.
    done = {path.name: path.read_bytes() for path in job.folder.glob("part-*.jsonl")}
    assert sorted(done) == [f"part-{number:06d}.jsonl" for number in range(4)]
    assert len(list(job.folder.glob("part-*.partial"))) == 2
    assert not job.output.exists()
    assert tag_with_processes(job) == 120
    whole = job.output.read_bytes()
    assert whole.startswith(b"".join(content for _, content in sorted(done.items())))
    same(rows_of(job.output), expected)
    assert tag_with_processes(job, overwrite=True) == 120
    assert job.output.read_bytes() == whole


def test_errors_are_of_this_package(job):
    with pytest.raises(MsraNerError, match="found no file"):
        plan_job(replace(job, files=[str(job.output.parent)]))


def test_a_value_that_json_cannot_hold_is_named_with_its_line(model, tmp_path):
    """R21: the message had no file and no line."""
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "a"}\n' * 30 + '{"text": "b", "n": NaN}\n')
    job = TagJob(model, [str(path)], tmp_path / "o.jsonl", device="cpu", part_bytes=100)
    with pytest.raises(CorpusError, match=r"rows\.jsonl:31: found a value that JSON cannot hold"):
        tag_with_processes(job)


def test_a_model_of_the_hub_is_known_by_its_commit(job, monkeypatch):
    """R30: parts of two revisions could be joined after a resumption."""
    commits = iter(["aaa", "aaa", "bbb"])
    monkeypatch.setattr("msra_ner.inference.jobs.identity.load_config", lambda name: None)
    monkeypatch.setattr("msra_ner.inference.jobs.identity.find_commit", lambda name: next(commits))
    records = [plan_job(replace(job, model="someone/model")).record for _ in range(3)]
    assert records[0] == records[1] != records[2]


@pytest.mark.parametrize("name", ["vocab.txt", "spiece.model", "merges.txt"])
def test_each_file_of_the_tokenizer_is_part_of_what_a_model_is(job, tmp_path, name):
    copy = shutil.copytree(job.model, tmp_path / "copy")
    before = plan_job(replace(job, model=str(copy))).record
    (copy / name).write_text("other")
    assert plan_job(replace(job, model=str(copy))).record != before
