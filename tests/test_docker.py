"""The image of examples/docker: its sources are there, and its commands run outside of it too."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import tiny_models
from helpers.served import needs_server

from msra_ner.labels import label_list

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "examples/docker/Dockerfile").read_text(encoding="utf-8")
STEPS = re.sub(r"\\\n", " ", DOCKERFILE)


def read_command(instruction):
    """Return the words of an instruction in exec form, where it is alone or after options."""
    return json.loads(re.search(rf"^{instruction}\b[^[]*(\[.*\])$", STEPS, re.MULTILINE)[1])


def test_what_it_copies_is_there_and_enough_to_install():
    copied = [word for line in re.findall(r"^COPY (.*) /", STEPS, re.M) for word in line.split()]
    assert {"setup.cfg", "pyproject.toml", "msra_ner"} <= {*copied}
    for name in copied:
        assert (ROOT / name).exists(), name
    setup = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    for name in re.findall(r"(?:file:|license_files =) *(\S+)", setup):
        assert name in copied, "the build reads it"


def test_it_runs_as_a_user_without_rights():
    last = STEPS.rindex("USER ner")
    assert "USER" not in STEPS[last + 5 :]
    assert "useradd" in STEPS[:last]


@pytest.mark.slow
def test_its_commands_serve_and_stop_in_order(tmp_path):
    needs_server()
    tokenizer = tiny_models.wordpiece()
    model = tiny_models.tiny_model(label_list(["PER", "LOC"]), len(tokenizer))
    model.save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    (tmp_path / "keys").write_text("0123456789abcdef\n")
    mounted = {"msra-ner": f"{sys.executable} -m msra_ner".split()}
    mounted |= {place: [str(tmp_path / place[1:])] for place in ("/model", "/keys")}
    mounted["0.0.0.0"] = ["127.0.0.1"]  # a test opens no port to others
    command = [part for word in read_command("CMD") for part in mounted.get(word, [word])]
    with subprocess.Popen(
        [*command, "--port", "0"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        address = process.stdout.readline().strip()
        python, *check = read_command("HEALTHCHECK")
        assert python == "python"
        check = [word.replace("http://127.0.0.1:7860/", address) for word in check]
        assert subprocess.run([sys.executable, *check], timeout=60).returncode == 0
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in said
