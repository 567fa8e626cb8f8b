"""From the logits of a sentence to its labels, and how probable they are.

A decoder sees a whole sentence, never a window of it. It computes in numpy, so that every engine's
logits will do.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
