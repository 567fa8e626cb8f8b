"""The process that answers: it stops in order, and of itself where no answer can come any more."""

import math
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from msra_ner.errors import ModelError
from msra_ner.serving.connections import BACKLOG, SPARE_HANDLES, count_connections, make_protocol
from msra_ner.serving.limits import Limits


def serve(
    app: FastAPI,
    limits: Limits,
    listener: socket.socket,
    on_ready: Callable[[], object],
    on_stopping: Callable[[], object],
) -> None:
    """Answer requests until the user stops it.

    Args:
        app: As :func:`make_app` returns it.
        limits: Those of the app.
        listener: A bound socket.
        on_ready: Called once it listens.
        on_stopping: Called when it stops while something is being tagged, which is still answered.

    Raises:
        ModelError: The thread of a model has died.
    """
    queues = app.state.queues

    def computing() -> bool:
        return not all(queue.join(0) for queue in queues.values())

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            on_ready()

        async def on_tick(self, counter: int) -> bool:
            died = any(queue.died for queue in queues.values())
            return await super().on_tick(counter) or died

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            for queue in queues.values():
                queue.close()
            if computing():
                on_stopping()
            await super().shutdown(sockets)

    most = count_connections()
    settings = uvicorn.Config(
        app,
        http=make_protocol(limits.sending, None if most is None else most + SPARE_HANDLES),
        backlog=BACKLOG,
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=most,
        timeout_graceful_shutdown=math.ceil(limits.seconds),  # no request takes longer
    )
    with suppress(KeyboardInterrupt):  # uvicorn repeats Ctrl-C after it has stopped in order
        Server(settings).run(sockets=[listener])
    if died := [name for name, queue in queues.items() if queue.died]:
        raise ModelError(
            f"{died[0]}: found its thread dead, expected it to tag until the server is stopped. "
            "Start the server again; with --traceback the log shows more."
        )
    if computing():
        # A batch whose client has gone, or Ctrl-C came twice. Python must not end in order while
        # a thread computes in torch: the process would abort.
        sys.stderr.flush()
        os._exit(0)
