"""Calls of the Hub: who asks, may they write, try again, and say what went wrong in one message."""

import inspect
import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import huggingface_hub
from huggingface_hub.errors import HFValidationError

from msra_ner.errors import HubError
from msra_ner.wording import advise_on_network

logger = logging.getLogger(__name__)


Answer = TypeVar("Answer")
Files = Mapping[str, Path | bytes]

# What to do about an answer of the Hub.
REMEDIES = {
    400: "correct what the Hub says is wrong, in the card or in the name",
    401: "give a token that is valid: run 'hf auth login', or set HF_TOKEN",
    403: "use a token with write access, and a name under your own account or organisation",
    404: "check the name and the revision, and that the token may see the repository",
    409: "the repository was changed by somebody else at the same time; wait a little",
    413: "a file is too large to be sent; a dataset can be exported with fewer rows a shard",
    429: "too many requests were made; wait a few minutes",
}
# Answers that may change in a moment; None: there was no answer.
PASSING = (None, 409, 412, 429, 500, 502, 503, 504)
HTTP_CLIENTS = ("httpx", "httpcore", "requests", "urllib3")  # whatever number follows the name
WAITS = (2, 8, 30)  # seconds before the second, third and fourth try


@dataclass(frozen=True)
class Repository:
    """A repository on the Hub that the token may write to.

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

    def send(
        self,
        files: Files,
        message: str,
        *,
        obsolete: re.Pattern[str],
        ending: str,
        revision: str | None = None,
    ) -> None:
        """Send files in one commit; other files of the repository stay.

        Args:
            files: By name in the repository: a file, or the bytes to send.
            message: Of the commit.
            obsolete: Matches the names of files that go with the commit unless they are sent.
            ending: What the message of a failure ends with.
            revision: Branch; None takes the main one.

        Raises:
            HubError: The files could not be sent.
        """

        def commit() -> None:
            # New at each try: what an operation is told of a file counts for one commit.
            operations: list[Any] = [
                huggingface_hub.CommitOperationAdd(name, content) for name, content in files.items()
            ]
            operations += [
                huggingface_hub.CommitOperationDelete(name)
                for name in self.api.list_repo_files(**self.target, revision=revision)
                if name not in files and obsolete.fullmatch(name)
            ]
            # Not upload_folder: with Xet it may take several commits.
            self.api.create_commit(
                **self.target, operations=operations, commit_message=message, revision=revision
            )

        ask(commit, self.repo_id, "sending the files", ending)


def open_repository(
    repo_id: str,
    repo_type: str,
    *,
    ending: str,
    private: bool,
    public_flag: str,
    token: str | None = None,
    revision: str | None = None,
    endpoint: str | None = None,
) -> Repository:
    """Return a repository that can be written to; it is made if there is none.

    Nothing else changes on the Hub. All that can be wrong before a file is sent shows here: the
    offline switch, the name, the token, its rights, the branch.

    Args:
        repo_id: ``account/name``, or a name under the account of the token.
        repo_type: ``model`` or ``dataset``.
        ending: What a message ends with: what stays on disk, and the command to repeat.
        private: Make the repository private, and refuse one that is public.
        public_flag: The flag that allows a public one, for messages.
        token: Token with write access; None takes that of the Hub's login or ``HF_TOKEN``.
        revision: Branch that must be there; None does not look for one.
        endpoint: Address of the Hub; None takes ``HF_ENDPOINT``, else the public one.

    Raises:
        HubError: It cannot be written to; the message says why, and what to do.
    """
    check_name(repo_id, ending)
    if huggingface_hub.is_offline_mode():
        refuse(repo_id, "found HF_HUB_OFFLINE set, expected a network; unset it", ending)
    token = token or ask(huggingface_hub.get_token, repo_id, "reading the token", ending) or ""
    token = token.strip()
    if not re.fullmatch(r"[!-~]+", token):
        # Checked here because the HTTP client would put such a token into its message.
        found = "a token with characters that no token has" if token else "no token"
        refuse(repo_id, f"found {found}; run 'hf auth login', or set HF_TOKEN", ending)
    api = huggingface_hub.HfApi(endpoint=endpoint, token=token)
    user = ask(api.whoami, repo_id, "checking the token", ending)
    if user.get("auth", {}).get("accessToken", {}).get("role") == "read":
        refuse(repo_id, "found a token that may only read; use one with write access", ending)
    name = repo_id if "/" in repo_id else f"{user['name']}/{repo_id}"
    target: dict[str, Any] = {"repo_id": name, "repo_type": repo_type}

    def create() -> tuple[str, bool]:
        url = api.create_repo(**target, private=private, exist_ok=True)
        # One that was there already keeps its own setting.
        return str(url), bool(api.repo_info(**target).private)

    url, is_private = ask(create, repo_id, "making the repository", ending)
    if is_private and not private:
        logger.warning(
            "%s: found a private repository, which stays private. Make it public in its settings.",
            name,
        )
    if private and not is_private:
        problem = (
            "found a public repository, expected a private one; nothing was sent. Make it private "
            f"in its settings, or {public_flag}"
        )
        refuse(repo_id, problem, ending)
    # That a repository is there does not prove the right to write. Older clients cannot ask.
    if "write" in inspect.signature(api.auth_check).parameters:
        check = partial(api.auth_check, **target, write=True)
        ask(check, repo_id, "checking the right to write", ending)
    if revision:
        look = partial(api.repo_info, **target, revision=revision)
        ask(look, repo_id, f"looking for the branch {revision}", ending)
    return Repository(api, target, f"{url}/tree/{revision}" if revision else url)


def check_name(repo_id: str, ending: str) -> None:
    """Raise HubError for what cannot be the name of a repository."""
    # Not declared as public by every version; without it the Hub refuses the name.
    check = getattr(huggingface_hub.utils, "validate_repo_id", None)
    if check is None:
        logger.debug("huggingface_hub has no validate_repo_id: the Hub will check the name.")
        return
    try:
        check(repo_id)
    except HFValidationError as error:
        raise HubError(
            f"{repo_id}: found a name that no repository can have: {error} {ending}"
        ) from error


def ask(call: Callable[[], Answer], repo_id: str, doing: str, ending: str) -> Answer:
    """Return what a call of the Hub returns, tried up to four times where that may help.

    A commit may be tried again: what has arrived already is not sent, nor committed, once more.

    Raises:
        HubError: It failed; one message without the Hub's addresses says what to do.
    """
    waits = iter(WAITS)
    while True:
        try:
            return call()
        # The library raises errors of several HTTP clients, RuntimeError, ValueError, KeyError, ...
        except Exception as error:
            status = find_status(error)
            passing = status in PASSING and (status is not None or _is_network(error))
            wait = next(waits, None) if passing else None
            if wait is not None:
                found = "no answer" if status is None else f"the answer {status}"
                logger.warning("%s: found %s; trying again in %d seconds.", repo_id, found, wait)
            if wait is None or not _pause(wait):
                raise HubError(_explain(error, repo_id, doing, ending)) from error


def _pause(seconds: float) -> bool:
    """Wait, and return whether the program goes on: when it ends, it waits for its threads."""
    main = threading.main_thread()
    if threading.current_thread() is main:
        time.sleep(seconds)
    else:
        main.join(seconds)
    return main.is_alive()


def _explain(error: Exception, repo_id: str, doing: str, ending: str) -> str:
    """Return what went wrong in a call of the Hub, and what to do."""
    status = find_status(error)
    if status is None:
        found = f"no usable answer ({type(error).__name__})"
        remedy = advise_on_network(pushing=True)
    else:
        # Not the error's own text: it may hold an address that is signed for the upload.
        # A page or XML of the server behind it says too much as well.
        message = getattr(_find_answer(error), "server_message", None)
        said = " ".join((message or "").split())
        said = "" if said.startswith("<") else re.sub(r"hf_\w+", "hf_...", said)[:200]
        found = f"the answer {status}" + (f" ({said})" if said else "")
        fault = "the Hub itself has a fault, so try later"
        remedy = REMEDIES.get(status, fault if status >= 500 else "see what the Hub says")
    return f"{repo_id}: {doing}: found {found}; {remedy}. {ending}"


def refuse(repo_id: str, problem: str, ending: str) -> NoReturn:
    """Raise the error that says what is wrong and what stays."""
    raise HubError(f"{repo_id}: {problem}. {ending}")


def find_status(error: BaseException) -> int | None:
    """Return the status of the answer behind an error; None where there was no answer."""
    response = getattr(_find_answer(error), "response", None)
    status: int | None = getattr(response, "status_code", None)
    return status


def _find_answer(error: BaseException) -> BaseException | None:
    """Return the error that holds the Hub's answer: the error itself, or one that caused it."""
    cause: BaseException | None = error
    while cause is not None and not hasattr(cause, "response"):
        cause = cause.__cause__
    return cause


def _is_network(error: BaseException) -> bool:
    """Return whether an error, or what caused it, is one of the network and not of the call."""
    # An error that names a file is one of the disk.
    if isinstance(error, OSError) and error.filename is None:
        return True
    cause = error.__cause__ or error.__context__
    return type(error).__module__.startswith(HTTP_CLIENTS) or bool(cause and _is_network(cause))
