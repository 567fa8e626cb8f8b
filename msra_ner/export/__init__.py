"""Write a model for OpenVINO or ONNX Runtime, and only if it tags as the original does.

Holds the graph, the int8 weights, and the comparison that decides whether a folder is written.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
