"""Push models and datasets to the Hub, with their cards.

All calls of huggingface_hub and what they say when they fail.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
