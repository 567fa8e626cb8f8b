"""Requests of any shape are answered, and never with 500."""

import json
from urllib.parse import quote

import pytest
from helpers.builders import examples
from helpers.served import WordTagger, serving
from hypothesis import given, strategies as st

pytest.importorskip("fastapi", reason="needs fastapi (pip install .[test])")
httpx = pytest.importorskip("httpx", reason="needs httpx (pip install .[test])")
from msra_ner.serving.limits import Limits  # noqa: E402

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda parts: (
        st.lists(parts, max_size=4) | st.dictionaries(st.text(max_size=6), parts, max_size=4)
    ),
    max_leaves=8,
)
# Near to what is right, so that more than the outermost check is reached.
NEARLY = st.fixed_dictionaries(
    {"texts": st.lists(st.text(max_size=12) | ANY_JSON, max_size=6) | ANY_JSON},
    optional={"model": st.sampled_from(["a", "b"]) | ANY_JSON, "more": ANY_JSON},
)
EXPECTED = {200, 400, 404, 405, 411, 413, 415, 422}


@pytest.fixture(scope="module")
def client():
    limits = Limits(characters=40, texts=4, sending=5)
    taggers = {"a": WordTagger({"北京": "LOC"})}
    with serving(taggers, limits) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


@examples(50)
@given(st.binary(max_size=60), st.sampled_from(["application/json", "text/plain", ""]))
def test_any_bytes_are_answered(client, body, kind):
    answer = client.post("/api/tag", content=body, headers={"content-type": kind})
    assert answer.status_code in EXPECTED, answer.text


@examples(100)
@given(NEARLY | ANY_JSON)
def test_any_json_is_answered(client, value):
    body = json.dumps(value, allow_nan=True).encode("utf-8", "surrogatepass")
    answer = client.post("/api/tag", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in EXPECTED, answer.text
    if answer.status_code == 200:
        assert len(answer.json()["results"]) == len(value["texts"])


@examples(50)
@given(st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"]), st.text(max_size=20))
def test_any_path_is_answered(client, method, path):
    answer = client.request(method, f"/{quote(path)}")
    assert answer.status_code < 500, answer.text
