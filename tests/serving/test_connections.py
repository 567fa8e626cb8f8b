"""Clients that never finish what they begin to send."""

import json
import socket
import time
from urllib.parse import urlsplit

import pytest

pytest.importorskip("fastapi", reason="needs fastapi (pip install .[test])")
from helpers.served import WordTagger, serving

from msra_ner.serving.limits import Limits

BODY = json.dumps({"texts": ["北京"]}).encode()
HEAD = (
    b"POST /api/tag HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    b"content-length: %d\r\n\r\n" % len(BODY)
)


@pytest.fixture(scope="module")
def address():
    with serving({"a": WordTagger({"北京": "LOC"})}, Limits(sending=0.5)) as found:
        yield urlsplit(found)


def connect(address):
    client = socket.create_connection((address.hostname, address.port))
    client.settimeout(20)
    return client


def read_answer(client):
    """Return the status of an answer, when all of it is there."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += client.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split()[0])
    while len(body) < length:
        body += client.recv(65536)
    return int(answer.split()[1]), body


@pytest.mark.parametrize("part", [b"", b"GET /api/models HTTP/1.1\r\nhost: local"])
def test_a_connection_without_a_whole_head_is_closed(address, part):
    with connect(address) as client:
        client.sendall(part)
        assert client.recv(1) == b"", "the server closes, and says nothing"


def test_a_body_that_does_not_come_is_answered(address):
    with connect(address) as client:
        client.sendall(HEAD + BODY[:5])
        status, body = read_answer(client)
        assert status == 408
        assert b"found 5 bytes after 0.5 seconds" in body
        assert client.recv(1) == b""


def test_a_connection_that_is_used_stays_open(address):
    with connect(address) as client:
        for _ in range(6):
            client.sendall(HEAD + BODY)
            assert read_answer(client)[0] == 200
            time.sleep(0.3)
