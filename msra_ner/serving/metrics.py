"""The counters of a server, in the format that Prometheus reads."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class ServingMetrics:
    """Counters of one server; a registry of their own keeps two servers in a process apart."""

    def __init__(self) -> None:
        """Start at zero."""
        self._registry = registry = CollectorRegistry()
        self.requests = Counter(
            "msra_ner_requests",
            "Requests to /api/tag by HTTP status; 499: the client went away.",
            ["status"],
            registry=registry,
        )
        self.seconds = Histogram(
            "msra_ner_request_seconds",
            "Seconds from the head of a request to its answer.",
            buckets=SECONDS,
            registry=registry,
        )
        self.characters = Counter(
            "msra_ner_characters", "Characters that were tagged.", ["model"], registry=registry
        )
        self.batch_texts = Histogram(
            "msra_ner_batch_texts",
            "Texts that were tagged together.",
            ["model"],
            buckets=SIZES,
            registry=registry,
        )
        self._waiting = Gauge(
            "msra_ner_waiting_requests",
            "Requests that wait to be tagged.",
            ["model"],
            registry=registry,
        )

    def watch(self, model: str, waiting: Callable[[], int]) -> None:
        """Read the length of a model's queue whenever the metrics are asked for."""
        self._waiting.labels(model).set_function(waiting)

    def count_batch(self, model: str, texts: int, characters: int) -> None:
        """Count a batch of a model."""
        self.batch_texts.labels(model).observe(texts)
        self.characters.labels(model).inc(characters)

    def format_text(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        return generate_latest(self._registry)
