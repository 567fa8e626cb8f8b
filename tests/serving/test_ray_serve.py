"""The service on a Ray cluster: two replicas on loopback answer as the tagger does."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
from urllib.error import HTTPError

import pytest
from helpers import tiny_models

pytest.importorskip("ray.serve", reason="needs Ray Serve (pip install .[all])")

from pydantic import ValidationError

from msra_ner.inference.tagger import Tagger
from msra_ner.labels import label_list
from msra_ner.serving.ray_serve import ServeSettings, TaggingReplica

KEY = "0123456789abcdef"


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


# In a process of its own, which asks nothing of the tests: where the core of Ray fails, it ends its
# process, and a cluster that another test started is not its business (address).
CLUSTER = """
import sys
from itertools import chain
import ray
from ray import serve
from msra_ner.serving.ray_serve import ServeSettings, build_application
model, port, keys, path = sys.argv[1:]
paths = {"env_vars": {"PYTHONPATH": path}}
ray.init(
    "local", num_cpus=4, include_dashboard=False, log_to_driver=False, runtime_env=paths
)
serve.start(http_options={"host": "127.0.0.1", "port": int(port)})
serve.run(
    build_application(ServeSettings(models=model, replicas=2, api_key_file=keys)),
    name="ner",
    route_prefix="/",
)
for _ in chain(["at the start"], sys.stdin):
    deployment = serve.status().applications["ner"].deployments["msra-ner"]
    print("replicas", dict(deployment.replica_states), flush=True)
serve.shutdown()
ray.shutdown()
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The folder of a model, the address of its two replicas, and a function for their states."""
    folder = tmp_path_factory.mktemp("served")
    model = tiny_models.save_tagger(folder / "model", label_list(["PER", "ORG"]))
    (folder / "keys").write_text(KEY)
    port = str(free_port())
    command = [sys.executable, "-c", CLUSTER, str(model), port, str(folder / "keys")]
    command.append(os.pathsep.join(sys.path))
    environment = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0"}
    log = folder / "log.txt"
    with (
        log.open("w") as said,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            env=environment,
        ) as process,
    ):

        def read_states():
            for line in process.stdout:
                if line.startswith("replicas "):
                    return line.split(" ", 1)[1].strip()
            pytest.fail(f"Ray ended with {process.wait()}: {log.read_text()[-2000:]}")

        def ask_states():
            process.stdin.write("again\n")
            process.stdin.flush()
            return read_states()

        read_states()
        yield str(model), f"http://127.0.0.1:{port}", ask_states
        process.stdin.close()
        process.wait(120)


def ask(address, texts, key=KEY):
    request = urllib.request.Request(
        f"{address}/api/tag",
        data=json.dumps({"texts": texts}).encode(),
        headers={"content-type": "application/json", "authorization": f"Bearer {key}"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


@pytest.mark.slow
def test_two_replicas_answer_as_the_tagger_does(served):
    model, address, ask_states = served
    tagger = Tagger.from_pretrained(model, "cpu")
    for texts in (tiny_models.TEXTS, ["", tiny_models.TEXTS[0] * 9], ["王明"] * 40):
        found = ask(address, list(texts))["results"]
        expected = [[item.as_dict() for item in tagger(text)] for text in texts]
        kept = [
            [{**item, "score": pytest.approx(item["score"], abs=1e-5)} for item in row]
            for row in expected
        ]
        assert [row["entities"] for row in found] == kept
    assert re.fullmatch(r"{[^,]*RUNNING[^,]*: 2}", ask_states())


@pytest.mark.slow
def test_replicas_ask_for_the_key_and_show_the_page(served):
    _, address, _ = served
    with pytest.raises(HTTPError) as refused:
        ask(address, ["王明"], key="another")
    assert refused.value.code == 401
    with urllib.request.urlopen(f"{address}/health", timeout=60) as answer:
        assert json.load(answer) == {"status": "ready"}


def test_a_replica_whose_model_has_died_is_not_healthy():
    class Queue:
        died = False

    class Replica(TaggingReplica):
        class app:
            class state:
                queues = {"best": Queue()}  # noqa: RUF012

    Replica().check_health()
    Replica.app.state.queues["best"].died = True
    with pytest.raises(RuntimeError, match="best: found its thread dead"):
        Replica().check_health()


def test_settings_are_checked():
    assert ServeSettings.model_validate({"models": "a,b", "replicas": "2"}).replicas == 2
    with pytest.raises(ValidationError, match="replica"):
        ServeSettings(models="a", replica=2)
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        ServeSettings(models="a", replicas=0)
