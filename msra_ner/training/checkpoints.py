"""Whether a checkpoint is whole: a manifest of its files, written when all of them are there."""

from pathlib import Path
from typing import Any

from accelerate import PartialState
from transformers import TrainerCallback
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from msra_ner.errors import CorpusError
from msra_ner.report import STATE_FILE, read_object
from msra_ner.storage import file_hash, write_json

MANIFEST_FILE = "manifest.json"


class CheckpointManifest(TrainerCallback):
    """Writes the manifest of each checkpoint."""

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Write it, when every process has saved its random state."""
        PartialState().wait_for_everyone()
        if args.should_save:
            write_manifest(Path(args.output_dir) / f"{PREFIX_CHECKPOINT_DIR}-{state.global_step}")


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
        files: dict[str, Any] = read_object(folder / MANIFEST_FILE).get("files", {})
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
