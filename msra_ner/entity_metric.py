"""The old home of the metric; ``evaluate.load(msra_ner.entity_metric.__file__)`` still works."""

from msra_ner.metrics import EntityMetric

__all__ = ["EntityMetric"]
