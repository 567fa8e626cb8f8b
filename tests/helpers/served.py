"""A server in a thread of the test, on a free port of loopback."""

import threading
import time
from contextlib import contextmanager

import pytest

from msra_ner.cli.demo import LOOPBACK_NAMES, listen
from msra_ner.inference.entities import TextEntity


class WordTagger:
    """A tagger that finds given words, so that a test knows what is found."""

    batch_tokens = 1024
    runtime = model = None
    decoder_name = "viterbi"

    def __init__(self, words, scores=None):
        self.words = words
        self.scores = scores or {}
        self.types = list(dict.fromkeys(words.values()))
        self.labels = ["O", *(f"{prefix}-{name}" for name in self.types for prefix in "BI")]
        self.batches = []
        self.go = threading.Event()
        self.go.set()

    def stream(self, texts):
        self.batches.append(list(texts))
        assert self.go.wait(60)
        if any("BOOM" in text for text in texts):
            raise ValueError("BOOM")
        return [self._entities(text) for text in texts]

    def _entities(self, text):
        found = []
        for word, name in self.words.items():
            start = text.find(word)
            while start >= 0:
                end = start + len(word)
                found.append(TextEntity(name, start, end, word, self.scores.get(word, 0.95)))
                start = text.find(word, end)
        return sorted(found, key=lambda entity: entity.start)


def needs_server():
    """Skip where what serves is not installed."""
    for name in ("fastapi", "uvicorn", "prometheus_client"):
        pytest.importorskip(name, reason=f"needs {name} (pip install .[all])")


def wait_until(holds, seconds=30):
    """Wait for a condition, looking a hundred times a second."""
    for _ in range(100 * seconds):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("the condition never held")


@contextmanager
def serving(taggers, limits=None, **access):
    """Serve taggers and yield the address."""
    import uvicorn

    from msra_ner.serving import Limits, make_app
    from msra_ner.serving.connections import make_protocol

    listener = listen("127.0.0.1", 0)
    app = make_app(taggers, limits, LOOPBACK_NAMES, **access)
    protocol = make_protocol((limits or Limits()).sending)
    settings = uvicorn.Config(app, http=protocol, log_config=None, access_log=False)
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive())
    assert thread.is_alive(), "the server ended before it answered"
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
