"""Pushes to the loopback hub from this process, with failures, and what became of each."""

import os
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import constants

from helpers.hub_server import CUT, TOKEN, serve_hub
from msra_ner.errors import HubError
from msra_ner.hub import client

WAITS = (0.25, 0.5, 0.75)  # unlike the waits of huggingface_hub itself
PASSES = "a fault that passes"  # the name of a case whose failure is gone after the first wait
FAILURES = {
    # name: (part of the request, status, or 0 for a cut connection), what the message must say.
    # In the order of the calls: a file that was sent once is not sent again.
    "cut at the start": ("GET /api/whoami", CUT, "checking the token: found no usable answer"),
    "bad token": ("GET /api/whoami", 401, "checking the token: found the answer 401"),
    "too many questions": ("GET /api/whoami", 429, "found the answer 429"),
    "not allowed": ("POST /api/repos/create", 403, "making the repository: found the answer 403"),
    "only to read": ("/auth-check", 403, "checking the right to write: found the answer 403"),
    "a bad card": ("/validate-yaml", 400, "sending the files: found the answer 400 (refused with"),
    "no such place": ("/preupload/", 404, "sending the files: found the answer 404"),
    "too many requests": ("/preupload/", 429, "found the answer 429 (refused with 429); too many"),
    "too large": ("PUT /lfs/", 413, "found the answer 413 (refused with 413); a file is too large"),
    "a fault of the storage": ("PUT /lfs/", 500, "found the answer 500"),
    "cut in a file": ("PUT /lfs/", CUT, "sending the files: found no usable answer"),
    "not verified": ("POST /lfs/verify", 403, "sending the files: found the answer 403"),
    "conflict": ("/commit/", 409, "found the answer 409 (refused with 409); the repository was"),
    "too large a commit": ("/commit/", 413, "found the answer 413"),
    "a fault": ("/commit/", 500, "found the answer 500 (refused with 500); the Hub itself"),
    "cut at the end": ("/commit/", CUT, "sending the files: found no usable answer"),
}
# What may pass is tried again. A file is: huggingface_hub does so, with waits of its own.
PASSING = {
    *("cut at the start", "too many questions", "too many requests", "a fault of the storage"),
    *("conflict", "a fault", "cut at the end"),
}


def run_python(
    *words: Any, cwd: Path, home: Path, endpoint: str = "", token: str = "", offline: str = "0"
) -> "subprocess.CompletedProcess[str]":
    """Run Python in a process with a home of its own, which may reach a hub."""
    given = {"HF_ENDPOINT": endpoint, "HF_TOKEN": token}
    ours = (*given, "HF_HUB_CACHE", "HF_DATASETS_CACHE")
    env = {
        **{name: value for name, value in os.environ.items() if name not in ours},
        **{name: value for name, value in given.items() if value},
        "HF_HOME": str(home),
        "HF_HUB_OFFLINE": offline,
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=env)


def read_card(folder: Path) -> tuple[Any, str]:
    """Return the front matter and the text of a card."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    _, head, body = re.split("^---\n", text, maxsplit=2, flags=re.MULTILINE)
    return yaml.safe_load(head), body


@dataclass
class Pushed:
    """What a push returned or raised (``text``), and what it did.

    Attributes:
        text: The address, or the message of the HubError.
        asked: Paths of its requests.
        said: Its warnings.
        waits: Seconds between its tries.
        commits: Number of commits of each repository, afterwards.
        files: What ``someone/case`` holds, afterwards.
    """

    text: str
    asked: list[str]
    said: list[str]
    waits: list[float]
    commits: dict[str, int]
    files: set[str]


@contextmanager
def allow_hub(home: Path, endpoint: str | None = None) -> Iterator[pytest.MonkeyPatch]:
    """Let this process reach a hub, without Xet.

    Args:
        home: A folder without a login.
        endpoint: The hub to push to and load from, logged in; None stays logged out.
    """
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        # huggingface_hub sends files in a way that its HTTP client has a newer word for.
        warnings.filterwarnings("ignore", "Use 'content=", DeprecationWarning)
        patch.setattr(constants, "HF_HUB_OFFLINE", False)
        patch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        patch.setattr(constants, "HF_TOKEN_PATH", str(home / "token"))
        for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
            patch.delenv(name, raising=False)
        if endpoint:
            patch.setattr(constants, "ENDPOINT", endpoint)
            template = f"{endpoint}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
            patch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
            patch.setattr(constants, "HF_HUB_CACHE", str(home / "hub"))
            patch.setenv("HF_TOKEN", TOKEN)
        yield patch


def push_each(
    push: Callable[..., str],
    settings_of: Mapping[str, dict[str, Any]],
    repositories: dict[str, Path],
    home: Path,
) -> dict[str, Pushed]:
    """Push once a failure, once with a failure that passes, once a case, all to one hub.

    Then push once more when the hub is gone (``no server``).

    Args:
        push: Called with ``repo_id``, ``token``, ``endpoint`` and the settings of the case.
        settings_of: Settings of the push by the name of the case.
        repositories: What the hub holds at the start.
        home: A folder without a login.
    """
    results, waits, said = {}, [], []
    failures = {name: {part: status} for name, (part, status, _) in FAILURES.items()}
    failures[PASSES] = {"/commit/": 500}

    def sleep(seconds: float) -> None:
        waits.append(seconds)  # without a wait
        if name == PASSES:
            hub.failures = {}

    def run(settings: dict[str, Any]) -> Pushed:
        for record in (waits, said, hub.asked):
            record.clear()
        settings = {"repo_id": "someone/case", "token": TOKEN, "endpoint": endpoint} | settings
        try:
            text = push(**settings)
        except HubError as error:
            text = str(error)
        folder = next((hub.repositories[key] for key in hub.repositories if "/case" in key), None)
        files = {path.name for path in folder.iterdir()} if folder and folder.exists() else set()
        own = [wait for wait in waits if wait in WAITS]
        return Pushed(text, list(hub.asked), list(said), own, dict(hub.commits), files)

    with allow_hub(home) as patch:
        patch.setattr(time, "sleep", sleep)
        patch.setattr(client, "WAITS", WAITS)
        patch.setattr(client.logger, "warning", lambda text, *given: said.append(text % given))
        with serve_hub(repositories) as (endpoint, hub):
            for name in (*failures, *settings_of):
                hub.failures = failures.get(name, {})
                results[name] = run(settings_of.get(name, {}))
        results["no server"] = run({})
    return results
