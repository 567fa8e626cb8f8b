"""No test needs the network: set before anything of Hugging Face is imported."""

import os
import tempfile

_cache = tempfile.mkdtemp(prefix="msra-ner-tests-")
os.environ.update(
    HF_HOME=_cache,
    HF_DATASETS_CACHE=f"{_cache}/datasets",
    HF_HUB_OFFLINE="1",
    TOKENIZERS_PARALLELISM="false",
)
