"""The command ``msra-ner``: one module a command, with its flags and what it prints.

Heavy modules load inside the commands, so that ``--help`` answers at once.
"""

from msra_ner.cli.entry import main

__all__ = ["main"]
