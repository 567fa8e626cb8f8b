"""From texts and drafts to a corpus: what to annotate next, drafts placed in their texts.

One module a step of the work; corpora are read and written by the corpus package.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
