"""Find out why F1 is low, from predictions, the corpus, the model and the history of training.

One module a family of checks; each finding names its check, the evidence and the fix.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
