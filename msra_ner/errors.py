"""The exceptions a user can meet; each is also the built-in that fits it."""


class MsraNerError(Exception):
    """Base class: the message says what was found, where, what was expected and what to do."""


class CorpusError(MsraNerError, ValueError):
    """A corpus file breaks its format."""


class CorpusNotFoundError(MsraNerError, FileNotFoundError):
    """A corpus folder or file is missing."""


class TokenizerError(MsraNerError, ValueError):
    """A tokenizer cannot be used for alignment."""


class ModelError(MsraNerError, ValueError):
    """A model or checkpoint cannot be loaded or does not fit the labels."""


class ArgumentsError(MsraNerError, ValueError):
    """A command-line flag, or an entry of an arguments file, is wrong."""


class OutputExistsError(MsraNerError, FileExistsError):
    """An output stands already and nobody allowed to replace it."""


class ScoreError(MsraNerError, RuntimeError):
    """Something that should have been scored was lost or counted twice."""


class HubError(MsraNerError, RuntimeError):
    """A push to the Hub failed, or cannot be tried."""
