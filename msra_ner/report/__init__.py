"""Read what a run left behind and show it: predictions, scores, plots, the page of a run or of two.

Owns the names of the files in the folder of a run.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
