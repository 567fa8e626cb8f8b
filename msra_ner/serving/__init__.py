"""Answer requests over HTTP: the tagging endpoint, its queue, its metrics and the demo page.

Needs the extra ``demo``; nothing else in the package imports it but the command ``demo``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
