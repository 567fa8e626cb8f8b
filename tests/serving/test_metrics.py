"""The counters, as Prometheus reads them."""

import pytest

pytest.importorskip("prometheus_client", reason="needs prometheus-client (pip install .[test])")
from prometheus_client.parser import text_string_to_metric_families

from msra_ner.serving.metrics import ServingMetrics


def samples(metrics):
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.format_text().decode())
        for sample in family.samples
    }


def test_batches_are_counted_for_each_model():
    metrics = ServingMetrics()
    metrics.count_batch("a", 3, 100)
    metrics.count_batch("a", 1, 20)
    metrics.count_batch('odd "name"\n', 2, 7)
    found = samples(metrics)
    assert found["msra_ner_characters_total", "a"] == 120
    assert found["msra_ner_characters_total", 'odd "name"\n'] == 7
    assert found["msra_ner_batch_texts_sum", "a"] == 4
    assert found["msra_ner_batch_texts_count", "a"] == 2
    assert found["msra_ner_batch_texts_bucket", "2.0", "a"] == 1


def test_what_waits_is_read_when_it_is_asked_for():
    waiting = []
    metrics = ServingMetrics()
    metrics.watch("a", lambda: len(waiting))
    assert samples(metrics)["msra_ner_waiting_requests", "a"] == 0
    waiting.extend("xy")
    assert samples(metrics)["msra_ner_waiting_requests", "a"] == 2


def test_two_servers_in_a_process_count_apart():
    one, other = ServingMetrics(), ServingMetrics()
    one.count_batch("a", 1, 5)
    assert samples(one)["msra_ner_characters_total", "a"] == 5
    assert ("msra_ner_characters_total", "a") not in samples(other)
