"""Tag texts with a saved model, in torch or exported, one by one or by the billion.

Character offsets always point into the text as it was given.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
