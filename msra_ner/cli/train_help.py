"""What ``train --help`` shows: this package's flags, and those of the Trainer that matter first.

It loads neither torch nor transformers; ``--help_all`` does, and shows all flags.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, get_args, get_type_hints

from msra_ner.cli.flags import CommandParser, describe_reading
from msra_ner.corpus import ReadOptions
from msra_ner.training import DESCRIPTION, USAGE, DataArguments, ModelArguments, TaskSettings

# Of the Trainer's flags, those that most runs want: what stands for the value, and what it is.
TRAINERS = {
    "output_dir": ("DIR", "Folder of the run, a new one (default: runs/msra-ner)."),
    "num_train_epochs": ("N", "Default: by --recipe."),
    "max_steps": ("N", "Steps instead of epochs."),
    "per_device_train_batch_size": ("N", "Sentences of average length in a batch; by --recipe."),
    "gradient_accumulation_steps": ("N", "Batches in a step (default: 1)."),
    "weight_decay": ("X", "Default: 0, of the sample 0.01."),
    "warmup_steps": ("X", "Steps, or below 1 a share of all, at a rising rate (default: 0.1)."),
    "seed": ("N", "Default: 42."),
    "bf16": (None, "As --precision bf16; --fp16 likewise."),
    "use_cpu": (None, "Leave a GPU alone."),
    "eval_strategy": ("WHEN", "epoch, steps or no (default: epoch); --save_strategy likewise."),
    "metric_for_best_model": ("NAME", "Score on val that chooses the epoch (default: f1)."),
    "save_total_limit": ("N", "Checkpoints to keep (default: 2)."),
    "resume_from_checkpoint": ("last", "Go on from the newest whole checkpoint of --output_dir."),
    "report_to": ("NAME", "tensorboard, wandb, ... (default: none)."),
    "push_to_hub": (None, "Push the model at the end, to --hub_model_id; private by default."),
}
NOTE = (
    "All flags of the Trainer are taken: --help_all shows them. Hyphens may stand for underscores."
)
EXAMPLES = (
    "msra-ner train --data_dir sample --output_dir runs/sample",
    "msra-ner train --data_dir data/msra --output_dir runs/bert",
    "msra-ner train settings.yaml --seed 1 --output_dir runs/seed-1",
    "msra-ner train stages.yaml --resume_from_checkpoint last",
)


def build_short_parser(prog: str) -> CommandParser:
    """Return a parser whose help is short; it is for showing, not for reading flags."""
    parser = CommandParser(
        prog=prog,
        usage=USAGE,
        description=f"{DESCRIPTION} {NOTE}",
        examples=EXAMPLES,
        docs="how-to/training",
    )
    add_short_flags(parser)
    return parser


def add_short_flags(parser: CommandParser, *, explain_reading: bool = False) -> None:
    """Add the flags that matter first, to be shown or completed."""
    parser.add_argument("--help_all", action="store_true", help="show all flags of the Trainer too")
    _add_fields(parser.add_argument_group("Model"), ModelArguments)
    reading = [item.name for item in fields(ReadOptions)]
    _add_fields(parser.add_argument_group("Data"), DataArguments, leave_out=reading)
    training = parser.add_argument_group("Training")
    for name, (value, text) in TRAINERS.items():
        options: dict[str, Any] = {"metavar": value} if value else {"action": "store_true"}
        training.add_argument(f"--{name}", help=text, **options)
    _add_fields(training, TaskSettings)
    how = parser.add_argument_group("Reading", describe_reading(reading))
    if explain_reading:
        _add_fields(how, ReadOptions)


def _add_fields(group: Any, settings: type, leave_out: Sequence[str] = ()) -> None:
    kinds = get_type_hints(settings)
    for item in fields(settings):
        if item.name in leave_out:
            continue
        kind, text = kinds[item.name], item.metadata["help"]
        options: dict[str, Any] = {"metavar": _name_value(kind)}
        if kind is bool:
            options = {"action": "store_true"}
        elif item.default is not None:
            text = f"{text.rstrip('.')} (default: {item.default})."
        group.add_argument(f"--{item.name}", help=text.replace("%", "%%"), **options)


def _name_value(kind: Any) -> str:
    """Return what stands for the value of a flag."""
    kinds = [part for choice in get_args(kind) or (kind,) for part in get_args(choice) or (choice,)]
    choices = [value for value in kinds if isinstance(value, str)]
    if choices:
        return f"{{{','.join(choices)}}}"
    return "N" if int in kinds else "X" if float in kinds else "TEXT"
