"""How the command line words things: the help of a command, a wrong flag, the name that was meant.

Standard library and the ground alone, so that ``--help`` answers at once.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
