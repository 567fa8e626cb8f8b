"""What this machine can compute with: accelerators, precision, threads, and how fast each is.

torch is imported when something is asked, so that the command line may import this package.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
