"""Make ``load_dataset("msra_ner")`` find this package's builder, wherever it is called.

`datasets` resolves a name in ``datasets.load.dataset_module_factory``: a packaged module, else a
folder of that name, else the Hub. It has no hook for a builder from another package, and a packaged
module scans the working directory where ``data_dir`` is not given. So that one function is wrapped,
once: the name ``msra_ner`` gets our builder, every other name passes through. Where a version of
`datasets` has other internals, a warning says what to call instead. Tested with datasets 3.6, 4.8
and 5.2 (``tests/launched/test_registration.py``).
"""

import functools
import sys
import warnings
from types import ModuleType
from typing import Any

import wrapt

NAME = "msra_ner"
BUILDER_MODULE = "msra_ner.dataset.builder"
_TARGET = "dataset_module_factory"


def register() -> None:
    """Wrap the function now if `datasets` is imported already, else when it will be.

    Importing this package does not import `datasets`, which takes a second.
    """
    wrapt.register_post_import_hook(_wrap, "datasets.load")
    wrapt.register_post_import_hook(_wrap_copy, "datasets.inspect")


def _wrap(load: ModuleType) -> None:
    original = getattr(load, _TARGET, None)
    try:
        if original is None:
            raise AttributeError(f"found no datasets.load.{_TARGET}")
        _our_module(load)
    except (AttributeError, TypeError) as error:
        warnings.warn(
            f"load_dataset({NAME!r}) is not available with this version of datasets ({error}). "
            "Use msra_ner.load_msra(...) instead.",
            stacklevel=2,
        )
        return
    if getattr(original, "finds_msra_ner", False):
        return

    @functools.wraps(original)
    def find_module(path: str, *args: Any, **kwargs: Any) -> Any:
        return _our_module(load) if path == NAME else original(path, *args, **kwargs)

    find_module.finds_msra_ner = True  # type: ignore[attr-defined]
    setattr(load, _TARGET, find_module)
    # Wherever the function was imported by name before it was wrapped.
    if "datasets.inspect" in sys.modules:
        _wrap_copy(sys.modules["datasets.inspect"])


def _our_module(load: ModuleType) -> Any:
    """Return what `datasets` knows a builder by: a new one each time, for it is changed."""
    return load.DatasetModule(BUILDER_MODULE, "", {"dataset_name": NAME})


def _wrap_copy(inspect: ModuleType) -> None:
    """Put the wrapped function where ``get_dataset_config_names`` and others look for it."""
    load = sys.modules.get("datasets.load")
    if load is not None and hasattr(inspect, _TARGET):
        setattr(inspect, _TARGET, getattr(load, _TARGET))
