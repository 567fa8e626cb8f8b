"""Fine-tune transformers for named entity recognition, Chinese above all, and lose no entity.

The names below load their modules when first used, so that importing the package costs nothing.
After the import, ``datasets.load_dataset("msra_ner")`` works.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from msra_ner.registration import register

if TYPE_CHECKING:
    from msra_ner.encoded_dataset import load_msra
    from msra_ner.labels import Entity, decode_entities
    from msra_ner.prediction import Tagger
    from msra_ner.training import evaluate, train

__version__ = "0.1.0"
__all__ = ["Entity", "Tagger", "decode_entities", "evaluate", "load_msra", "train"]

_HOMES = {
    "Entity": "labels",
    "Tagger": "prediction",
    "decode_entities": "labels",
    "evaluate": "training",
    "load_msra": "encoded_dataset",
    "train": "training",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


register()
