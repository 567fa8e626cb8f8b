"""The exceptions a user can meet; each is also the built-in that fits it."""

import re

# A flag, or a command to type, of which the flags stay as they are.
_FLAG = re.compile(r"'msra-ner [^']*'|msra-ner .*|(?<![\w'\"-])--(?=[a-z])")


class MsraNerError(Exception):
    """Base class: the message says what was found, where, what was expected and what to do.

    Messages are written for the command line and name settings by their flags. A caller from
    Python reads the same text with the names of arguments:

    >>> error = MsraNerError("--seed: found 'x', expected a number. See 'msra-ner train --help'.")
    >>> str(error)
    "seed: found 'x', expected a number. See 'msra-ner train --help'."
    >>> error.command_line_text
    "--seed: found 'x', expected a number. See 'msra-ner train --help'."
    """

    def __str__(self) -> str:
        """Return the message with the names of arguments."""
        return _FLAG.sub(lambda match: match[0].removeprefix("--"), self.command_line_text)

    @property
    def command_line_text(self) -> str:
        """The message with flags."""
        return super().__str__()


class CorpusError(MsraNerError, ValueError):
    """A corpus file breaks its format."""


class CorpusNotFoundError(MsraNerError, FileNotFoundError):
    """A corpus folder or file is missing."""


class TokenizerError(MsraNerError, ValueError):
    """A tokenizer cannot be used for alignment."""


class ModelError(MsraNerError, ValueError):
    """A model or checkpoint cannot be loaded or does not fit the labels."""


class ArgumentsError(MsraNerError, ValueError):
    """An argument, a flag or an entry of a file of settings is wrong."""


class OutputExistsError(MsraNerError, FileExistsError):
    """The output exists already, and nothing allows to replace it."""


class ScoreError(MsraNerError, RuntimeError):
    """Something that should have been scored was lost or counted twice."""


class JobError(MsraNerError, RuntimeError):
    """A tagging job ended before all of its parts were done, or a part is damaged."""


class HubError(MsraNerError, RuntimeError):
    """A push to the Hub failed, or cannot be tried."""
