"""Calls of the Hub: who asks, may they write, try again, and say what went wrong in one message."""

import inspect
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import huggingface_hub
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

from msra_ner.errors import HubError

logger = logging.getLogger(__name__)


Answer = TypeVar("Answer")

# What to do about an answer of the Hub.
REMEDIES = {
    400: "mend what the Hub says is wrong, in the card or in the name",
    401: "give a token that is valid: run 'hf auth login', or set HF_TOKEN",
    403: "use a token with write access, and a name under your own account or organisation",
    404: "check the name and the revision, and that the token may see the repository",
    409: "the repository was changed by somebody else at the same time; wait a little",
    413: "a file is too large to be sent; a dataset can be exported with fewer rows a shard",
    429: "too many requests were made; wait a few minutes",
}
# Answers that may be others a moment later; None is no answer at all.
PASSING = (None, 409, 412, 429, 500, 502, 503, 504)
HTTP_CLIENTS = ("httpx", "httpcore", "requests", "urllib3")  # whatever number follows the name
WAITS = (2, 8, 30)  # seconds before the second, third and fourth try


@dataclass(frozen=True)
class Repository:
    """A repository that stands on the Hub and that the token may write to.

    Attributes:
        api: Has the token.
        target: ``repo_id`` and ``repo_type``, as the functions of ``api`` take them.
        url: Address for people.
    """

    api: huggingface_hub.HfApi
    target: dict[str, Any]
    url: str

    @property
    def repo_id(self) -> str:
        """The whole name, with the account."""
        return str(self.target["repo_id"])


def open_repository(
    repo_id: str,
    repo_type: str,
    *,
    ending: str,
    private: bool,
    public_flag: str,
    token: str | None = None,
    revision: str | None = None,
) -> Repository:
    """Return a repository that can be written to; it is made where it does not stand yet.

    Nothing else changes on the Hub. All that can be wrong before a file is sent shows here: the
    offline switch, the name, the token, its rights, the branch.

    Args:
        repo_id: ``account/name``, or a name under the account of the token.
        repo_type: ``model`` or ``dataset``.
        ending: What a message ends with: what stays on disk, and the command to repeat.
        private: Make the repository private, and refuse one that is public.
        public_flag: The flag that allows a public one, for messages.
        token: Token with write access; None takes that of the Hub's login or ``HF_TOKEN``.
        revision: Branch that must be there; None looks for none.

    Raises:
        HubError: It cannot be; the message says why, and what to do.
    """
    check_name(repo_id, ending)
    if huggingface_hub.is_offline_mode():
        refuse(repo_id, "found HF_HUB_OFFLINE set, expected a network; unset it", ending)

    with explained(repo_id, "reading the token", ending):
        token = (token or huggingface_hub.get_token() or "").strip()
    if not re.fullmatch(r"[!-~]+", token):
        # Checked here because the HTTP client would put such a token into its message.
        found = "a token with characters that none has" if token else "no token"
        refuse(repo_id, f"found {found}; run 'hf auth login', or set HF_TOKEN", ending)
    api = huggingface_hub.HfApi(token=token)
    with explained(repo_id, "checking the token", ending):
        user = retried(repo_id, api.whoami)
    role = user.get("auth", {}).get("accessToken", {}).get("role")
    if role == "read":
        refuse(repo_id, "found a token that may only read; use one with write access", ending)
    name = repo_id if "/" in repo_id else f"{user['name']}/{repo_id}"
    target: dict[str, Any] = {"repo_id": name, "repo_type": repo_type}
    with explained(repo_id, "making the repository", ending):
        url = retried(repo_id, lambda: api.create_repo(**target, private=private, exist_ok=True))
        # One that was there already keeps its own setting.
        stands_private = bool(api.repo_info(**target).private)
    if stands_private and not private:
        logger.warning(
            "%s: found a private repository, which stays private. Make it public in its settings.",
            name,
        )
    if private and not stands_private:
        problem = "found a public repository, expected a private one; nothing was sent. Make it"
        refuse(repo_id, f"{problem} private in its settings, or {public_flag}", ending)
    # A repository that stands is no proof of the right to write. Older clients cannot ask.
    if "write" in inspect.signature(api.auth_check).parameters:
        with explained(repo_id, "checking the right to write", ending):
            retried(repo_id, lambda: api.auth_check(**target, write=True))
    if revision:
        with explained(repo_id, f"looking for the branch {revision}", ending):
            api.repo_info(**target, revision=revision)
    return Repository(api, target, f"{url}/tree/{revision}" if revision else str(url))


def check_name(repo_id: str, ending: str) -> None:
    """Raise HubError for what can be no repository's name."""
    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise HubError(f"{repo_id}: found no name of a repository: {error} {ending}") from error


def retried(repo_id: str, call: Callable[[], Answer]) -> Answer:
    """Return what a call of the Hub returns, tried up to four times where trying again may help.

    A commit may be tried again: what has arrived already is not sent, nor committed, once more.
    """
    for number, wait in enumerate(WAITS, 2):
        try:
            return call()
        # As in `explained`: the library raises errors of many kinds.
        except Exception as error:
            status = status_of(error)
            if status not in PASSING or (status is None and not _is_network(error)):
                raise
            found = "no answer" if status is None else f"the answer {status}"
            logger.warning("%s: found %s; try %d in %d seconds.", repo_id, found, number, wait)
            _pause(wait, error)
    return call()


def _pause(seconds: float, error: Exception) -> None:
    """Wait; raise the error where the program ends meanwhile, which waits for its threads."""
    main = threading.main_thread()
    if threading.current_thread() is main:
        time.sleep(seconds)
    else:
        main.join(seconds)
        if not main.is_alive():
            raise error


def status_of(error: BaseException) -> int | None:
    """Return the status of the answer behind an error; None where there was no answer."""
    cause = _with_answer(error)
    status: int | None = getattr(getattr(cause, "response", None), "status_code", None)
    return status


@contextmanager
def explained(repo_id: str, doing: str, ending: str) -> Iterator[None]:
    """Turn what goes wrong in a call of the Hub into one message, without its addresses."""
    try:
        yield
    # The library raises errors of several HTTP clients, RuntimeError, ValueError, KeyError, ...
    except Exception as error:
        status = status_of(error)
        if status is None:
            found = f"no usable answer ({type(error).__name__})"
            remedy = "check the network"
        else:
            # Not the error's own text: it may hold an address that is signed for the upload.
            # A page or XML of the server behind it says too much as well.
            message = getattr(_with_answer(error), "server_message", None)
            said = " ".join((message or "").split())
            said = "" if said.startswith("<") else re.sub(r"hf_\w+", "hf_...", said)[:200]
            found = f"the answer {status}" + (f" ({said})" if said else "")
            other = (
                "the Hub itself has a fault, so try later"
                if status >= 500
                else "see what the Hub says"
            )
            remedy = REMEDIES.get(status, other)
        raise HubError(f"{repo_id}: {doing}: found {found}; {remedy}. {ending}") from error


def refuse(repo_id: str, problem: str, ending: str) -> NoReturn:
    """Raise the error that says what is wrong and what stays."""
    raise HubError(f"{repo_id}: {problem}. {ending}")


def _with_answer(error: BaseException) -> BaseException | None:
    """Return the error that holds the Hub's answer: the error itself, or one that caused it."""
    cause: BaseException | None = error
    while cause is not None and not hasattr(cause, "response"):
        cause = cause.__cause__
    return cause


def _is_network(error: BaseException) -> bool:
    """Return whether an error, or what caused it, is one of the network and not of the call."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) or type(cause).__module__.startswith(HTTP_CLIENTS):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
