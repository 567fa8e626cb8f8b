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
        return _FLAG.sub(lambda match: match[0].removeprefix("--"), self.command_line_text)

    @property
    def command_line_text(self) -> str:
        """The message with flags."""
        return super().__str__()


class CorpusError(MsraNerError, ValueError):
    """Raised while a corpus or predictions are read, where a file breaks its format.

    For example ``train/tags.txt:2: found 37 tags for the 38 tokens of train/sentences.txt:2;
    expected one tag a token. To fix it, look for a missing space.``
    """


class CorpusNotFoundError(MsraNerError, FileNotFoundError):
    """Raised where a corpus, its split or the files of a run are missing.

    For example ``data/msra: no such folder. Check the name.``
    """


class TokenizerError(MsraNerError, ValueError):
    """Raised where a tokenizer cannot say which token a word piece comes from.

    For example ``BertTokenizer: found a slow tokenizer, expected a fast one.``
    """


class ModelError(MsraNerError, ValueError):
    """Raised where a model cannot be loaded, does not fit the labels or cannot compute as asked.

    For example ``runs/x: found no usable model, expected a folder or Hub name.``
    """


class ArgumentsError(MsraNerError, ValueError):
    """Raised before any work where an argument, a flag or an entry of a settings file is wrong.

    For example ``--batch_tokens: found 0, expected at least 1.``
    """


class OutputExistsError(MsraNerError, FileExistsError):
    """Raised before anything is written where the output exists and may not be replaced.

    For example ``runs/x: found a run (run.json), expected a new folder. Nothing was changed.``
    """


class TrainingError(MsraNerError, RuntimeError):
    """Raised where a run has diverged: its loss is no number any more.

    For example ``step 60: found a loss of nan again, expected a number: the run has diverged.``
    """


class ScoreError(MsraNerError, RuntimeError):
    """Raised where a sentence, token or entity would be scored twice or not at all.

    For example ``sentence 3: found 36 predicted tags, expected one for each of its 38 tokens.``
    """


class JobError(MsraNerError, RuntimeError):
    """Raised where a tagging job ended before all of its parts were done, or a part is damaged.

    For example ``00007.jsonl: found 99 rows, expected the 100 of its part of texts.txt.``
    """


class HubError(MsraNerError, RuntimeError):
    """Raised where a push to the Hub failed, or cannot be tried.

    For example ``user/name: found HF_HUB_OFFLINE set, expected a network; unset it.``
    """
