"""What an export can be, in a module that imports nothing --help would have to wait for."""

from msra_ner.inference import MODEL_FILES

PLAIN = "transformers"
FORMATS = (*MODEL_FILES, PLAIN)
MAX_F1_LOSS = 0.3  # points of val F1 that int8 may lose unless more is allowed
