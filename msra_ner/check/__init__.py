"""Find what is wrong or worth knowing in a corpus, before the first hour of training.

``check_corpus`` reads it and calls one pure function a check; a ``CorpusReport`` prints as text.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
