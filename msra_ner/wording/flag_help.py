"""How the help of a command looks: a short usage, one spelling of a flag, examples at the end."""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import indent
from typing import Any

# What stands for a value where a flag does not say.
VALUES: dict[Any, str] = {int: "N", float: "X", Path: "PATH"}


def write_epilog(examples: Sequence[str], docs: str | None) -> str | None:
    """Return what a help ends with: examples, and the page of the documentation."""
    parts = []
    if examples:
        parts.append(f"examples:\n{indent(chr(10).join(examples), '  ')}")
    if docs:
        parts.append(f"more: docs/{docs}.md")
    return "\n\n".join(parts) or None


class HelpText(argparse.HelpFormatter):
    """Lines break where the text says so; ``--data-dir`` is read as well as ``--data_dir``."""

    def __init__(self, prog: str, **settings: Any) -> None:
        super().__init__(prog, **{"max_help_position": 26, **settings})

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        # An epilog has lines of its own, which can be copied.
        if "\n" in text:
            return "\n".join(f"{indent}{line}" for line in text.splitlines())
        return super()._fill_text(text, width, indent)

    def _format_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Any,
        prefix: str | None,
    ) -> str:
        """Show what has to be given; the flags are listed below."""
        if usage is not None:
            return super()._format_usage(usage, actions, groups, prefix)
        actions = list(actions)
        needed = [action for action in actions if action.required or not action.option_strings]
        program = self._prog
        if len(needed) < len(actions):
            self._prog = f"{program} [flags]"
        try:
            return super()._format_usage(usage, needed, [], prefix)
        finally:
            self._prog = program

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings:
            return super()._format_action_invocation(action)
        names = [
            name
            for name in action.option_strings
            if name[2:].replace("-", "_") == name[2:] or len(action.option_strings) == 1
        ]
        if action.nargs == 0:
            return ", ".join(names)
        value = self._format_args(action, self._get_default_metavar_for_optional(action))
        return f"{', '.join(names)} {value}"

    def _get_default_metavar_for_optional(self, action: argparse.Action) -> str:
        return VALUES.get(action.type, "TEXT")


class HelpWithDefaults(HelpText):
    """The same for a parser whose flags do not name their defaults."""

    def _get_help_string(self, action: argparse.Action) -> str:
        text = action.help or ""
        # None stands for what the text says.
        if action.option_strings and action.default not in (None, argparse.SUPPRESS):
            text += f" (default: {str(action.default).replace('%', '%%')})"
        return text


class ShowAll(argparse.Action):
    """The flag ``--help_all``: the help with what is said of the flags that it leaves out."""

    def __init__(self, option_strings: Sequence[str], dest: str, **settings: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, default=argparse.SUPPRESS)
        self.help = settings.get("help")
        self.left_out: dict[argparse.Action, str] = {}

    def __call__(self, parser: argparse.ArgumentParser, *given: Any) -> None:
        """Show it and leave."""
        self.reveal()
        parser.print_help()
        parser.exit()

    def reveal(self) -> None:
        """Have the help show them from now on."""
        for action, text in self.left_out.items():
            action.help = text
