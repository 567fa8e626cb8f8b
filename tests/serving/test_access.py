"""Keys, and pages of other servers that may ask."""

import base64

import pytest
from helpers.served import WordTagger, serving

from msra_ner.errors import ArgumentsError

pytest.importorskip("fastapi", reason="needs fastapi (pip install .[test])")
httpx = pytest.importorskip("httpx", reason="needs httpx (pip install .[test])")
from msra_ner.serving.access import check_origins, read_keys  # noqa: E402

KEYS = ("0123456789abcdef", "another-key-of-24-letters")
PAGE = "https://example.org"
ASKED = {"json": {"texts": ["北京"]}}


@pytest.fixture(scope="module")
def client():
    taggers = {"a": WordTagger({"北京": "LOC"})}
    with (
        serving(taggers, keys=KEYS, origins=[PAGE]) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


def basic(name, key):
    return "Basic " + base64.b64encode(f"{name}:{key}".encode()).decode()


@pytest.mark.parametrize(
    "given", [*(f"Bearer {key}" for key in KEYS), f"bearer {KEYS[0]}", basic("", KEYS[1])]
)
def test_a_key_opens(client, given):
    headers = {"authorization": given}
    assert client.post("/api/tag", headers=headers, **ASKED).status_code == 200
    assert client.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        *("", "Bearer", f"Bearer {KEYS[0][:-1]}", f"Bearer {KEYS[0]}x", KEYS[0]),
        *(f"Token {KEYS[0]}", "Basic", "Basic not-base64", "Basic é", basic(KEYS[0], "")),
    ],
)
@pytest.mark.parametrize("path", ["/", "/demo.js", "/api/models", "/metrics", "/openapi.json"])
def test_without_one_nothing_is_answered(client, given, path):
    headers = {"authorization": given.encode()} if given else {}
    answer = client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")  # browsers ask for it
    assert "found no key" in answer.json()["detail"]
    assert client.post("/api/tag", headers=headers, **ASKED).status_code == 401


def test_what_watches_the_server_needs_no_key(client):
    assert client.get("/health").json() == {"status": "ready"}


def test_refusals_are_counted(client):
    client.post("/api/tag", **ASKED)
    counted = client.get("/metrics", headers={"authorization": f"Bearer {KEYS[0]}"}).text
    assert 'msra_ner_requests_total{status="401"}' in counted


@pytest.mark.parametrize(("origin", "allowed"), [(PAGE, PAGE), ("https://other.example", None)])
def test_scripts_of_allowed_pages_may_ask(client, origin, allowed):
    wanted = {"access-control-request-method": "POST", "origin": origin}
    wanted["access-control-request-headers"] = "authorization,content-type"
    before = client.options("/api/tag", headers=wanted)  # a browser sends no key with it
    assert before.headers.get("access-control-allow-origin") == allowed
    assert (before.status_code == 200) is (allowed is not None)
    for key, status in ((KEYS[0], 200), ("wrong", 401)):
        headers = {"authorization": f"Bearer {key}", "origin": origin}
        answer = client.post("/api/tag", headers=headers, **ASKED)
        assert answer.status_code == status
        assert answer.headers.get("access-control-allow-origin") == allowed


def test_keys_come_from_a_file(tmp_path):
    path = tmp_path / "keys"
    path.write_text("\n".join(KEYS) + "\n\n")
    assert read_keys(path) == KEYS


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, r"keys cannot be read \(No such file"),
        (b"", "found none, expected one key a line"),
        (b"0123456789abcdef\nshort\n", "found something else as key 2, expected"),
        ("0123456789abcdeé".encode(), "as key 1"),
        (b"\xff" * 16, "cannot be read .it is not UTF-8"),
    ],
)
def test_a_file_of_other_things_is_refused(tmp_path, content, says):
    path = tmp_path / "keys"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ArgumentsError, match=says) as raised:
        read_keys(path)
    assert "short" not in str(raised.value)  # what may be a key is not shown


@pytest.mark.parametrize("origin", ["*", PAGE, "http://localhost:3000", "https://[::1]:8443"])
def test_origins_are_those_that_browsers_send(origin):
    check_origins([origin])


@pytest.mark.parametrize("origin", ["example.org", f"{PAGE}/", f"{PAGE}/page", "null", "", "a b"])
def test_other_origins_are_refused(origin):
    with pytest.raises(ArgumentsError, match="allow_origin"):
        check_origins([PAGE, origin])
