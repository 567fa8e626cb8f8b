"""The names of the flags of train: which there are, and which was meant.

The Trainer's are read from the source of transformers, whose import takes seconds: a slip of the
keyboard is answered at once.
"""

import ast
from collections.abc import Collection, Sequence
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

from msra_ner.errors import ArgumentsError
from msra_ner.training.task_settings import DataArguments, ModelArguments, TaskSettings
from msra_ner.wording import ask_whether_meant, find_nearest

# How every parser of these flags begins its help.
USAGE = "%(prog)s [settings.json | settings.yaml] [flags]"
DESCRIPTION = "Fine-tune an encoder, choose the best epoch on val, score test, save."
# What people write, from other programs and older versions, and what the Trainer calls it.
RENAMED = {
    "batch_size": "per_device_train_batch_size",
    "data": "data_dir",
    "dataset_name": "data_dir hub:NAME",
    "device": "use_cpu (CUDA_VISIBLE_DEVICES chooses a GPU)",
    "epochs": "num_train_epochs",
    "evaluation_strategy": "eval_strategy",
    "group_by_length": "train_sampling_strategy group_by_length",
    "label_all_tokens": "label_all_pieces",
    "label_column_name": "column tags=NAME",
    "lr": "learning_rate",
    "max_len": "max_length",
    "max_seq_length": "max_length",
    "model": "model_name_or_path",
    "no_cuda": "use_cpu",
    "output": "output_dir",
    "overwrite_output_dir": "overwrite",
    "per_gpu_train_batch_size": "per_device_train_batch_size",
    "text_column_name": "column tokens=NAME",
    "train_file": "data_dir (the folder of train, val and test)",
    "warmup_ratio": "warmup_steps (a value below 1 is a ratio)",
}


def check_flags(argv: Sequence[str]) -> None:
    """Refuse a flag of a command line that is none of train's.

    Nothing is refused where the source of transformers does not say what there is.

    Raises:
        ArgumentsError: It is not; the message has the nearest one.
    """
    trainers = read_trainer_flags()
    if not trainers:
        return
    own = {
        item.name
        for group in (ModelArguments, DataArguments, TaskSettings)
        for item in fields(group)
    }
    known = {*trainers, *own}
    for word in argv:
        name = word[2:].partition("=")[0]
        if word.startswith("--") and name.removeprefix("no_").replace("-", "_") not in known:
            check_flag(name, known)


def read_trainer_flags() -> set[str]:
    """Return the names of the fields of ``TrainingArguments``; none where they cannot be read."""
    spec = find_spec("transformers")
    if spec is None or spec.origin is None:
        return set()
    try:
        source = Path(spec.origin).with_name("training_args.py").read_text(encoding="utf-8")
        classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    except (OSError, SyntaxError, ValueError):
        return set()
    return {
        line.target.id
        for node in classes
        if node.name == "TrainingArguments"
        for line in node.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    }


def check_flag(name: str, known: Collection[str]) -> None:
    """Refuse a flag, or an entry of a file, that is not a setting.

    Raises:
        ArgumentsError: It is not; the message has the nearest one.
    """
    if name not in known:
        nearest = find_setting(name, known)
        hint = ask_whether_meant(nearest and f"--{nearest}", "'msra-ner train --help' lists them.")
        raise ArgumentsError(f"--{name.replace('-', '_')}: found no such flag. {hint}")


def find_setting(name: str, known: Collection[str]) -> str | None:
    """Return the setting that a wrong name may have meant; None for none."""
    return RENAMED.get(name.replace("-", "_")) or find_nearest(name, known)
