import json
import sys
import threading
import time

import psutil
import pytest
from helpers import tiny_models

pytest.importorskip("ray", reason="Ray is not installed")

from msra_ner.cli.entry import main
from msra_ner.inference.jobs.job import TagJob, plan_job
from msra_ner.inference.jobs.processes import tag_with_processes
from msra_ner.labels import label_list

pytestmark = pytest.mark.slow


def kill_one_actor(job, killed):
    """Kill a process that holds the model, once a part is done."""
    while not list(job.folder.glob("part-*.jsonl")):
        time.sleep(0.01)
    for process in psutil.Process().children(recursive=True):
        if "PartTagger" in process.name() or "PartTagger" in " ".join(process.cmdline()):
            process.kill()
            killed.append(process.pid)
            return


@pytest.fixture
def job(tmp_path):
    model = tiny_models.save_tagger(tmp_path / "model", label_list(["PER", "ORG"]))
    path = tmp_path / "rows.jsonl"
    rows = [{"id": n, "text": tiny_models.TEXTS[n % 4] * (n % 7)} for n in range(600)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return TagJob(str(model), [str(path)], tmp_path / "out.jsonl", device="cpu", part_bytes=2000)


def test_ray_writes_what_one_process_writes_though_an_actor_is_killed(job, monkeypatch):
    tag_with_processes(job)
    whole = job.output.read_bytes()
    job.output.unlink()
    killed = []
    killer = threading.Thread(target=kill_one_actor, args=(job, killed), daemon=True)
    killer.start()
    arguments = ["predict", job.model, *job.files, "--output", str(job.output), "--device", "cpu"]
    arguments += ["--engine", "ray", "--ray_actors", "2", "--part_bytes", str(job.part_bytes)]
    assert main(arguments) == 0
    killer.join(10)
    assert killed
    assert job.output.read_bytes() == whole

    # What is there already is not tagged again, and needs no Ray.
    job.output.unlink()
    planned = plan_job(job)
    planned.open()
    tagger = job.tagger()
    for part in planned.parts:
        planned.write(part, tagger)
    monkeypatch.setattr("ray.init", None)
    assert main(arguments) == 0
    assert job.output.read_bytes() == whole


def test_what_is_wrong_is_one_line_under_ray_too(job, tmp_path, capfd):
    path = tmp_path / "bad.txt"
    path.write_bytes("好\n".encode() * 3 + b"\xff\n")
    arguments = ["--output", str(job.output), "--engine", "ray", "--ray_actors", "1"]
    assert main(["predict", job.model, str(path), *arguments, "--device", "cpu"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "bad.txt:4: found byte 0xFF" in err
    assert "Traceback" not in err
    assert main(["predict", str(tmp_path / "nothing"), *job.files, *arguments]) == 2
    assert "nothing: found no usable model" in capfd.readouterr().err


def test_without_ray_one_line_says_what_to_install(job, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    arguments = ["predict", job.model, *job.files, "--output", str(job.output)]
    assert main([*arguments, "--engine", "ray"]) == 2
    assert "pip install 'msra-ner[ray]'" in capsys.readouterr().err
    assert not job.folder.exists()
