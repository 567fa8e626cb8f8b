"""The label list in the config of a model."""

from collections.abc import Sequence
from typing import Any


def set_labels(config: Any, labels: Sequence[str]) -> None:
    """Write the label list into a config."""
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: index for index, label in enumerate(labels)}


def list_labels(config: Any) -> tuple[str, ...]:
    """Return the label list of a config, in the order of the ids."""
    return tuple(str(config.id2label[index]) for index in range(len(config.id2label)))
