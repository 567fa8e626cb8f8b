"""Where the figures of a run come from: its settings, its command, its data stage by stage."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msra_ner.labels import decode_entities
from msra_ner.report.run_files import RunFiles

# What decides most of a result, in the order in which it is shown; the other settings follow.
MAIN_SETTINGS = (
    "model_name_or_path",
    "data_dir",
    "seed",
    "learning_rate",
    "head_learning_rate",
    "num_train_epochs",
    "max_steps",
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "lr_scheduler_type",
    "warmup_steps",
    "weight_decay",
    "num_hidden_layers",
    "freeze_encoder",
    "max_length",
    "window_overlap",
    "bf16",
    "fp16",
    "max_train_samples",
)


READ_LINE = re.compile(
    r"INFO (\S+): (\d+) of (\d+) sentences, (\d+) characters, (\d+) entities$", re.MULTILINE
)


WINDOWS_LINE = re.compile(r"INFO (\S+): (\d+) windows of up to (\d+) word pieces$", re.MULTILINE)


def stage_rows(run: RunFiles) -> list[dict[str, Any]]:
    """Return sentences, tokens, entities and windows of each stage, as the log and files say.

    The stages of test are ``used``, ``predicted`` and ``scored``; ``complete`` says whether a
    stage has all that the stage before it had (None for the first one).
    """
    windows = {split: int(count) for split, count, _ in WINDOWS_LINE.findall(run.log)}
    # A run that went on after a stop reads its corpus again: the last line counts.
    rows = {
        split: {
            "split": "val" if split == "validation" else split,
            "stage": "used",
            **dict(zip(("sentences", "of", "tokens", "entities"), map(int, found), strict=True)),
            "windows": windows.get(split),
            "complete": None,
        }
        for split, *found in READ_LINE.findall(run.log)
    }
    stages = list(rows.values())
    predicted = {
        "sentences": len(run.gold),
        "tokens": sum(map(len, run.tokens)),
        "entities": sum(len(decode_entities(tags)) for tags in run.gold),
    }
    scored = {
        name: run.results.get(f"{run.prefix}_{key}")
        for name, key in (
            ("sentences", "sentences"),
            ("tokens", "characters"),
            ("entities", "entities"),
        )
    }
    before = rows.get("validation" if run.split == "val" else "test")
    for stage, numbers in (("predicted", predicted), ("scored", scored)):
        if numbers["sentences"] is not None:
            complete = before and all(numbers[name] == before[name] for name in numbers)
            stages.append({"split": run.split, "stage": stage, **numbers, "complete": complete})
            before = stages[-1]
    return stages


def provenance(run: RunFiles) -> dict[str, Any]:
    """Return what made the run: command, seed, settings (the main ones first), versions, time."""
    settings = run.record.get("settings", {})
    main = {name: settings[name] for name in MAIN_SETTINGS if settings.get(name) is not None}
    return {
        "command": command_line(run.record.get("command", [])),
        "data": run.record.get("data"),
        "seed": settings.get("seed"),
        "processes": run.record.get("processes"),
        "settings": {**main, **{key: settings[key] for key in settings if key not in main}},
        "main_settings": list(main),
        "versions": {
            **({"python": run.record["python"]} if "python" in run.record else {}),
            **run.record.get("versions", {}),
        },
        "machine": run.record.get("machine"),
        "timing": run.timing,
    }


def command_line(words: Sequence[str]) -> str:
    """Return a command as one types it; where the program was installed does not matter."""
    if not words:
        return ""
    program = Path(words[0])
    name = f"python -m {program.parent.name}" if program.stem == "__main__" else program.name
    return " ".join([name, *map(shlex.quote, words[1:])])
