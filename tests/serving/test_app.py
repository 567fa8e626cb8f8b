"""The endpoint: answers, limits, back-pressure, and what a browser must not be able to do."""

import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from helpers.run_folders import NASTY_WORDS
from helpers.served import WordTagger, serving, wait_until

pytest.importorskip("fastapi", reason="needs fastapi (pip install .[test])")
httpx = pytest.importorskip("httpx", reason="needs httpx (pip install .[test])")
from msra_ner.serving.limits import Limits  # noqa: E402

WORDS = {"王小明": "PER", "北京": "LOC"}
LIMITS = Limits(characters=50, texts=5, waiting=2)


@pytest.fixture
def tagger():
    return WordTagger(WORDS)


@pytest.fixture
def client(tagger):
    taggers = {"a": tagger, "b": WordTagger({"北京": "ORG"})}
    with serving(taggers, LIMITS) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def metric(client, name):
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(name))


def test_entities_come_back_in_order(client):
    answer = client.post("/api/tag", json={"texts": ["𠮷王小明在北京", "", "无"]})
    entities = [
        {"type": "PER", "start": 1, "end": 4, "text": "王小明", "score": 0.95},
        {"type": "LOC", "start": 5, "end": 7, "text": "北京", "score": 0.95},
    ]
    results = [{"entities": entities}, {"entities": []}, {"entities": []}]
    assert answer.json() == {"model": "a", "results": results}
    other = client.post("/api/tag", json={"texts": ["北京"], "model": "b"}).json()
    assert [entity["type"] for entity in other["results"][0]["entities"]] == ["ORG"]
    assert metric(client, "msra_ner_characters_total") == 10
    assert metric(client, 'msra_ner_requests_total{status="200"}') == 2


def test_any_text_is_tagged(client):
    for word in NASTY_WORDS:
        results = client.post("/api/tag", json={"texts": [f"{word}北京"]}).json()["results"]
        assert [entity["start"] for entity in results[0]["entities"]] == [len(word)]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"{", 422, "JSON"),
        (b"[" * 900, 422, "JSON"),
        (b'{"texts": "x"}', 422, "body.texts"),
        (b'{"texts": []}', 422, "body.texts"),
        (b'{"texts": [1]}', 422, "body.texts.0"),
        (b'{"texts": ["x"], "modle": "b"}', 422, "body.modle"),
        (b'{"texts": ["\\ud800"]}', 422, "lone surrogate"),
        (b'{"texts": ["x"], "model": "c"}', 404, "a, b"),
        (json.dumps({"texts": ["x" * 51]}).encode(), 413, "51 characters"),
        (json.dumps({"texts": ["x"] * 6}).encode(), 413, "6 texts"),
        (json.dumps({"texts": ["𠮷" * 50]}).encode(), 200, "results"),
        (b" " * 10_000, 413, "bytes"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(client, body, status, says):
    answer = client.post("/api/tag", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert says in answer.text
    assert "\n" not in answer.text
    assert metric(client, f'msra_ner_requests_total{{status="{status}"}}') == 1


def test_a_form_of_another_site_is_refused(client):
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        headers = {"content-type": kind}
        answer = client.post("/api/tag", content=b'{"texts": ["x"]}', headers=headers)
        assert answer.status_code == 422
    assert client.get("/health", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/health", headers={"host": "localhost:7860"}).status_code == 200


@pytest.mark.parametrize("head", [b"Content-Length: 9999999", b"Transfer-Encoding: chunked"])
def test_a_long_body_is_refused_before_it_ends(client, head):
    url = urlsplit(str(client.base_url))
    with socket.create_connection((url.hostname, url.port), 60) as connection:
        connection.sendall(
            b"POST /api/tag HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + head
            + b"\r\n\r\n"
        )
        if b"chunked" in head:
            connection.sendall(b"2710\r\n" + b" " * 10_000 + b"\r\n")
        assert connection.recv(64).startswith(b"HTTP/1.1 413 ")


def test_beyond_capacity_it_says_429_and_goes_on(client, tagger):
    tagger.go.clear()
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(client.post, "/api/tag", json={"texts": ["first"]})]
        wait_until(lambda: tagger.batches)
        for number in (1, 2):
            futures.append(pool.submit(client.post, "/api/tag", json={"texts": ["北京"]}))
            wait_until(lambda n=number: metric(client, "msra_ner_waiting_requests") == n)
        refused = client.post("/api/tag", json={"texts": ["x"]})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
        assert client.get("/health").json() == {"status": "ready"}
        tagger.go.set()
        assert [future.result().status_code for future in futures] == [200] * 3
    assert tagger.batches == [["first"], ["北京", "北京"]]


def test_who_goes_away_is_dropped(client, tagger):
    tagger.go.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.post, "/api/tag", json={"texts": ["first"]})
        wait_until(lambda: tagger.batches)
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(client.base_url.join("/api/tag"), json={"texts": ["gone"]}, timeout=0.5)
        wait_until(lambda: metric(client, 'msra_ner_requests_total{status="499"}') == 1)
        tagger.go.set()
        assert first.result().status_code == 200
    assert client.post("/api/tag", json={"texts": ["next"]}).status_code == 200
    assert tagger.batches == [["first"], ["next"]]


def test_everything_is_described_and_nothing_is_loaded_from_elsewhere(client):
    described = client.get("/openapi.json").json()
    assert {"/api/tag", "/api/models", "/health", "/metrics"} == set(described["paths"])
    assert {"200", "413", "422", "429", "503"} <= set(
        described["paths"]["/api/tag"]["post"]["responses"]
    )
    models = client.get("/api/models").json()
    assert [model["name"] for model in models["models"]] == ["a", "b"]
    assert models["models"][0]["types"] == ["PER", "LOC"]
    assert models["limits"]["characters"] == 50
    for path in ("/", "/demo.js", "/demo.css"):
        page = client.get(path)
        assert "default-src 'none'" in page.headers["content-security-policy"]
        addresses = re.findall(r"https?://[^\s'\"]+", page.text)
        assert set(addresses) <= {"http://www.w3.org/2000/svg"}  # a name, never fetched
    assert client.get("/docs").status_code == 404


def test_a_request_is_given_up_after_its_time(tagger):
    tagger.go.clear()
    limits = Limits(seconds=0.2)
    with serving({"a": tagger}, limits) as address:
        answer = httpx.post(f"{address}/api/tag", json={"texts": ["北京"]}, timeout=60)
        tagger.go.set()
    assert answer.status_code == 504
    assert answer.json()["detail"] == "No answer within 0.2 s. Send less at once."
