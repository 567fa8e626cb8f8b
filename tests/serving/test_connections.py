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


@pytest.mark.parametrize("requests", [1, 40])
def test_a_client_that_does_not_read_is_let_go(requests):
    """Its answer is larger than what is sent ahead, or is the last of many that are not."""
    text = "北京" * (400_000 if requests == 1 else 4_000)
    body = json.dumps({"texts": [text]}).encode()
    head = HEAD.replace(b"content-length: %d" % len(BODY), b"content-length: %d" % len(body))
    limits = Limits(sending=0.5, characters=1_000_000)
    with serving({"a": WordTagger({"北京": "LOC"})}, limits) as found:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(20)
        address = urlsplit(found)
        client.connect((address.hostname, address.port))
        with client:
            for _ in range(requests):
                client.sendall(head + body)
            assert is_reset(client)


def is_reset(client):
    """Return whether the server lets go of a client within twenty seconds."""
    for _ in range(100):
        time.sleep(0.2)
        try:
            client.sendall(b"G")
        except ConnectionError:
            return True
    return False


def test_a_connection_that_is_used_stays_open(address):
    with connect(address) as client:
        for _ in range(6):
            client.sendall(HEAD + BODY)
            assert read_answer(client)[0] == 200
            time.sleep(0.3)
