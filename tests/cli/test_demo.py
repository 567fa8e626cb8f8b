"""The command demo as its user meets it: addresses, names, one-line refusals, and Ctrl-C."""

import json
import os
import signal
import socket
import subprocess
import sys
from argparse import Namespace
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent, indent
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from helpers import tiny_models
from helpers.served import needs_server, wait_until

from msra_ner.cli import demo as demo_command
from msra_ner.cli.demo import listen
from msra_ner.cli.entry import main
from msra_ner.errors import ArgumentsError
from msra_ner.labels import label_list

TESTS = Path(__file__).parents[1]
# The command in a process of its own, with a tagger that has the method of a test.
SERVED = """
import sys, time
from pathlib import Path
from helpers.served import WordTagger
from msra_ner.cli import main
from msra_ner.inference import Tagger

folder = Path(sys.argv[1])

class ServedTagger(WordTagger):
    def stream(self, texts):
{stream}

Tagger.from_pretrained = lambda *settings: ServedTagger({{"first": "LOC"}})
sys.exit(main(["demo", *sys.argv[2:]]))
"""


def with_tagger(stream):
    """Return the script whose tagger streams so."""
    return SERVED.format(stream=indent(dedent(stream), 8 * " "))


# It answers once a file is there.
WITH_SLOW_TAGGER = with_tagger("""
    if texts != ["first"]:
        return super().stream(texts)
    (folder / "begun").touch()
    while not (folder / "go").exists():
        time.sleep(0.01)
    return super().stream(texts)
""")
# It computes in torch, and does not stop.
WITH_BUSY_TAGGER = with_tagger("""
    import torch
    (folder / "begun").touch()
    square = torch.eye(1500)
    while True:
        square = square @ square
""")
# It kills the thread that it is called in.
WITH_DYING_TAGGER = with_tagger("raise SystemExit")


@contextmanager
def started(folder, *command):
    """Start a demo on a free port and yield the process, and the address it prints."""
    needs_server()
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent), os.environ.get("PYTHONPATH", "")])
    with (folder / "stderr").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, *command, "--port", "0", "--no-browser"],
            env=os.environ | {"PYTHONPATH": paths},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        address = process.stdout.readline().strip()
        assert address, (folder / "stderr").read_text()
        yield process, address
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def tag(address, text, model=None):
    """Return the status and the body of an answer."""
    body = json.dumps({"texts": [text], "model": model}).encode()
    request = Request(f"{address}api/tag", body, {"Content-Type": "application/json"})
    try:
        with urlopen(request, timeout=120) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def test_ctrl_c_ends_it_in_order_while_it_computes_for_a_client_that_has_gone(tmp_path):
    with started(tmp_path, "-c", WITH_BUSY_TAGGER, tmp_path, "some/model") as (process, address):
        body = json.dumps({"texts": ["first"]}).encode()
        request = Request(f"{address}api/tag", body, {"Content-Type": "application/json"})
        with pytest.raises(TimeoutError):
            urlopen(request, timeout=0.5)
        wait_until((tmp_path / "begun").exists, 60)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert "terminate called" not in (tmp_path / "stderr").read_text()


def test_the_address_that_is_printed_is_answered(tmp_path):
    command = ["-c", WITH_SLOW_TAGGER, tmp_path, "some/model", "--host", "127.2"]
    with started(tmp_path, *command) as (_, address):
        assert address.startswith("http://127.0.0.2:")
        assert tag(address, "second")[0] == 200


def test_ctrl_c_answers_what_is_tagged_and_refuses_what_waits(tmp_path):
    command = ["-c", WITH_SLOW_TAGGER, tmp_path, "some/model"]
    with started(tmp_path, *command) as (process, address), ThreadPoolExecutor(2) as pool:
        assert address.startswith("http://127.0.0.1:")
        first = pool.submit(tag, address, "first")
        wait_until((tmp_path / "begun").exists, 60)
        second = pool.submit(tag, address, "second")
        waits = b'msra_ner_waiting_requests{model="some/model"} 1.0'
        wait_until(lambda: waits in urlopen(f"{address}metrics", timeout=60).read(), 60)
        process.send_signal(signal.SIGINT)
        assert second.result() == (503, {"detail": "The server stops."})
        assert process.poll() is None, "it waits for what is being tagged"
        (tmp_path / "go").touch()
        status, body = first.result()
        assert status == 200
        assert [entity["text"] for entity in body["results"][0]["entities"]] == ["first"]
        assert process.wait(60) == 0
    said = (tmp_path / "stderr").read_text()
    assert "Stop it with Ctrl-C." in said
    assert "password" not in said
    assert "Traceback" not in said


def test_an_open_address_is_warned_about(tmp_path):
    command = ["-c", WITH_SLOW_TAGGER, tmp_path, "some/model", "--host", "0.0.0.0"]
    with started(tmp_path, *command) as (process, address):
        assert address.startswith("http://0.0.0.0:")
        # By whatever name it is reached.
        request = Request(f"{address}health".replace("0.0.0.0", "127.0.0.1"))
        request.add_header("Host", "ner.example")
        assert urlopen(request, timeout=60).status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert "without a key: whoever reaches this machine" in (tmp_path / "stderr").read_text()


def test_with_a_key_it_is_open_to_who_has_it(tmp_path):
    key = "0123456789abcdef"
    (tmp_path / "keys").write_text(f"{key}\n")
    command = ["-c", WITH_SLOW_TAGGER, tmp_path, "some/model", "--host", "0.0.0.0"]
    with started(tmp_path, *command, "--api_key_file", tmp_path / "keys") as (_, address):
        address = address.replace("0.0.0.0", "127.0.0.1")
        assert tag(address, "second")[0] == 401
        request = Request(f"{address}api/models", headers={"Authorization": f"Bearer {key}"})
        assert urlopen(request, timeout=60).status == 200
    assert "whoever" not in (tmp_path / "stderr").read_text()


def test_a_server_whose_model_can_answer_no_more_ends(tmp_path):
    with started(tmp_path, "-c", WITH_DYING_TAGGER, tmp_path, "some/model") as (process, address):
        assert tag(address, "first") == (503, {"detail": "The server stops."})
        assert process.wait(60) == 2
    *_, last = (tmp_path / "stderr").read_text().splitlines()
    assert last.startswith("msra-ner: error: some/model: found its thread dead")


FEW_HANDLES = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
"""


@pytest.mark.skipif(os.name != "posix", reason="elsewhere connections take no file handles")
def test_too_many_connections_are_refused_and_it_recovers(tmp_path):
    command = ["-c", FEW_HANDLES + WITH_SLOW_TAGGER, tmp_path, "some/model"]
    with started(tmp_path, *command) as (_, address):
        host, port = address.removeprefix("http://").rstrip("/").split(":")
        idle = [socket.create_connection((host, int(port))) for _ in range(150)]
        assert read_status(f"{address}health") == 503
        # More than there are handles: these are closed at once, and the server goes on.
        idle += [socket.create_connection((host, int(port))) for _ in range(250)]
        closed = sum(connection.recv(1) == b"" for connection in idle[-100:])
        assert closed == 100
        for connection in idle:
            connection.close()
        wait_until(lambda: read_status(f"{address}health") == 200)
        assert tag(address, "second")[0] == 200


def read_status(address):
    try:
        return urlopen(address, timeout=60).status
    except HTTPError as error:
        return error.code


@pytest.mark.slow
def test_a_model_and_its_export_are_served_side_by_side(tmp_path):
    needs_server()
    for name in ("onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(name, reason=f"needs {name} (pip install .[all])")
    from msra_ner.export.export import export_model

    tokenizer = tiny_models.wordpiece()
    model = tiny_models.tiny_model(label_list(["PER", "LOC"]), len(tokenizer))
    model.config.msra_ner = {"max_length": 24, "window_overlap": 8, "token": "character"}
    model.save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    exported = export_model(tmp_path / "model", "onnx", tmp_path / "exported")
    command = ["-m", "msra_ner", "demo", tmp_path / "model", exported]
    with started(tmp_path, *command) as (process, address):
        models = json.load(urlopen(f"{address}api/models", timeout=60))["models"]
        assert [model["name"] for model in models] == ["model", "exported"]
        assert models[0]["runtime"] == "Torch"
        assert models[1]["runtime"] != "Torch"
        (one, other) = (
            tag(address, tiny_models.TEXTS[0] * 3, name)[1]["results"][0]["entities"]
            for name in ("model", "exported")
        )
        assert len(one) > 0
        places = [(entity["type"], entity["start"], entity["end"]) for entity in one]
        assert places == [(entity["type"], entity["start"], entity["end"]) for entity in other]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def refusal(capsys, *arguments):
    """Return the one line that a demo which cannot start prints."""
    assert main(["demo", "some/model", "--no_browser", *arguments]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    return lines[0]


def test_a_port_that_is_taken_is_refused_before_a_model_is_loaded(capsys):
    needs_server()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refusal(capsys, "--port", str(port))
    assert f"127.0.0.1:{port}" in said
    assert "--port 0" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--max_characters", "0"], "--max_characters: found 0"),
        (["--max-waiting", "-1"], "--max_waiting: found -1"),
        (["--port", "65536"], "--port: found 65536"),
        (["--max_seconds", "inf"], "--max_seconds: found inf"),
        (["--max_seconds", "nan"], "--max_seconds: found nan"),
        (["--api_key_file", "nowhere"], "--api_key_file: nowhere cannot be read"),
        (["--allow_origin", "example.org"], "--allow_origin: found 'example.org'"),
        (["--host", "256.0.0.1.invalid"], "--host: found '256.0.0.1.invalid'"),
    ],
)
def test_what_cannot_be_is_refused(capsys, arguments, says):
    needs_server()
    assert says in refusal(capsys, *arguments)


def test_a_missing_extra_is_one_line(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "fastapi", None)
    for name in list(sys.modules):
        if name.startswith("msra_ner.serving") and name != "msra_ner.serving.queue":
            monkeypatch.delitem(sys.modules, name)
    said = refusal(capsys)
    assert "fastapi" in said
    assert "pip install 'msra-ner[demo]'" in said


def test_a_free_port_is_found_and_a_taken_one_refused():
    with listen("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]
        assert port > 0
        with pytest.raises(ArgumentsError, match=f"127.0.0.1:{port} cannot be listened on"):
            listen("127.0.0.1", port)


def test_no_browser_is_opened_without_a_screen(monkeypatch):
    opened = []
    fake = Namespace(open=opened.append)
    monkeypatch.setattr(demo_command, "webbrowser", fake)
    monkeypatch.setattr(demo_command.sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    demo_command._open("http://one/")
    monkeypatch.setenv("DISPLAY", ":0")
    demo_command._open("http://two/")
    wait_until(lambda: opened, 60)
    assert opened == ["http://two/"]
