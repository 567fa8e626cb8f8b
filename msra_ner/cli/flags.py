"""The parser of the command line, and flags that several commands share."""

import argparse
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, get_args, get_type_hints

from msra_ner.corpus import SPLIT_KEYS, ReadOptions
from msra_ner.decoding import DECODERS
from msra_ner.errors import ArgumentsError
from msra_ner.hardware import PRECISIONS
from msra_ner.wording import (
    HelpText,
    OneLineErrors,
    ShowAll,
    ask_whether_meant,
    find_nearest,
    write_epilog,
)

if TYPE_CHECKING:
    from msra_ner.inference import MinScore, Term

DATA_HELP = "folder of a corpus in any format, hub:NAME, or sample"
SPLITS = tuple(SPLIT_KEYS)
# What takes seconds to load, in a message.
TORCH = "torch and transformers"
READING_DOCS = "reference/corpus"
OR_ON_THE_HUB = ", or a model's name on the Hub"
DEVICE: dict[str, Any] = {
    "metavar": "NAME",
    "help": "for example cpu or cuda:1 (default: a GPU if there is one)",
}
PRECISION: dict[str, Any] = {
    "choices": PRECISIONS,
    "help": "default: fp32; auto: bf16 where the hardware multiplies in it",
}
DECODER: dict[str, Any] = {
    "choices": DECODERS,
    "help": "how logits become tags: viterbi takes the best legal sequence, argmax each token by "
    "itself, crf the best with transitions that were trained (default: as the model was scored in "
    "training, else viterbi)",
}

MIN_SCORE: dict[str, Any] = {
    "metavar": "SCORE",
    "help": "lowest score of an entity that is reported, from 0 to 1; or one a type, such as "
    "PER=0.8,LOC=0.5 (default: all are)",
}

DICTIONARY: dict[str, Any] = {
    "type": Path,
    "metavar": "FILE",
    "help": "what must be an entity, may be of some types, or never is one: a text, a tab, its "
    "type and, unless it must, a tab and may or never (docs/how-to/annotation.md)",
}


class CommandParser(OneLineErrors):
    """A parser that takes flags in full alone: what an abbreviation means changes with new flags.

    The parsers of its subcommands are of the same class.

    Args:
        examples: Command lines, shown at the end of the help.
        docs: The page of the documentation, without its ``.md``.
        **settings: Of argparse.
    """

    def __init__(
        self, *, examples: Sequence[str] = (), docs: str | None = None, **settings: Any
    ) -> None:
        settings.setdefault("epilog", write_epilog(examples, docs))
        super().__init__(allow_abbrev=False, formatter_class=HelpText, **settings)
        self.set_defaults(parser=self)  # the one whose flags a command line has

    def refuse(self, words: Sequence[str]) -> NoReturn:
        """Refuse words of a command line that this parser has no place for.

        Raises:
            ArgumentsError: Always; the message has the nearest flag.
        """
        flag = next((word for word in words if word.startswith("-")), None)
        if flag is None:
            self.error(f"found {words[0]!r}, expected nothing more")
        name = flag.partition("=")[0]
        known = [name for action in self._actions for name in action.option_strings]
        hint = ask_whether_meant(find_nearest(name, known), f"'{self.prog} --help' lists them.")
        raise ArgumentsError(f"{name}: found no such flag. {hint}")


def add_flag(parser: Any, name: str, **settings: Any) -> argparse.Action:
    """Add a flag, named with underscores, in both spellings: ``--data_dir`` and ``--data-dir``."""
    spellings = dict.fromkeys([name, name.replace("_", "-")])
    action: argparse.Action = parser.add_argument(*spellings, **settings)
    return action


def add_run(
    parser: Any, dest: str = "model_dir", *, may_be: str = "", **settings: Any
) -> argparse.Action:
    """Add the place of a run on the command line, ``RUN``.

    Args:
        parser: Of the command.
        dest: Name of the value.
        may_be: What may be given too.
        **settings: Of argparse.
    """
    text = f"folder that train wrote{may_be}"
    action: argparse.Action = parser.add_argument(dest, metavar="RUN", help=text, **settings)
    return action


def add_own_corpus(parser: Any) -> None:
    """Add ``--data_dir`` for another corpus than that of the run, and the split of it."""
    add_flag(parser, "--data_dir", metavar="CORPUS", help=f"{DATA_HELP} (default: the run's own)")
    parser.add_argument("--split", choices=SPLITS, default="test")


def add_read_flags(parser: argparse.ArgumentParser, leave_out: Sequence[str] = ()) -> None:
    """Add a flag for each reading option; those not given do not appear in the result."""
    added = [item for item in fields(ReadOptions) if item.name not in leave_out]
    group = parser.add_argument_group("reading", describe_reading([item.name for item in added]))
    show_all = parser.add_argument(
        "--help_all", "--help-all", action=ShowAll, help="explain the flags of reading too"
    )
    assert isinstance(show_all, ShowAll)
    # Not the types of the fields: HfArgumentParser, which reads them too, changes those.
    types = get_type_hints(ReadOptions)
    for item in added:
        settings: dict[str, Any] = {"help": argparse.SUPPRESS, "default": argparse.SUPPRESS}
        kind = types[item.name]
        if kind is bool:
            settings["action"] = "store_true"
        elif choices := [value for value in get_args(kind) if isinstance(value, str)]:
            settings["choices"] = choices
        else:
            settings["type"] = int if int in (kind, *get_args(kind)) else str
        show_all.left_out[add_flag(group, f"--{item.name}", **settings)] = item.metadata["help"]


def describe_reading(names: Sequence[str]) -> str:
    """Return what a help says of the reading options, in place of a line on each."""
    flags = ", ".join(f"--{name}" for name in names)
    return (
        f"how the files are read, where it does not show in them (docs/{READING_DOCS}.md): "
        f"{flags}; --help_all explains them"
    )


def read_min_score(options: argparse.Namespace) -> "MinScore | None":
    """Return what ``--min_score`` says, where it was given.

    Raises:
        ArgumentsError: It is neither a number nor TYPE=NUMBER,...
    """
    from msra_ner.inference import parse_min_score

    return None if options.min_score is None else parse_min_score(options.min_score)


def read_terms(options: argparse.Namespace) -> "list[Term] | None":
    """Return what ``--dictionary`` has, where it was given.

    Raises:
        CorpusNotFoundError: There is no such file.
        CorpusError: A line of it is no term.
    """
    from msra_ner.inference import read_dictionary

    return None if options.dictionary is None else read_dictionary(options.dictionary)


def read_options(options: argparse.Namespace) -> dict[str, Any]:
    """Return the reading options that were given."""
    return {
        item.name: getattr(options, item.name)
        for item in fields(ReadOptions)
        if hasattr(options, item.name)
    }
