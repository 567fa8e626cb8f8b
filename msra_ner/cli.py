"""The command ``msra-ner``: train, evaluate, diagnose, report, compare, predict, and data.

Heavy modules load inside the commands, so that ``--help`` answers at once. A user's mistake ends
in one line and exit code 2; ``--traceback``, with any command, shows where it came from instead.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from msra_ner import __version__
from msra_ner.data_commands import add_data_commands, add_read_flags, read_options
from msra_ner.demo_command import add_demo_command
from msra_ner.errors import ArgumentsError, MsraNerError
from msra_ner.export_command import add_export_command
from msra_ner.predict_command import add_predict_command
from msra_ner.push_command import add_push_command

PROG = "msra-ner"
TRAIN_HELP = "fine-tune an encoder, choose on val, score test (all flags: msra-ner train --help)"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0, 2 for a user's mistake, 130 after Ctrl-C."""
    argv = list(sys.argv[1:] if argv is None else argv)
    debug = "--traceback" in argv
    argv = [item for item in argv if item != "--traceback"]
    try:
        if argv[:1] == ["train"]:
            return _train(argv[1:], debug)
        options = _parse(argv)
        options.words = argv
        code: int = options.command(options, debug)
        return code
    except BrokenPipeError:
        # The reader of our output has gone (for example `head`); nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        if debug:
            raise
        print(f"\n{PROG}: interrupted. What was written stays.", file=sys.stderr)  # noqa: T201
        return 130  # as a shell has it
    except (MsraNerError, OSError) as error:  # OSError: a full disk, no permission, ...
        if debug:
            raise
        print(f"{PROG}: error: {_one_line(str(error))}", file=sys.stderr)  # noqa: T201
        return 2


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the flags; files of predict may stand behind them, which argparse does not expect."""
    parser = _parser()
    options, rest = parser.parse_known_args(argv)
    if rest and (
        not getattr(options, "file", None) or any(x.startswith("-") and x != "-" for x in rest)
    ):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        options.file = [*(options.file if options.file != ["-"] else []), *rest]
    return options


def _one_line(text: str) -> str:
    """Return a message with line ends and the like escaped; a file's name may hold any of them."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        PROG,
        description="Named entity recognition with transformers that loses no entity.",
        epilog="With --traceback, a command that fails shows where in the code it did.",
    )
    parser.add_argument("--version", action="version", version=f"{PROG} {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    add_data_commands(commands)
    commands.add_parser("train", help=TRAIN_HELP, add_help=False)

    evaluate = commands.add_parser("evaluate", help="score a saved model")
    evaluate.add_argument("model_dir", help="folder that train wrote, or a Hub name")
    evaluate.add_argument(
        "--data_dir", "--data-dir", help="default: data/msra where it is there, else the sample"
    )
    evaluate.add_argument("--split", choices=["train", "val", "test"], default="test")
    evaluate.add_argument(
        "--bf16",
        action=argparse.BooleanOptionalAction,
        help="compute in bf16 or not (default: as the model was trained)",
    )
    evaluate.add_argument("--use_cpu", "--use-cpu", action="store_true")
    evaluate.add_argument("--json", type=Path, metavar="FILE", help="write the scores as JSON too")
    add_read_flags(evaluate)
    evaluate.set_defaults(command=_evaluate)

    diagnose = commands.add_parser("diagnose", help="find out why F1 is low, and what to do")
    diagnose.add_argument("model_dir", nargs="?", help="run folder or model")
    diagnose.add_argument(
        "--predictions", type=Path, metavar="FILE", help="gold and predicted tags, of any tool"
    )
    diagnose.add_argument(
        "--data_dir", "--data-dir", help="the corpus (a run's own, where it is not given)"
    )
    diagnose.add_argument("--split", choices=["train", "val", "test"], default="test")
    diagnose.add_argument("--json", type=Path, metavar="FILE", help="write all of it as JSON")
    add_read_flags(diagnose)
    diagnose.set_defaults(command=_diagnose)

    report = commands.add_parser("report", help="write the page that shows a run")
    report.add_argument("run_dir", type=Path, help="folder that train wrote")
    report.set_defaults(command=_report)

    compare = commands.add_parser("compare", help="write the page that shows two runs together")
    compare.add_argument("run_a", type=Path, help="folder that train wrote")
    compare.add_argument("run_b", type=Path, help="that of the other run")
    compare.add_argument(
        "--output_dir", "--output-dir", type=Path, default=Path("."), help="default: here"
    )
    compare.add_argument("--overwrite", action="store_true", help="replace what stands there")
    compare.set_defaults(command=_compare)

    add_predict_command(commands)
    add_export_command(commands)
    add_demo_command(commands)
    add_push_command(commands)
    return parser


def _train(argv: Sequence[str], debug: bool) -> int:
    from msra_ner.logs import configure_logging

    configure_logging(main_process=os.environ.get("RANK", "0") == "0", debug=debug)
    from msra_ner.arguments import parse_arguments

    arguments = parse_arguments(argv, prog=f"{PROG} train")
    from msra_ner.training import run

    run(arguments)
    return 0


def _evaluate(options: argparse.Namespace, debug: bool) -> int:
    from msra_ner.logs import configure_logging
    from msra_ner.storage import write_json

    configure_logging(debug=debug)
    from msra_ner.training import evaluate

    settings = {
        name: getattr(options, name)
        for name in ("bf16", "use_cpu")
        if getattr(options, name) is not None
    }
    settings |= read_options(options)
    scores = evaluate(options.model_dir, options.data_dir, options.split, **settings)
    if options.json:
        write_json(options.json, scores)
    return 0


def _diagnose(options: argparse.Namespace, debug: bool) -> int:
    from msra_ner.logs import configure_logging

    if (options.model_dir is None) == (options.predictions is None):
        raise ArgumentsError(
            "diagnose: found neither or both of a model and --predictions, expected one of them."
        )
    configure_logging(debug=debug)
    from msra_ner.corpus_folder import open_corpus
    from msra_ner.diagnosis import diagnose
    from msra_ner.diagnosis_evidence import evidence_of_file, evidence_of_model, own_data_dir
    from msra_ner.diagnosis_report import format_diagnosis
    from msra_ner.read_options import ReadOptions
    from msra_ner.splits import SPLIT_KEYS
    from msra_ner.storage import write_json

    reading = ReadOptions(**read_options(options))
    split = SPLIT_KEYS[options.split]
    if options.predictions is not None:
        corpus = open_corpus(options.data_dir, reading) if options.data_dir else None
        evidence = evidence_of_file(options.predictions, corpus, split)
    else:
        data_dir = options.data_dir or own_data_dir(Path(options.model_dir))
        evidence = evidence_of_model(options.model_dir, open_corpus(data_dir, reading), split)
    diagnosis = diagnose(evidence)
    print(format_diagnosis(diagnosis))  # noqa: T201
    if options.json:
        write_json(options.json, diagnosis.as_json())
    return 1 if diagnosis.wrong else 0


def _report(options: argparse.Namespace, debug: bool) -> int:
    from msra_ner.logs import configure_logging
    from msra_ner.report_page import write_report

    configure_logging(debug=debug)
    print(write_report(options.run_dir))  # noqa: T201
    return 0


def _compare(options: argparse.Namespace, debug: bool) -> int:
    from msra_ner.comparison import write_comparison
    from msra_ner.logs import configure_logging

    configure_logging(debug=debug)
    page = write_comparison(
        options.run_a, options.run_b, options.output_dir, overwrite=options.overwrite
    )
    print(page)  # noqa: T201
    return 0
