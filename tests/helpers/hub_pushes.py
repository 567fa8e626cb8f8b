"""Pushes to the loopback hub from this process, with failures, and what became of each."""

import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants

from helpers.hub_server import TOKEN, serve_hub
from msra_ner.errors import HubError
from msra_ner.hub import client

WAITS = (0.25, 0.5, 0.75)  # unlike the waits of huggingface_hub itself
PASSES = "a fault that passes"  # the name of a case whose failure is gone after the first wait


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
    cases: Mapping[str, tuple[str | None, int | None, dict[str, Any]]],
    repositories: dict[str, Path],
    home: Path,
) -> dict[str, Pushed]:
    """Push once a case, to one hub, and once more when the hub is gone (``no server``).

    Args:
        push: Called with ``repo_id``, ``token``, ``endpoint`` and the settings of the case.
        cases: By name: part of the requests that fail, how they fail, settings of the push.
        repositories: What the hub holds at the start.
        home: A folder without a login.
    """
    results, waits, said = {}, [], []

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
            for name, (part, status, settings) in cases.items():
                hub.failures = {part: status} if part else {}
                results[name] = run(settings)
        results["no server"] = run({})
    return results
