"""Score predicted tags against gold ones, by entity, and say how sure a figure is.

Pure functions over tags: no model, no file.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
