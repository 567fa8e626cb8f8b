"""What a job is known by: the files it reads, and the model it tags with."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msra_ner.inference.dictionary import Term
from msra_ner.inference.exported import MODEL_FILES
from msra_ner.inference.jobs.places import find_file, locate
from msra_ner.models import WEIGHT_FILES, find_commit, load_config
from msra_ner.storage import file_hash

# The files that decide what a model finds.
MODEL_GLOBS = (
    *WEIGHT_FILES,
    *(name for names in MODEL_FILES.values() for name in names),
    *("config.json", "tokenizer*.json", "vocab*", "merges.txt", "*.model"),
    *("special_tokens_map.json", "added_tokens.json", "export.json"),
)


def identify_files(files: Sequence[str]) -> list[dict[str, Any]]:
    """Return path, size and time of the last change of each file.

    Raises:
        ArgumentsError: One cannot be read, or is none.
    """
    found = ((name, find_file(name)) for name in files)
    return [
        {"name": locate(name), "bytes": facts.size, "changed": facts.changed}
        for name, facts in found
    ]


def identify_model(model: str) -> dict[str, str]:
    """Return a hash of each file that decides what a model finds; of the Hub, its commit."""
    folder = Path(model)
    if not folder.is_dir():
        load_config(model)  # which asks the Hub where the name points now
        return {"name": model, "commit": find_commit(model) or "unknown"}
    paths = sorted({path for pattern in MODEL_GLOBS for path in folder.glob(pattern)})
    return {path.name: file_hash(path) for path in paths}


def identify_terms(terms: Sequence[Term] | None) -> str | None:
    """Return a hash of the terms of a dictionary; None where there is none."""
    if terms is None:
        return None
    rows = "\n".join(f"{term.text}\t{term.type}\t{term.rule}" for term in terms)
    return hashlib.sha256(rows.encode()).hexdigest()
