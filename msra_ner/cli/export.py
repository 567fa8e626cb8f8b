"""The command export: a fine-tuned model for other engines and programs."""

import argparse
from pathlib import Path
from typing import Any

from msra_ner.cli.flags import DATA_HELP, TORCH, add_flag, add_read_flags, add_run, read_options
from msra_ner.export import FORMATS, MAX_F1_LOSS


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    export = commands.add_parser(
        "export",
        help="write a model for ONNX Runtime, OpenVINO or other programs",
        description="Exports a fine-tuned model and checks that the result tags as the model does. "
        "msra-ner predict and Tagger take the new folder as they take the model's.",
        examples=[
            "msra-ner export runs/bert --to onnx",
            "msra-ner export runs/bert --to openvino --int8 --data_dir data/msra",
        ],
        docs="how-to/export",
    )
    add_run(export, type=Path)
    export.add_argument(
        "--to",
        required=True,
        choices=FORMATS,
        help="format to write; transformers: the model without its chain",
    )
    export.add_argument(
        "--int8",
        action="store_true",
        help="compute in int8: faster (openvino alone)",
    )
    add_flag(
        export,
        "--data_dir",
        metavar="CORPUS",
        help=f"{DATA_HELP}: its val is what the result is checked on (default: the sample; "
        "with --int8 the run's own)",
    )
    add_flag(
        export,
        "--output_dir",
        type=Path,
        metavar="DIR",
        help="folder to write (default: RUN-FORMAT beside the run)",
    )
    add_flag(
        export,
        "--max_f1_loss",
        type=float,
        default=MAX_F1_LOSS,
        metavar="POINTS",
        help=f"points of val F1 that --int8 may lose (default: {MAX_F1_LOSS})",
    )
    export.add_argument("--overwrite", action="store_true", help="replace what is there")
    add_read_flags(export)
    export.set_defaults(command=_export, loads=TORCH)


def _export(options: argparse.Namespace) -> None:
    from msra_ner.export import export_model
    from msra_ner.hardware import use_cpu_threads
    from msra_ner.logs import hide_weight_bars

    hide_weight_bars()
    use_cpu_threads(None)
    folder = export_model(
        options.model_dir,
        options.to,
        options.output_dir,
        int8=options.int8,
        data_dir=options.data_dir,
        max_f1_loss=options.max_f1_loss,
        overwrite=options.overwrite,
        **read_options(options),
    )
    print(folder)  # noqa: T201
