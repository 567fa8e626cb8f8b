"""Export a model without its chain, for programs that take an ordinary model and nothing more.

Some refuse a folder with weights that they do not know: vLLM's loader does.
"""

import logging
import shutil
from collections.abc import Iterable
from pathlib import Path

from msra_ner.models import CHAIN, CONFIG_KEY, find_chain, load_trained
from msra_ner.storage import staged_folder

logger = logging.getLogger(__name__)

# What save_pretrained writes of a model whose weights are not divided.
FILES = ("config.json", "model.safetensors")
# Weights are divided beyond this, which no encoder for tagging reaches.
ONE_FILE = "1000GB"


def write_plain_model(
    source: Path, target: Path, companions: Iterable[str], *, overwrite: bool
) -> None:
    """Write a model of ``train`` with its own head alone, as transformers saves one.

    Its tags are then the best legal sequence of the own head's labels (``viterbi``).

    Args:
        source: Folder of the model.
        target: Folder to fill.
        companions: Names of the source's files that go along.
        overwrite: Replace what is there.

    Raises:
        ModelError: There is no model.
        OutputExistsError: The folder holds one already.
    """
    model = load_trained(source)
    weights = {
        key: value for key, value in model.state_dict().items() if not key.startswith(f"{CHAIN}.")
    }
    if find_chain(model) is None:
        logger.info("%s has no chain: the new folder is a copy of its model", source)
    else:
        logger.info("Without its chain a model tags less well; measure: msra-ner evaluate")
    chained = ("decoder", "train_scheme")
    settings = {k: v for k, v in getattr(model.config, CONFIG_KEY, {}).items() if k not in chained}
    setattr(model.config, CONFIG_KEY, settings)
    others = [name for name in companions if name not in FILES]
    with staged_folder(target, [*FILES, *others], overwrite=overwrite) as staged:
        model.save_pretrained(staged, state_dict=weights, max_shard_size=ONE_FILE)
        for name in others:
            shutil.copyfile(source / name, staged / name)
