"""The service on a Ray cluster: two replicas on loopback answer as the tagger does."""

import json
import os
import socket
import sys
import urllib.request
from urllib.error import HTTPError

import pytest
from helpers import tiny_models

pytest.importorskip("ray.serve", reason="needs Ray Serve (pip install .[all])")

import ray
from pydantic import ValidationError
from ray import serve

from msra_ner.inference.tagger import Tagger
from msra_ner.labels import label_list
from msra_ner.serving.ray_serve import ServeSettings, TaggingReplica, build_application

KEY = "0123456789abcdef"


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The folder of a model, and the address of its two replicas."""
    folder = tmp_path_factory.mktemp("served")
    model = tiny_models.save_tagger(folder / "model", label_list(["PER", "ORG"]))
    (folder / "keys").write_text(KEY)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    paths = {"env_vars": {"PYTHONPATH": os.pathsep.join(sys.path)}}
    ray.init(num_cpus=4, include_dashboard=False, log_to_driver=False, runtime_env=paths)
    try:
        port = free_port()
        serve.start(http_options={"host": "127.0.0.1", "port": port})
        settings = ServeSettings(models=str(model), replicas=2, api_key_file=str(folder / "keys"))
        serve.run(build_application(settings), name="ner", route_prefix="/")
        yield str(model), f"http://127.0.0.1:{port}"
    finally:
        serve.shutdown()
        ray.shutdown()


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
    model, address = served
    tagger = Tagger.from_pretrained(model, "cpu")
    for texts in (tiny_models.TEXTS, ["", tiny_models.TEXTS[0] * 9], ["王明"] * 40):
        found = ask(address, list(texts))["results"]
        expected = [[item.as_dict() for item in tagger(text)] for text in texts]
        kept = [
            [{**item, "score": pytest.approx(item["score"], abs=1e-5)} for item in row]
            for row in expected
        ]
        assert [row["entities"] for row in found] == kept
    deployment = serve.status().applications["ner"].deployments["msra-ner"]
    assert deployment.replica_states == {"RUNNING": 2}


@pytest.mark.slow
def test_replicas_ask_for_the_key_and_show_the_page(served):
    _, address = served
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
