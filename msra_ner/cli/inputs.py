"""Look at what a command was given, before anything slow is imported or loaded."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from msra_ner.corpus import HUB_PREFIX, SAMPLE
from msra_ner.errors import ArgumentsError, CorpusNotFoundError
from msra_ner.inference import is_address
from msra_ner.models import check_model_name

STANDARD_INPUT = "-"


def check_inputs(options: argparse.Namespace) -> None:
    """Refuse names of models, corpora and files that cannot be what they are given as.

    The library looks again: it is used without this, and what is there now may be gone then.

    Raises:
        ModelError: There is no such folder of a model, and no name on the Hub can be so.
        CorpusNotFoundError: There is no such corpus or file.
        ArgumentsError: The result cannot be written where it was asked for.
    """
    given = vars(options)
    models = [given.get("model_dir"), given.get("tokenizer"), *given.get("models", ())]
    for model in models:
        if model is not None:
            check_model_name(model)
    corpus = str(given.get("data_dir") or SAMPLE)
    if corpus != SAMPLE and not corpus.startswith(HUB_PREFIX) and not os.path.lexists(corpus):
        raise CorpusNotFoundError(
            f"{corpus}: no such folder. Give the folder of a corpus (docs/reference/corpus.md "
            f"shows what is read), hub:NAME for a dataset of the Hub, or '{SAMPLE}' for "
            "the embedded sample."
        )
    files = [given.get("predictions"), *given.get("file", ())]
    for file in files:
        if file is None or str(file) == STANDARD_INPUT or is_address(str(file)):
            continue
        if not os.path.lexists(file):
            raise CorpusNotFoundError(f"{file}: cannot be read (no such file). Correct the path.")
    if (target := given.get("json")) is not None:
        inputs = [*models, given.get("data_dir"), *files]
        _check_target(target, [Path(item) for item in inputs if item is not None])


def _check_target(path: Path, inputs: Sequence[Path]) -> None:
    for item in inputs:
        if path.is_file() and path.resolve().is_relative_to(item.resolve()):
            raise ArgumentsError(
                f"--json: found {path}, which the input {item} is or holds, expected another "
                "file. Nothing was changed."
            )
    if path.is_dir():
        raise ArgumentsError(f"--json: found the folder {path}, expected a file. Add a name.")
    for parent in path.parents:
        if parent.exists():
            if not parent.is_dir():
                raise ArgumentsError(
                    f"--json: found the file {parent} in the place of a folder of {path}. Give "
                    "another path."
                )
            return
