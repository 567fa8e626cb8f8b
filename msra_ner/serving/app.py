"""A server of taggers: a JSON endpoint for programs and the page of ``msra-ner demo``."""

import asyncio
import importlib.resources
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from functools import partial
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from msra_ner import __version__
from msra_ner.corpus import MARK_STYLE
from msra_ner.inference import Tagger, describe_tagger, list_entities
from msra_ner.palette import format_css, pick_colours
from msra_ner.report import ModelAbout
from msra_ner.serving.access import KeyGate
from msra_ner.serving.limits import Limits
from msra_ner.serving.metrics import CONTENT_TYPE, ServingMetrics
from msra_ner.serving.middleware import TAG_PATH, Gate
from msra_ner.serving.queue import BatchQueue, QueueClosedError, QueueFullError, Results
from msra_ner.serving.schemas import PROBLEMS, TagRequest, TagResponse, TextResult

PAGE = {
    "/": ("demo.html", "text/html"),
    "/demo.css": ("demo.css", "text/css"),
    "/demo.js": ("demo.js", "text/javascript"),
}
CLIENT_GONE = 499  # as nginx counts it; nobody is there to read it


def make_app(
    taggers: Mapping[str, Tagger],
    limits: Limits | None = None,
    hosts: Sequence[str] = ("*",),
    *,
    keys: Sequence[str] = (),
    origins: Sequence[str] = (),
    about: Mapping[str, ModelAbout | None] | None = None,
) -> FastAPI:
    """Return the ASGI app of a server; ``app.state.queues`` are its queues, one a model.

    Args:
        taggers: Models by the name they are shown under; the first is the default.
        limits: None takes those of :class:`Limits`.
        hosts: Host names that a request may ask for. On loopback they should be its names: else
            any page in the user's browser could reach the server under a name of its own.
        keys: Of which a request has to bring one (:class:`KeyGate`); with none all may ask.
        origins: Pages of other servers whose scripts may ask, as ``https://example.org``.
        about: What is known of the models, by name: the page shows it.
    """
    limits = limits or Limits()
    metrics = ServingMetrics()
    queues = {name: _start_queue(name, tagger, limits, metrics) for name, tagger in taggers.items()}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        for queue in queues.values():
            queue.close()

    app = FastAPI(
        title="msra-ner",
        version=__version__,
        description="Named entity recognition. One batch of waiting requests is tagged at a time.",
        docs_url=None,  # its page is loaded from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.queues = queues
    # The last one is the first that a request meets.
    if keys:
        app.add_middleware(KeyGate, keys=keys)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    app.add_middleware(Gate, max_bytes=limits.bytes, max_seconds=limits.sending, metrics=metrics)
    if origins:  # before the keys: a browser asks whether it may send one without sending one
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type"],
            expose_headers=["retry-after"],
        )
    app.add_exception_handler(RequestValidationError, _explain_malformed)
    _add_tagging(app, queues, limits)
    _add_status(app, taggers, limits, metrics, about or {}, keyed=bool(keys))
    _add_page(app)
    return app


def _start_queue(name: str, tagger: Tagger, limits: Limits, metrics: ServingMetrics) -> BatchQueue:
    queue = BatchQueue(
        lambda texts: list(tagger.stream(texts)),
        limits.waiting,
        tagger.batch_tokens,  # one batch of the tagger: it computes no faster with more
        partial(metrics.count_batch, name),
    )
    metrics.watch(name, queue.count_waiting)
    return queue


def _add_tagging(app: FastAPI, queues: Mapping[str, BatchQueue], limits: Limits) -> None:
    @app.post(
        TAG_PATH,
        responses=PROBLEMS,
        summary="Find the entities of texts",
        response_model_exclude_unset=True,  # rules, where there is no dictionary
    )
    async def tag(body: TagRequest, request: Request) -> TagResponse:
        name = next(iter(queues)) if body.model is None else body.model
        if name not in queues:
            raise HTTPException(404, f"model: expected one of {', '.join(queues)}.")
        sizes = {"characters": sum(map(len, body.texts)), "texts": len(body.texts)}
        for what, size in sizes.items():
            if size > (most := getattr(limits, what)):
                raise HTTPException(
                    413, f"texts: found {size} {what}, expected at most {most}. Send less at once."
                )
        found = await _tag(queues[name], body.texts, request, limits.seconds)
        results = [TextResult.model_validate(list_entities(entities)) for entities in found]
        return TagResponse(model=name, results=results)


def _add_status(
    app: FastAPI,
    taggers: Mapping[str, Tagger],
    limits: Limits,
    metrics: ServingMetrics,
    about: Mapping[str, ModelAbout | None],
    *,
    keyed: bool,
) -> None:
    @app.get("/api/models", summary="The models, and the limits of a request")
    async def models() -> dict[str, Any]:
        return {
            "version": __version__,
            "models": [
                {"name": name, **describe_tagger(tagger), "about": about.get(name)}
                for name, tagger in taggers.items()
            ],
            "colours": pick_colours(name for tagger in taggers.values() for name in tagger.types),
            "keyed": keyed,
            "limits": {**asdict(limits), "bytes": limits.bytes},
        }

    @app.get("/health", summary="200 while requests are answered, else 503")
    async def health() -> JSONResponse:
        ready = not any(queue.closed for queue in app.state.queues.values())
        return JSONResponse({"status": "ready" if ready else "stopping"}, 200 if ready else 503)

    @app.get("/metrics", summary="Counters for Prometheus", response_class=Response)
    async def prometheus() -> Response:
        return Response(metrics.format_text(), headers={"content-type": CONTENT_TYPE})


def _add_page(app: FastAPI) -> None:
    for path, (file, media_type) in PAGE.items():
        content = (importlib.resources.files("msra_ner.serving") / "pages" / file).read_bytes()
        if file.endswith(".css"):
            content += (MARK_STYLE + format_css()).encode()
        answer = partial(_answer_file, content, media_type)
        app.add_api_route(path, answer, include_in_schema=False, methods=["GET"])


async def _answer_file(content: bytes, media_type: str) -> Response:
    return Response(content, media_type=media_type)


async def _explain_malformed(request: Request, error: Exception) -> JSONResponse:
    """Answer a body that is not as described; it is not repeated: it may be long, or not text."""
    assert isinstance(error, RequestValidationError)
    found = "; ".join(
        f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()
    )
    return JSONResponse({"detail": found[:1000]}, 422)


async def _tag(
    queue: BatchQueue, texts: Sequence[str], request: Request, seconds: float
) -> Results:
    """Return the entities of each text, or give up once the client has gone or time is over."""
    try:
        future = queue.submit(texts)
        found = asyncio.wrap_future(future)
        gone = asyncio.ensure_future(_wait_for_disconnect(request))
        try:
            done, _ = await asyncio.wait(
                (found, gone), timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            gone.cancel()
            if not found.done():
                future.cancel()  # out of the queue now, not in a later turn of the loop
                found.cancel()
        if not done:
            raise HTTPException(504, f"No answer within {seconds:g} s. Send less at once.")
        if found.cancelled():
            raise HTTPException(CLIENT_GONE)
        return found.result()
    except QueueFullError as error:
        raise HTTPException(
            429, f"{error}.", headers={"Retry-After": str(error.retry_after)}
        ) from error
    except QueueClosedError as error:
        raise HTTPException(503, "The server stops.") from error


async def _wait_for_disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
