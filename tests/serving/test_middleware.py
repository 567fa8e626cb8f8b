"""What every request passes: the limit to the byte, safe headers, and one count each."""

import asyncio

import pytest

pytest.importorskip("fastapi", reason="needs fastapi (pip install .[test])")
from starlette.exceptions import HTTPException

from msra_ner.serving.metrics import ServingMetrics
from msra_ner.serving.middleware import HEADERS, TAG_PATH, Gate


async def echo(scope, receive, send):
    """An app that reads a body and answers with its length."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
    await send({"type": "http.response.body", "body": str(len(body)).encode()})


async def fail(scope, receive, send):
    raise ValueError("a fault")


def passed(app, parts, headers=(), path=TAG_PATH, kind="http"):
    """Send a body in parts through a gate of 10 bytes; return what was sent back, and counts."""
    messages = [
        {"type": "http.request", "body": part, "more_body": index + 1 < len(parts)}
        for index, part in enumerate(parts)
    ]
    sent, metrics = [], ServingMetrics()
    unread = iter(messages)

    async def receive():
        return next(unread)

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "path": path, "headers": list(headers)}
    error = None
    try:
        asyncio.run(Gate(app, 10, 60, metrics)(scope, receive, send))
    except (HTTPException, ValueError) as raised:
        error = raised
    return sent, error, metrics.format_text().decode(), list(unread)


@pytest.mark.parametrize("parts", [[b"x" * 10], [b"x" * 4, b"x" * 6], [b""]])
def test_a_body_within_the_limit_passes_whole(parts):
    sent, error, counts, _ = passed(echo, parts)
    assert error is None
    assert sent[1]["body"] == str(len(b"".join(parts))).encode()
    assert 'msra_ner_requests_total{status="200"} 1.0' in counts
    assert "msra_ner_request_seconds_count 1.0" in counts


@pytest.mark.parametrize(
    ("parts", "headers", "left"),
    [
        ([b"x" * 11], [], 0),
        ([b"x" * 6, b"x" * 5, b"x"], [], 1),
        ([b"x"], [(b"content-length", b"11")], 1),
    ],
    ids=["in one part", "in parts without a length", "by its own word"],
)
def test_one_byte_more_is_refused_and_not_read_on(parts, headers, left):
    _, error, _, unread = passed(echo, parts, headers)
    assert error.status_code == 413
    assert "more than 10 bytes" in error.detail
    assert len(unread) == left


@pytest.mark.parametrize("length", [b"-5", b"many", b""])
def test_a_length_that_is_no_number_is_not_believed(length):
    sent, error, _, _ = passed(echo, [b"xx"], [(b"content-length", length)])
    assert error is None
    assert sent[1]["body"] == b"2"


def test_every_answer_has_the_safe_headers_beside_its_own():
    headers = {
        name.decode(): value.decode() for name, value in passed(echo, [b""])[0][0]["headers"]
    }
    assert headers == {**HEADERS, "x-own": "1"}


def test_a_fault_is_counted_as_500_and_other_addresses_not_at_all():
    _, error, counts, _ = passed(fail, [b""])
    assert str(error) == "a fault"
    assert 'msra_ner_requests_total{status="500"} 1.0' in counts
    assert "msra_ner_requests_total{" not in passed(echo, [b""], path="/health")[2]


def test_what_is_no_request_passes_untouched():
    sent, error, counts, _ = passed(echo, [b"x" * 11], kind="lifespan")
    assert error is None
    assert sent[0]["headers"] == [(b"x-own", b"1")]
    assert "msra_ner_requests_total{" not in counts
