"""The command completion: a script that completes commands and flags in a shell."""

import argparse
from typing import Any

from msra_ner.wording import ShowAll

SHELLS = ("bash", "zsh", "fish")


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    completion = commands.add_parser(
        "completion",
        help="print a script that completes commands and flags in a shell",
        description="Prints a script for a shell to read.",
        examples=[
            'bash: eval "$(msra-ner completion bash)"  # in ~/.bashrc',
            "zsh:  msra-ner completion zsh > ~/.zfunc/_msra-ner  # a folder of fpath",
            "fish: msra-ner completion fish > ~/.config/fish/completions/msra-ner.fish",
        ],
    )
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    completion.set_defaults(command=_complete)


def _complete(options: argparse.Namespace) -> None:
    import shtab

    from msra_ner.cli.entry import build_parser

    parser = build_parser(with_training=True)
    for one in _list_parsers(parser):
        for action in one._actions:
            if isinstance(action, ShowAll):
                action.reveal()
            if _takes_a_path(action):
                action.complete = shtab.FILE  # type: ignore[attr-defined]
    print(shtab.complete(parser, options.shell))  # noqa: T201


def _list_parsers(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """Return a parser and those of its commands."""
    below = [
        found
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for child in action.choices.values()
        for found in _list_parsers(child)
    ]
    return [parser, *below]


def _takes_a_path(action: argparse.Action) -> bool:
    by_name = action.dest.endswith(("_dir", "_path"))
    shown = action.metavar in {"RUN", "CORPUS", "DIR", "FILE"}
    return (by_name or shown) and not action.choices
