"""The queue batches, refuses, leaves out and closes as it says."""

from concurrent.futures import CancelledError

import pytest
from helpers.served import WordTagger, wait_until

from msra_ner.serving.queue import BatchQueue, QueueClosedError, QueueFullError


@pytest.fixture
def tagger():
    return WordTagger({"北京": "LOC"})


def held(tagger, **settings):
    """Return a queue whose thread is busy with a first request, and that request's future."""
    tagger.go.clear()
    queue = BatchQueue(tagger.stream, **{"max_waiting": 9, "batch_characters": 10, **settings})
    first = queue.submit(["first"])
    wait_until(lambda: tagger.batches)
    return queue, first


def test_what_waits_is_tagged_together_in_order(tagger):
    queue, first = held(tagger)
    futures = [queue.submit(texts) for texts in (["a北京", "b"], ["c" * 5, ""], ["d"], ["e" * 50])]
    tagger.go.set()
    assert [len(future.result(30)) for future in (first, *futures)] == [1, 2, 2, 1, 1]
    assert [entity.text for entity in futures[0].result()[0]] == ["北京"]
    assert tagger.batches == [["first"], ["a北京", "b", "ccccc", "", "d"], ["e" * 50]]


def test_a_full_queue_refuses_and_says_when_to_return(tagger):
    queue, _ = held(tagger, max_waiting=2)
    waiting = [queue.submit(["x" * 100_000]), queue.submit(["y"])]
    with pytest.raises(QueueFullError) as refused:
        queue.submit(["z"])
    assert refused.value.retry_after == 51  # 100,001 characters at 2,000 a second
    assert queue.count_waiting() == 2
    # Whose client has gone leaves its place.
    waiting[0].cancel()
    last = queue.submit(["z"])
    tagger.go.set()
    assert last.result(30) == [[]]
    assert ["x" * 100_000] not in tagger.batches
    with pytest.raises(CancelledError):
        waiting[0].result(30)


def test_one_bad_request_spoils_no_other(tagger):
    queue, _ = held(tagger)
    futures = [queue.submit([text]) for text in ("北京", "BOOM", "x北京")]
    tagger.go.set()
    assert [entity.start for i in (0, 2) for entity in futures[i].result(30)[0]] == [0, 1]
    with pytest.raises(ValueError, match="BOOM"):
        futures[1].result(30)
    assert queue.submit(["still"]).result(30) == [[]]


def test_closing_answers_what_is_tagged_and_refuses_the_rest(tagger):
    queue, first = held(tagger)
    second = queue.submit(["second"])
    queue.close()
    with pytest.raises(QueueClosedError):
        second.result(30)
    with pytest.raises(QueueClosedError):
        queue.submit(["third"])
    tagger.go.set()
    assert first.result(30) == [[]]
    queue.join(30)
    assert not queue.died
    assert tagger.batches == [["first"]]


def test_a_dead_thread_is_no_queue_any_more(tagger):
    """R14: it said "ready" for ever, and every request hung."""

    def die(texts, characters):
        if texts == 2:
            raise SystemExit

    queue, first = held(tagger, on_batch=die)
    second, third = queue.submit(["a", "b"]), queue.submit(["c" * 50])
    tagger.go.set()
    assert first.result(30) == [[]]
    for future in (second, third):
        with pytest.raises(QueueClosedError):
            future.result(30)
    assert queue.join(30)
    assert queue.closed
    assert queue.died
    with pytest.raises(QueueClosedError):
        queue.submit(["d"])
