"""Libraries that not everybody needs, each installed by an extra of this package."""

import importlib

from msra_ner.errors import ModelError


def require_module(module: str, extra: str) -> None:
    """Raise a :class:`ModelError` that says how to install a module if it cannot be imported."""
    try:
        importlib.import_module(module)
    except ImportError as error:
        raise ModelError(
            f"found no usable {module} ({error}), expected it for {extra}. Install it: "
            f"pip install 'msra-ner[{extra}]'."
        ) from error
