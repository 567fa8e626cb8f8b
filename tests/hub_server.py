"""A model hub on loopback: the calls of `huggingface_hub` that read files, from a folder.

Protocol: HEAD and GET of ``/{repo}/resolve/{revision}/{file}`` answer with an ETag and the commit;
a missing file is 404 with ``X-Error-Code: EntryNotFound``, a missing repo ``RepoNotFound``.
"""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class _Handler(BaseHTTPRequestHandler):
    repositories: dict[str, Path]
    asked: list[str]

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, with_body: bool) -> None:
        self.asked.append(self.path)
        path = self.path.split("?")[0].strip("/")
        for name, folder in self.repositories.items():
            if path.startswith(f"{name}/resolve/"):
                file = folder / path.removeprefix(f"{name}/resolve/").partition("/")[2]
                if file.is_file():
                    self._send(200, file.read_bytes(), with_body)
                else:
                    self._send(404, b"", with_body, error="EntryNotFound")
                return
            if path == f"api/models/{name}":
                files = [{"rfilename": file.name} for file in folder.iterdir()]
                facts = {"id": name, "sha": COMMIT, "siblings": files, "tags": []}
                self._send(200, json.dumps(facts).encode(), with_body)
                return
        known = any(path.startswith(f"api/models/{name}/") for name in self.repositories)
        self._send(404, b"", with_body, error="EntryNotFound" if known else "RepoNotFound")

    def _send(self, code: int, body: bytes, with_body: bool, error: str = "") -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        if error:
            self.send_header("X-Error-Code", error)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serve(repositories: dict[str, Path]) -> Iterator[tuple[str, list[str]]]:
    """Serve folders as repositories; yield the endpoint and the list of paths asked for."""
    asked: list[str] = []
    handler = type("Handler", (_Handler,), {"repositories": repositories, "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
