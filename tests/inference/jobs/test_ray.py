import json
import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from helpers import tiny_models

pytest.importorskip("ray", reason="Ray is not installed")

from msra_ner.cli.entry import main
from msra_ner.inference.jobs import ray as ray_jobs
from msra_ner.inference.jobs.job import TagJob
from msra_ner.inference.jobs.plan import plan_job
from msra_ner.inference.jobs.processes import tag_with_processes
from msra_ner.labels import label_list

pytestmark = pytest.mark.slow


CLUSTER = """
from ray.cluster_utils import Cluster
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 2})
print(cluster.address, flush=True)
input()
cluster.shutdown()
"""


@pytest.fixture
def cluster():
    """The address of a Ray cluster on this machine, in a process of its own.

    In this one, which had a Ray before, the end of a cluster killed the process now and then.
    """
    command = [sys.executable, "-c", CLUSTER]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        yield process.stdout.readline().strip()
        process.communicate("\n")


@pytest.fixture
def job(tmp_path):
    model = tiny_models.save_tagger(tmp_path / "model", label_list(["PER", "ORG"]))
    path = tmp_path / "rows.jsonl"
    rows = [{"id": n, "text": tiny_models.TEXTS[n % 4] * (n % 7)} for n in range(60)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return TagJob(str(model), [str(path)], tmp_path / "out.jsonl", device="cpu", part_bytes=2000)


def test_ray_writes_what_one_process_writes_though_an_actor_is_killed(job, tmp_path, monkeypatch):
    tag_with_processes(job)
    whole = job.output.read_bytes()
    job.output.unlink()
    killed = tmp_path / "killed"

    class KilledTagger(ray_jobs.PartTagger):
        """Dies with the second part, once."""

        def __call__(self, row):
            if row["part"] == 1 and not killed.exists():
                killed.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return super().__call__(row)

    monkeypatch.setattr(ray_jobs, "PartTagger", KilledTagger)
    arguments = ["predict", job.model, *job.files, "--output", str(job.output), "--device", "cpu"]
    arguments += ["--engine", "ray", "--ray_actors", "2", "--part_bytes", str(job.part_bytes)]
    assert main(arguments) == 0
    assert killed.exists()
    assert job.output.read_bytes() == whole

    # What is there already is not tagged again, and needs no Ray.
    job.output.unlink()
    planned = plan_job(job)
    planned.open()
    tagger = job.load_tagger()
    for part in planned.parts:
        planned.write(part, tagger)
    monkeypatch.setattr("ray.init", None)
    assert main(arguments) == 0
    assert job.output.read_bytes() == whole


def test_what_is_wrong_is_one_line_from_a_cluster_too(job, cluster, tmp_path, capfd):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"text": ""}\n{"body": ""}\n')
    arguments = ["--output", str(job.output), "--engine", "ray", "--ray_actors", "1"]
    arguments += ["--ray_address", cluster, "--device", "cpu"]
    assert main(["predict", job.model, str(path), *arguments]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "bad.jsonl:2: found the columns 'body'" in err
    assert "--text_column NAME" in err
    assert "Traceback" not in err
    assert main(["predict", str(tmp_path / "nothing"), *job.files, *arguments]) == 2
    assert "nothing: found no such folder" in capfd.readouterr().err


def test_without_ray_one_line_says_what_to_install(job, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    arguments = ["predict", job.model, *job.files, "--output", str(job.output)]
    assert main([*arguments, "--engine", "ray"]) == 2
    assert "pip install 'msra-ner[ray]'" in capsys.readouterr().err
    assert not job.folder.exists()


@pytest.mark.parametrize(
    ("actors", "gpus", "device", "asked"),
    [
        (4, 1, None, 1 / 4),
        (3, 2, None, 1 / 2),
        (2, 2, None, 1),
        (None, 2, None, 1),
        (4, 1, "cpu", 0),
    ],
)
def test_actors_share_the_gpus_there_are(job, monkeypatch, actors, gpus, device, asked):
    """R29: four actors on one GPU asked for one each, and waited for ever."""
    import ray

    found = {}

    class Rows:
        def map(self, function, **settings):
            found.update(settings)
            return self

        def iter_rows(self):
            return []

    monkeypatch.setattr(ray, "cluster_resources", lambda: {"GPU": gpus, "CPU": 8})
    monkeypatch.setattr(ray.data, "from_items", lambda *args, **settings: Rows())
    planned = plan_job(replace(job, device=device))
    ray_jobs._start_actors(ray, planned, list(range(9)), actors)
    assert found.get("num_gpus", 0) == asked


@pytest.mark.parametrize(
    ("given", "variable", "taken"),
    [(None, "", "local"), (None, "10.0.0.1:6379", "10.0.0.1:6379"), ("auto", "10.0.0.1:1", "auto")],
)
def test_a_cluster_that_nobody_named_is_left_alone(monkeypatch, given, variable, taken):
    """``ray.init()`` joins the last cluster that somebody started on this machine."""
    import ray

    found = {}
    monkeypatch.setenv("RAY_ADDRESS", variable)
    monkeypatch.setattr(ray, "init", lambda address, **settings: found.update(address=address))
    ray_jobs._start(ray, given)
    assert found["address"] == taken
