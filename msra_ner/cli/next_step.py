"""What a command says at its end: what to do next, how to go on after Ctrl-C, what a model is."""

import logging
import shlex
from collections.abc import Sequence
from pathlib import Path

from msra_ner.corpus import SAMPLE

logger = logging.getLogger(__name__)


def warn_of_toy(run: str | Path) -> None:
    """Say so where a model was trained on the sample corpus."""
    from msra_ner.report import find_own_corpus

    if find_own_corpus(run) == SAMPLE:
        logger.warning(
            "%s is a toy, trained on the sample corpus: it shows that everything works, and is "
            "often wrong about real text.",
            run,
        )


def name_way_on(
    argv: Sequence[str], output_dir: str | Path | None = None, *, staged: bool = False
) -> str:
    """Return how an interrupted command goes on, or nothing where it has to begin again.

    Args:
        argv: The words of the command line, without the program.
        output_dir: Folder of the run, where the command is train; of the last one of several.
        staged: Whether the runs are stages, of which those that have ended stay.

    >>> name_way_on(["tune", "--trials", "9"])
    'To go on: msra-ner tune --trials 9'
    >>> name_way_on(["check", "data/msra"])
    ''
    """
    from msra_ner.report import RUN_FILE

    if staged and output_dir is not None:
        if not any(Path(output_dir).parent.glob(f"*/{RUN_FILE}")):
            return ""
        argv = [word for word in argv if word != "--overwrite"]
        already = any(word.partition("=")[0] == "--resume_from_checkpoint" for word in argv)
        argv = [*argv, *([] if already else ["--resume_from_checkpoint", "last"])]
        return f"To go on: {shlex.join(['msra-ner', *argv])}"
    again = shlex.join(["msra-ner", *argv])
    if argv[:1] == ["tune"] or (argv[:1] == ["predict"] and "--output" in argv):
        return f"To go on: {again}"
    if output_dir is None or not Path(output_dir, RUN_FILE).is_file():
        return ""
    if any(Path(output_dir).glob("checkpoint-*/trainer_state.json")):
        already = any(word.partition("=")[0] == "--resume_from_checkpoint" for word in argv)
        return f"To go on: {again}{'' if already else ' --resume_from_checkpoint last'}"
    flag = "" if "--overwrite" in argv else " --overwrite"
    return f"No checkpoint was written yet. To begin again: {again}{flag}"
