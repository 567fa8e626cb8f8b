"""The stages of a settings file: which there are, and the settings of each."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msra_ner.errors import ArgumentsError, MsraNerError
from msra_ner.report import RESULTS_FILE, RUN_FILE
from msra_ner.training.parsing import (
    STAGES_KEY,
    Arguments,
    name_settings,
    parse_settings,
    read_settings,
)

logger = logging.getLogger(__name__)

# A name is that of a folder too.
_NAME = re.compile(r"(?!checkpoint-)[^\W_][\w-]*(\.[\w-]+)*")
# What all stages share, and the file or the command line says once.
_COMMON = ("output_dir", "overwrite", "resume_from_checkpoint")


@dataclass(frozen=True)
class Stage:
    """A run among others that are trained one after the other.

    Attributes:
        name: Its name, and that of its folder.
        folder: Its ``--output_dir``.
        where: The settings file and the name, for messages.
        settings: Those of the file, for all stages and for this one.
        flags: Those of the command line, with folder and model.
        prog: The program that messages name.
    """

    name: str
    folder: Path
    where: str
    settings: dict[str, Any]
    flags: tuple[str, ...]
    prog: str

    def parse(self, *more: str) -> Arguments:
        """Return its settings, new ones at each call: a run settles in them what is left open.

        Args:
            *more: Flags that go before all others.

        Raises:
            ArgumentsError: One is wrong.
        """
        with name_stage(self.where):
            return parse_settings(self.settings, (*self.flags, *more), self.prog)

    @property
    def has_ended(self) -> bool:
        """Whether its run is there and has its results."""
        return (self.folder / RESULTS_FILE).exists() and (self.folder / RUN_FILE).exists()


def parse_stages(argv: Sequence[str], prog: str = "msra-ner train") -> list[Stage] | None:
    """Return the stages of a command line that begins with a settings file; None without any.

    Raises:
        ArgumentsError: A setting of any stage is wrong, or is not one that a stage may have.
    """
    if not argv or not argv[0].endswith((".json", ".yaml", ".yml")):
        return None
    path, flags = Path(argv[0]), tuple(argv[1:])
    found = read_settings(path)
    if STAGES_KEY not in found:
        return None
    given = found.pop(STAGES_KEY)
    if not isinstance(given, dict) or not given:
        what = "none" if not given else type(given).__name__
        raise ArgumentsError(
            f"{path}: found {what} in {STAGES_KEY}, expected one or more, by name. Write them as "
            "'silver: {data_dir: silver}', a line each."
        )
    common = name_settings(found)
    own = {name: _read_stage(path, name, value) for name, value in given.items()}
    _check_starts(path, own)
    _warn_of_flags(path, own, flags)
    first = next(iter(own))
    with name_stage(f"{path}, stage {first}"):
        together = parse_settings({**common, **own[first]}, flags, prog).training
    folder = Path(together.output_dir or ".")
    stages: list[Stage] = []
    for name, settings in own.items():
        added = ["--output_dir", str(folder / name)]
        if stages:
            added += ["--model_name_or_path", str(stages[-1].folder)]
        where = f"{path}, stage {name}"
        shared = {**common, **settings}
        stages.append(Stage(name, folder / name, where, shared, (*flags, *added), prog))
    return stages


def _read_stage(path: Path, name: Any, value: Any) -> dict[str, Any]:
    """Return the settings that a stage has of its own."""
    if not isinstance(name, str):
        raise ArgumentsError(
            f"{path}: found a stage {name!r}, which YAML reads as {type(name).__name__}, expected "
            "a text. Put it in quotes."
        )
    if not _NAME.fullmatch(name):
        raise ArgumentsError(
            f"{path}: found a stage {name!r}, expected a name of letters, digits, '-', '_' "
            "and '.', which begins with a letter or digit and does not end in '.': it is that of "
            "a folder too. Rename it."
        )
    where = f"{path}, stage {name}"
    if value is not None and not isinstance(value, dict):
        raise ArgumentsError(
            f"{where}: found {type(value).__name__}, expected 'name: value'. Write its settings "
            "like those of a run."
        )
    with name_stage(where):
        settings = name_settings(value or {})
    for key in _COMMON:
        if key in settings:
            raise ArgumentsError(
                f"{where}: found {key}, expected it beside {STAGES_KEY}, for all of them: each "
                "stage has a folder of its name in output_dir. Move it there."
            )
    return settings


def _warn_of_flags(path: Path, own: Mapping[str, Mapping[str, Any]], flags: Sequence[str]) -> None:
    """Say which flags replace what stages have each for themselves."""
    words = [word[2:].partition("=")[0] for word in flags if word.startswith("--")]
    for flag in dict.fromkeys(words):
        stages = [name for name, settings in own.items() if flag.replace("-", "_") in settings]
        if stages:
            logger.warning(
                "%s: --%s of the command line is for all stages, also in place of what %s has.",
                *(path, flag, ", ".join(stages)),
            )


def _check_starts(path: Path, own: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse a later stage that would start from another model, and names that are one folder."""
    for name in list(own)[1:]:
        if "model_name_or_path" in own[name]:
            raise ArgumentsError(
                f"{path}, stage {name}: found model_name_or_path, expected none: a stage starts "
                f"from the model of the stage before it. Leave it out, or give it to "
                f"{next(iter(own))}."
            )
    if len({name.casefold() for name in own}) < len(own):
        raise ArgumentsError(
            f"{path}: found stages {', '.join(own)}, expected names that differ in more than "
            "small and capital letters, which one folder may have. Rename one."
        )


def check_together(stages: Sequence[Stage], arguments: Sequence[Arguments]) -> None:
    """Refuse settings that are right for a run and wrong for a stage.

    Raises:
        ArgumentsError: One is.
    """
    for stage, given in zip(stages, arguments, strict=True):
        args = given.training
        if not args.do_train:
            raise ArgumentsError(
                f"{stage.where}: found no do_train, expected a stage that trains. Leave the do_ "
                "settings out, or score the model by itself: msra-ner evaluate"
            )
        if args.push_to_hub and stage is not stages[-1]:
            raise ArgumentsError(
                f"{stage.where}: found push_to_hub, expected it in the last stage alone "
                f"({stages[-1].name}): what is pushed is one model. Write it in the settings of "
                "that stage."
            )
        resume = args.resume_from_checkpoint
        if resume not in (None, "last"):
            raise ArgumentsError(
                f"{stage.where}: found --resume_from_checkpoint {resume}, expected last, which "
                "goes on with the stage that was interrupted."
            )
        if resume and args.overwrite:
            raise ArgumentsError(
                f"{stage.where}: found --overwrite and --resume_from_checkpoint, expected one of "
                "the two: to replace the runs, or to go on with them."
            )


@contextmanager
def name_stage(where: str) -> Iterator[None]:
    """Let errors say of which stage they are."""
    try:
        yield
    except MsraNerError as error:
        raise type(error)(f"{where}: {error.command_line_text}") from error
