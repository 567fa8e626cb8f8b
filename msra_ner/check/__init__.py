"""Find what is wrong or worth knowing in a corpus, before the first hour of training.

Pure functions over sentences, and the report of their findings as text.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
