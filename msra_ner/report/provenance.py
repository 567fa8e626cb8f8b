"""Where the figures of a run come from: its settings, its command, its data stage by stage."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from msra_ner.report.about import is_toy
from msra_ner.report.run_files import SPLITS_KEY, RunFiles, SplitCounts
from msra_ner.report.schema import Provenance, Stage

# What decides most of a result, in the order in which it is shown; the other settings follow.
MAIN_SETTINGS = (
    "model_name_or_path",
    "data_dir",
    "seed",
    "decoder",
    "train_scheme",
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
    "freeze_layers",
    "max_length",
    "window_overlap",
    "bf16",
    "fp16",
    "max_train_samples",
)


def list_stages(run: RunFiles) -> list[Stage]:
    """Return sentences, tokens, entities and windows of each split at each stage.

    Every split that the run read has the stage ``used``, unless an older version without these
    counts in ``run.json`` made the run; the scored split has ``predicted`` and ``scored`` too.
    """
    splits: dict[str, SplitCounts] = run.record.get(SPLITS_KEY, {})
    stages: list[Stage] = [
        {"split": name.replace("validation", "val"), "stage": "used", **counts, "complete": None}
        for name, counts in splits.items()
    ]
    before = next((stage for stage in stages if stage["split"] == run.split), None)
    predicted = [len(run.gold), *(sum(map(len, rows)) for rows in (run.tokens, run.gold_entities))]
    keys = ("sentences", "characters", "entities")
    scored = [run.results.get(f"{run.prefix}_{key}") for key in keys]
    for name, counts in (("predicted", predicted), ("scored", scored)):
        if counts[0] is None:
            continue
        complete = before and counts == [before["sentences"], before["tokens"], before["entities"]]
        before = cast(
            "Stage",
            {
                "split": run.split,
                "stage": name,
                **dict(zip(("sentences", "tokens", "entities"), counts, strict=True)),
                "complete": complete,
            },
        )
        stages.append(before)
    return stages


def build_provenance(run: RunFiles) -> Provenance:
    """Return what made the run: command, seed, settings (the main ones first), versions, time."""
    settings = run.record.get("settings", {})
    main = [name for name in MAIN_SETTINGS if settings.get(name) is not None]
    return {
        "toy": is_toy(run.record),
        "command": format_command(run.record.get("command", [])),
        "data": run.record.get("data"),
        "seed": settings.get("seed"),
        "processes": run.record.get("processes"),
        "settings": {name: settings[name] for name in dict.fromkeys([*main, *settings])},
        "main_settings": main,
        "versions": list_versions(run.record),
        "machine": run.record.get("machine"),
        "timing": run.timing,
    }


def list_versions(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the versions of Python and of the libraries that a ``run.json`` names."""
    python = {"python": record["python"]} if "python" in record else {}
    return {**python, **record.get("versions", {})}


def format_command(words: str | Sequence[str]) -> str:
    """Return a command as one types it, without the folder in which the program is installed.

    A call in Python is a text already.
    """
    if isinstance(words, str):
        return words
    if not words:
        return ""
    program = Path(words[0])
    name = f"python -m {program.parent.name}" if program.stem == "__main__" else program.name
    return " ".join([name, *map(shlex.quote, words[1:])])
