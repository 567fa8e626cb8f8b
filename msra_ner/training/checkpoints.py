"""The checkpoints of a run: which are whole, which are kept, and which files of them are its own.

A manifest of its files is written into each when all of them are there.
"""

import re
from pathlib import Path
from typing import Any

from accelerate import PartialState
from transformers import TrainerCallback
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from msra_ner.errors import CorpusError
from msra_ner.report import STATE_FILE, read_object
from msra_ner.storage import file_hash, remove_files, write_json

MANIFEST_FILE = "manifest.json"
_NAME = re.compile(rf"{PREFIX_CHECKPOINT_DIR}-\d+")
# What the Trainer writes. Of a checkpoint whose save was interrupted there is no other list.
_WRITTEN = (
    *("*.safetensors", "*.safetensors.index.json", "config.json", "generation_config.json"),
    *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"),
    *("vocab.txt", "vocab.json", "merges.txt", "*.model", "training_args.bin", STATE_FILE),
    *("optimizer.pt", "optimizer.bin", "scheduler.pt", "scaler.pt", "rng_state*.pth"),
)


class CheckpointKeeper(TrainerCallback):
    """Writes the manifest of each checkpoint, then removes those that need not be kept.

    The newest and the best are always kept. It takes the place of the Trainer's own rotation, which
    would remove a folder such as ``checkpoint-best-500``, and files of others with their folder.

    Args:
        limit: How many checkpoints to keep; None keeps all.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Write the manifest, when every process has saved its random state."""
        PartialState().wait_for_everyone()
        if args.should_save:
            newest = Path(args.output_dir) / f"{PREFIX_CHECKPOINT_DIR}-{state.global_step}"
            write_manifest(newest)
            self._rotate({newest.name}, args, state)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Keep the best alone where only one is to be kept."""
        if args.should_save and self._limit == 1 and state.best_model_checkpoint is not None:
            self._rotate(set(), args, state)

    def _rotate(self, kept: set[str], args: Any, state: Any) -> None:
        if self._limit is None:
            return
        folder = Path(args.output_dir)
        if state.best_model_checkpoint is not None:
            kept.add(Path(state.best_model_checkpoint).name)
        others = [path for path in list_checkpoints(folder) if path.name not in kept]
        others.sort(key=lambda path: path.stat().st_mtime)
        for path in others[: max(0, len(others) + len(kept) - self._limit)]:
            remove_checkpoint(path)


def list_checkpoints(folder: Path) -> list[Path]:
    """Return the checkpoints of a folder, whole or not."""
    named = list_checkpoint_names(folder)
    return [path for path in named if path.is_dir() and not path.is_symlink()]


def list_checkpoint_names(folder: Path) -> list[Path]:
    """Return what has the name of a checkpoint in a folder, whatever it is."""
    found = folder.glob(f"{PREFIX_CHECKPOINT_DIR}-*")
    return [path for path in found if _NAME.fullmatch(path.name)]


def list_own_files(folder: Path) -> list[Path]:
    """Return the files of a checkpoint that this package wrote, the manifest last."""
    manifest = folder / MANIFEST_FILE
    try:
        names = _read_manifest(folder)
    except CorpusError:
        names = {}
    if names:
        # A manifest may come from anywhere, and must name nothing outside.
        inside = folder.resolve()
        files = [
            folder / name
            for name in names
            if (folder / name).parent.resolve().is_relative_to(inside)
        ]
    else:
        files = [path for pattern in _WRITTEN for path in folder.glob(pattern)]
    return [path for path in [*files, manifest] if path.is_symlink() or path.is_file()]


def remove_checkpoint(folder: Path) -> None:
    """Remove what this package wrote of a checkpoint, and its folder if that was all."""
    remove_files(folder.parent, list_own_files(folder))


def write_manifest(folder: Path) -> None:
    """Write size and SHA-256 of each file of a checkpoint into it, for :func:`find_fault`."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    contents = {
        str(path.relative_to(folder)): {"size": path.stat().st_size, "sha256": file_hash(path)}
        for path in files
        if path.name != MANIFEST_FILE
    }
    write_json(folder / MANIFEST_FILE, {"files": contents})


def has_manifest(folder: Path) -> bool:
    """Return whether a checkpoint has a manifest; those of older versions have none."""
    return (folder / MANIFEST_FILE).exists()


def find_fault(folder: Path) -> str | None:
    """Return what a checkpoint lacks, in words; None for one that is whole.

    Of one without a manifest, only the state that the Trainer writes last is looked for.
    """
    if not (folder / STATE_FILE).exists():
        return f"found no {STATE_FILE}, which is written last"
    try:
        read_object(folder / STATE_FILE)
        files = _read_manifest(folder)
    except CorpusError as error:
        return str(error).partition(". ")[0]
    for name, expected in files.items():
        path = folder / name
        if not path.is_file():
            return f"found no {name}"
        size = path.stat().st_size
        if size != expected["size"]:
            return f"{name}: found {size:,} bytes, expected {expected['size']:,}"
        if file_hash(path) != expected["sha256"]:
            return f"{name}: found other content than was saved"
    return None


def _read_manifest(folder: Path) -> dict[str, Any]:
    """Return size and hash of each file of a checkpoint; none where there is no manifest.

    Raises:
        CorpusError: It is damaged.
    """
    files = read_object(folder / MANIFEST_FILE).get("files", {})
    if not isinstance(files, dict) or any(
        not isinstance(entry, dict) or not {"size", "sha256"} <= entry.keys()
        for entry in files.values()
    ):
        raise CorpusError(f"{MANIFEST_FILE}: found no size and hash of each file. Delete it.")
    return files
