"""Turn a corpus into rows of `datasets`, and word pieces of windows back into tokens.

Holds the builder behind ``load_dataset("msra_ner")``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
