"""Load encoders and tokenizers, build the small one, and keep the settings that tagging needs.

The only place that calls ``from_pretrained``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
