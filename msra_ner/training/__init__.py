"""Train with the Trainer, choose on val, score test and save.

Arguments, batches, loss, trainer, and the run from its settings to its results.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
