"""A hub on loopback: the calls of `huggingface_hub` that read and push repositories, as folders.

A model goes by its name, a dataset by its name after ``datasets/``, as in the Hub's addresses.

Reading: HEAD and GET of ``/{repo}/resolve/{revision}/{file}`` answer with an ETag and the commit;
a missing file is 404 with ``X-Error-Code: EntryNotFound``, a missing repo ``RepoNotFound``. Below
``/api/models/{name}`` and ``/api/datasets/{name}``: the repo's facts, ``revision``, ``tree`` and
``paths-info``. The only revisions are ``main`` and the newest commit.

Pushing, with TOKEN: ``whoami-v2``, ``repos/create``, ``auth-check``, ``validate-yaml``; then
``preupload`` says which files go by LFS, those are announced (``info/lfs/objects/batch``), put and
verified, and ``commit`` takes lines of JSON: a header, files in base64, names of LFS files, files
to delete.
Xet must be off in the client: ``HF_HUB_DISABLE_XET=1``.
"""

import base64
import hashlib
import json
import shutil
import socket
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

USER = "someone"
TOKEN = "hf_loopback"
# Parts of the calls that need TOKEN, whatever they are about.
WITH_TOKEN = ("api/whoami-v2", "api/repos/create", "/preupload/", "/commit/", ".git/info/lfs/")
CUT = 0  # a failure: no answer, the connection ends


@dataclass
class Hub:
    """What the server holds; a test may read it, and change the failures, at any time.

    Attributes:
        repositories: Folder of each repository; those that are pushed are added.
        failures: Status, or CUT, for requests whose "METHOD /path" holds the key.
        asked: The paths of all requests.
        private: Names of the repositories that only TOKEN may read.
        commits: Number of commits of each repository.
    """

    repositories: dict[str, Path]
    failures: dict[str, int]
    storage: Path
    asked: list[str] = field(default_factory=list)
    private: set[str] = field(default_factory=set)
    commits: Counter[str] = field(default_factory=Counter)

    def commit(self, name: str) -> str:
        """Return the id of a repository's newest commit."""
        return f"{self.commits[name]:040x}"


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    name = ""  # of the repository that is asked for

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.hub.asked.append(self.path)
        self.body = self._read_body()
        request = f"{self.command} {self.path}"
        for part, status in self.hub.failures.items():
            if part in request:
                self._fail(status)
                return
        path = unquote(self.path.split("?")[0].strip("/"))
        if path.startswith("lfs/"):
            self._lfs(path.removeprefix("lfs/"))
        elif any(part in path for part in WITH_TOKEN) and not self._has_token():
            self._error(401, message="Invalid username or password.")
        elif path == "api/whoami-v2":
            self._json({"name": USER, "type": "user", "orgs": []})
        elif path == "api/validate-yaml":
            self._json({"errors": [], "warnings": []})
        elif path == "api/repos/create":
            self._create(json.loads(self.body))
        else:
            self._repository(path)

    def _repository(self, path: str) -> None:
        """Answer a call that names a repository."""
        for name, folder in self.hub.repositories.items():
            api = f"api/{name}" if name.startswith("datasets/") else f"api/models/{name}"
            if name in self.hub.private and not self._has_token():
                continue
            if path == f"{name}.git/info/lfs/objects/batch":
                self._announce(json.loads(self.body)["objects"])
                return
            for start in (name, api):
                if path == start or path.startswith(f"{start}/"):
                    self.name = name
                    self._call(folder, *path.removeprefix(start).strip("/").split("/", 2))
                    return
        self._error(404, "RepoNotFound")

    def _call(self, folder: Path, action: str = "", revision: str = "main", rest: str = "") -> None:
        """Answer a call to a repository; ``rest`` is what follows the revision."""
        if action == "auth-check":
            if self._has_token():
                self._json({})
            else:
                self._error(403, message="You have no right to write here.")
        elif revision not in ("main", self.hub.commit(self.name)):
            self._error(404, "RevisionNotFound")
        elif action == "resolve" and (folder / rest).is_file():
            self._send(200, (folder / rest).read_bytes())
        elif action in ("", "revision"):
            files = sorted(path for path in folder.rglob("*") if path.is_file())
            facts = {
                "id": self.name.removeprefix("datasets/"),
                "sha": self.hub.commit(self.name),
                "private": self.name in self.hub.private,
                "siblings": [{"rfilename": path.relative_to(folder).as_posix()} for path in files],
                "tags": [],
            }
            self._json(facts)
        elif action == "tree" and (folder / rest).is_dir():
            pattern = "**/*" if "recursive=true" in self.path.lower() else "*"
            self._json([_entry(folder, path) for path in sorted((folder / rest).glob(pattern))])
        elif action == "paths-info":
            paths = [folder / path for path in parse_qs(self.body.decode())["paths"]]
            self._json([_entry(folder, path) for path in paths if path.exists()])
        elif action == "preupload":
            wanted = json.loads(self.body)["files"]
            self._json({"files": [_upload_mode(folder, file) for file in wanted]})
        elif action == "commit":
            self._commit(folder)
        else:
            self._error(404, "EntryNotFound")

    def _create(self, asked: dict[str, Any]) -> None:
        """Make an empty repository, or say that there is one."""
        name = f"{asked['organization'] or USER}/{asked['name']}"
        if asked.get("type") == "dataset":
            name = f"datasets/{name}"
        answer = {"url": f"{self._endpoint()}/{name}", "name": name}
        if name in self.hub.repositories:
            self._json(answer | {"error": "You already created this repo"}, 409)
            return
        folder = self.hub.storage / name
        folder.mkdir(parents=True)
        if asked.get("visibility") == "private" or asked.get("private"):
            self.hub.private.add(name)
        self.hub.repositories[name] = folder
        self._json(answer)

    def _announce(self, objects: list[dict[str, Any]]) -> None:
        """Say where LFS files go; those that are here already go nowhere."""
        answer = []
        for item in objects:
            if not self._stored(item["oid"]).exists():
                upload = {"href": f"{self._endpoint()}/lfs/{item['oid']}"}
                verify = {"href": f"{self._endpoint()}/lfs/verify"}
                item = item | {"actions": {"upload": upload, "verify": verify}}
            answer.append(item)
        self._json({"transfer": "basic", "objects": answer})

    def _lfs(self, oid: str) -> None:
        """Take an LFS file, or confirm it."""
        if oid == "verify":
            wanted = json.loads(self.body)
            stored = self._stored(wanted["oid"])
            good = stored.exists() and stored.stat().st_size == wanted["size"]
        else:
            good = hashlib.sha256(self.body).hexdigest() == oid
            if good:
                self._stored(oid).write_bytes(self.body)
        self._json({}, 200 if good else 422)

    def _commit(self, folder: Path) -> None:
        """Put the files of a commit into the repository's folder."""
        for line in self.body.splitlines():
            value, key = json.loads(line)["value"], json.loads(line)["key"]
            if key == "header":
                continue
            file = folder / value["path"]
            file.parent.mkdir(parents=True, exist_ok=True)
            if key == "file":
                file.write_bytes(base64.b64decode(value["content"]))
            elif key == "lfsFile":
                shutil.copyfile(self._stored(value["oid"]), file)
            else:
                file.unlink()
        self.hub.commits[self.name] += 1
        commit = self.hub.commit(self.name)
        url = f"{self._endpoint()}/{self.name}/commit/{commit}"
        self._json({"commitUrl": url, "commitOid": commit})

    def _stored(self, oid: str) -> Path:
        return self.hub.storage / f"{oid}.lfs"

    def _endpoint(self) -> str:
        return f"http://{self.headers['Host']}"

    def _has_token(self) -> bool:
        return self.headers["Authorization"] == f"Bearer {TOKEN}"

    def _read_body(self) -> bytes:
        """Return what the client sent, with its length in front or in chunks."""
        if self.headers["Transfer-Encoding"] != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"] or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _fail(self, status: int) -> None:
        if status == CUT:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        else:
            self._error(status, message=f"refused with {status}")

    def _error(self, status: int, code: str = "", message: str = "") -> None:
        body = json.dumps({"error": message}).encode() if message else b""
        self._send(status, body, code)

    def _json(self, data: Any, status: int = 200) -> None:
        self._send(status, json.dumps(data).encode())

    def _send(self, status: int, body: bytes, code: str = "") -> None:
        headers = {
            "Content-Length": str(len(body)),
            "ETag": f'"{hashlib.sha256(body).hexdigest()}"',
            "X-Repo-Commit": self.hub.commit(self.name),
            "X-Error-Code": code,
        }
        self.send_response(status)
        for key, value in headers.items():
            if value:
                self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def _entry(folder: Path, path: Path) -> dict[str, Any]:
    """Return what ``tree`` and ``paths-info`` say of a file or folder."""
    name = path.relative_to(folder).as_posix()
    if path.is_dir():
        return {"type": "directory", "path": name, "oid": hashlib.sha1(name.encode()).hexdigest()}
    data = path.read_bytes()
    return {"type": "file", "path": name, "size": len(data), "oid": _blob_id(data)}


def _upload_mode(folder: Path, file: dict[str, Any]) -> dict[str, Any]:
    """Return how a file is to be sent: by LFS where it is binary; and the id of the one here."""
    lfs = b"\0" in base64.b64decode(file["sample"])
    mode = {"path": file["path"], "uploadMode": "lfs" if lfs else "regular", "shouldIgnore": False}
    standing = folder / file["path"]
    if standing.is_file():
        data = standing.read_bytes()
        mode["oid"] = hashlib.sha256(data).hexdigest() if lfs else _blob_id(data)
    return mode


def _blob_id(data: bytes) -> str:
    """Return git's id of a file."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@contextmanager
def serve_hub(
    repositories: dict[str, Path] | None = None, failures: dict[str, int] | None = None
) -> Iterator[tuple[str, Hub]]:
    """Serve folders as repositories, and those that are pushed; yield the endpoint and the hub."""
    with tempfile.TemporaryDirectory(prefix="hub-") as storage:
        hub = Hub(dict(repositories or {}), failures or {}, Path(storage))
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", hub
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@contextmanager
def serve(repositories: dict[str, Path]) -> Iterator[tuple[str, list[str]]]:
    """Serve folders as repositories; yield the endpoint and the list of paths asked for."""
    with serve_hub(repositories) as (endpoint, hub):
        yield endpoint, hub.asked
