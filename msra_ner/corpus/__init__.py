"""Read, convert, divide and describe corpora of any format: files in, sentences with IOB2 tags out.

Knows nothing of word pieces, models or training.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
