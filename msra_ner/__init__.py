"""Fine-tune transformers for named entity recognition, Chinese above all, and lose no entity.

The public names load their modules when first used, so that importing the package costs nothing.
After the import, ``datasets.load_dataset("msra_ner")`` works.
"""

import lazy_loader

from msra_ner.registration import register

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

register()
