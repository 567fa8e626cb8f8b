"""Jobs over an object store: what they write is what a job over paths writes."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pyarrow.fs as fs
import pyarrow.parquet as pq
import pytest
from helpers import tiny_models
from helpers.object_store import BUCKET, object_store

from msra_ner.cli.entry import main
from msra_ner.errors import ArgumentsError, CorpusError, JobError, OutputExistsError
from msra_ner.inference.jobs.job import TagJob
from msra_ner.inference.jobs.places import open_store
from msra_ner.inference.jobs.plan import plan_job
from msra_ner.inference.jobs.processes import tag_with_processes
from msra_ner.labels import label_list


@pytest.fixture
def store(monkeypatch):
    open_store.cache_clear()  # of a store that an earlier test had at another port
    with object_store(monkeypatch) as found:
        yield found


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model") / "m"
    return str(tiny_models.save_tagger(folder, label_list(["PER", "ORG"])))


def put(store, address, content):
    with store.open_output_stream(address.removeprefix("s3://")) as file:
        file.write(content)


def read(store, address):
    with store.open_input_stream(address.removeprefix("s3://")) as file:
        return file.read()


def list_names(store, address):
    folder = address.removeprefix("s3://").rstrip("/")
    return sorted(info.base_name for info in store.get_file_info(fs.FileSelector(folder)))


@pytest.fixture
def job(store, model, tmp_path):
    """A job whose input lies both on the disk and in the store."""
    rows = [{"id": n, "text": tiny_models.TEXTS[n % 4] * (n % 7)} for n in range(40)]
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    (tmp_path / "rows.jsonl").write_bytes(content)
    put(store, f"{BUCKET}/rows.jsonl", content)
    files = [f"{BUCKET}/rows.jsonl"]
    return TagJob(model, files, f"{BUCKET}/out/", as_folder=True, device="cpu", part_bytes=1000)


def join_parts(store, job):
    names = [name for name in list_names(store, job.output) if name.startswith("part-")]
    return b"".join(read(store, f"{job.output}{name}") for name in names)


def test_a_store_holds_what_one_process_writes_to_the_disk(store, job, tmp_path):
    local = replace(job, files=[str(tmp_path / "rows.jsonl")], output=tmp_path / "out.jsonl")
    assert tag_with_processes(replace(local, as_folder=False)) == 40
    assert tag_with_processes(job) == 40
    assert len(plan_job(job).parts) > 2
    assert join_parts(store, job) == (tmp_path / "out.jsonl").read_bytes()
    assert "_SUCCESS" in list_names(store, job.output)
    # From a store to the disk, in one file.
    whole = replace(job, output=tmp_path / "back.jsonl", as_folder=False)
    assert tag_with_processes(whole) == 40
    assert (tmp_path / "back.jsonl").read_bytes() == (tmp_path / "out.jsonl").read_bytes()


def test_parquet_comes_from_a_store_and_goes_there(store, model, job, tmp_path):
    import pyarrow as pa

    table = pa.table({"id": list(range(30)), "text": [tiny_models.TEXTS[n % 4] for n in range(30)]})
    pq.write_table(table, tmp_path / "rows.parquet", row_group_size=11)
    put(store, f"{BUCKET}/rows.parquet", (tmp_path / "rows.parquet").read_bytes())
    job = replace(job, files=[f"{BUCKET}/rows.parquet"], format="parquet", part_bytes=700)
    assert tag_with_processes(job) == 30
    local = replace(job, files=[str(tmp_path / "rows.parquet")], output=tmp_path / "o.parquet")
    tag_with_processes(replace(local, as_folder=False))
    folder = job.output.removeprefix("s3://").rstrip("/")
    found = pq.read_table(folder, filesystem=store)  # which leaves out _job.json and _SUCCESS
    assert found.equals(pq.read_table(tmp_path / "o.parquet"))


def test_a_job_goes_on_with_the_parts_that_are_missing(store, job):
    planned = plan_job(job)
    planned.open()
    tagger = job.load_tagger()
    for part in planned.parts[:2]:
        planned.write(part, tagger)
    before = {
        info.base_name: info.mtime_ns
        for info in store.get_file_info(fs.FileSelector("corpora/out"))
    }
    written = []

    class Counting(type(planned)):
        def write(self, part, tagger):
            written.append(part.number)
            return super().write(part, tagger)

    again = Counting(job, planned.parts, planned.record)
    again.open()
    for part in again.find_missing():
        again.write(part, tagger)
    assert again.finish() == 40
    assert written == [part.number for part in planned.parts[2:]]
    assert before.keys() == {"_job.json", "part-000000.jsonl", "part-000001.jsonl"}


def test_what_is_there_is_refused_or_replaced_when_asked_for(store, job):
    tag_with_processes(job)
    whole = join_parts(store, job)
    with pytest.raises(OutputExistsError, match="found a finished output"):
        tag_with_processes(job)
    other = replace(job, part_bytes=2000)
    assert tag_with_processes(other, overwrite=True) == 40
    assert join_parts(store, job) == whole  # the larger parts only: none of the old is left
    assert len(list_names(store, job.output)) == len(plan_job(other).parts) + 2


def test_parts_of_another_job_and_files_of_others_stay(store, job):
    planned = plan_job(job)
    planned.open()
    planned.write(planned.parts[0], job.load_tagger())
    before = list_names(store, job.output)
    with pytest.raises(OutputExistsError, match=r"another job \(other batch_tokens\)"):
        tag_with_processes(replace(job, batch_tokens=99))
    put(store, f"{job.output}notes.txt", b"mine")
    with pytest.raises(OutputExistsError, match=r"found notes\.txt"):
        tag_with_processes(job, overwrite=True)
    assert list_names(store, job.output) == sorted([*before, "notes.txt"])


def test_a_part_with_too_few_rows_is_found_and_removed(store, job):
    planned = plan_job(job)
    planned.open()
    tagger = job.load_tagger()
    for part in planned.parts:
        planned.write(part, tagger)
    name = planned.name(planned.parts[1])
    put(store, f"{job.output}{name}", b"{}\n")
    with pytest.raises(JobError, match=rf"out/{name}: found 1 rows, expected the \d+"):
        planned.finish()
    assert name not in list_names(store, job.output)
    assert "_SUCCESS" not in list_names(store, job.output)


def test_an_input_that_is_changed_meanwhile_is_refused(store, job):
    planned = plan_job(job)
    planned.open()
    put(store, job.files[0], b'{"text": ""}\n')
    with pytest.raises(CorpusError, match="found a file that was changed"):
        planned.finish()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (f"{BUCKET}/nothing.txt", "cannot be read"),
        (f"{BUCKET}/", "found no file"),
        ("s9://corpora/rows.jsonl", "expected a path, or an address that pyarrow opens"),
        ("s3://key:secret@corpora/rows.jsonl", "expected s3://BUCKET/NAME alone"),
        (f"{BUCKET}/rows.jsonl?region=mars", "expected s3://BUCKET/NAME alone"),
    ],
)
def test_an_address_that_cannot_be_read_is_one_line(job, name, said):
    with pytest.raises(ArgumentsError) as caught:
        plan_job(replace(job, files=[name]))
    assert said in str(caught.value)
    assert "secret" not in str(caught.value).partition("expected")[0]


def test_a_container_before_an_account_is_no_key():
    with pytest.raises(ArgumentsError) as caught:
        open_store("abfs+none://container@account.example/rows.txt")
    assert "key" not in str(caught.value)


def test_the_output_is_not_the_folder_of_the_input(job):
    with pytest.raises(ArgumentsError, match="which is or holds the input"):
        plan_job(replace(job, output=f"{BUCKET}/"))


def test_predict_reads_addresses_and_refuses_a_file_in_a_store(job, store, capsys):
    assert main(["predict", job.model, *job.files, "--device", "cpu"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 40
    words = ["predict", job.model, *job.files, "--device", "cpu", "--output"]
    assert main([*words, f"{BUCKET}/out.jsonl"]) == 2
    assert "expected / at its end" in capsys.readouterr().err
    assert main([*words, job.output]) == 0
    assert "_SUCCESS" in list_names(store, job.output)


@pytest.mark.slow
def test_two_processes_share_a_store(store, job):
    words = ["-m", "msra_ner", "predict", job.model, *job.files, "--output", job.output]
    words += ["--device", "cpu", "--part_bytes", str(job.part_bytes), "--processes", "2"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, *words], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    together = join_parts(store, job)
    assert tag_with_processes(job, overwrite=True) == 40
    assert join_parts(store, job) == together


@pytest.mark.slow
def test_ray_reads_and_writes_a_store(store, job):
    pytest.importorskip("ray", reason="Ray is not installed")
    from msra_ner.inference.jobs.ray import tag_with_ray

    assert tag_with_ray(job, actors=1) == 40
    by_ray = join_parts(store, job)
    assert tag_with_processes(job, overwrite=True) == 40
    assert join_parts(store, job) == by_ray
