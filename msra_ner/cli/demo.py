"""The command demo: a page to try a model in the browser, and its JSON endpoint."""

import argparse
import ipaddress
import logging
import math
import os
import socket
import sys
import threading
import webbrowser
from typing import Any

from msra_ner.cli.flags import (
    DEVICE,
    DICTIONARY,
    MIN_SCORE,
    OR_ON_THE_HUB,
    PRECISION,
    TORCH,
    add_flag,
    add_run,
    read_min_score,
    read_terms,
)
from msra_ner.cli.next_step import warn_of_toy
from msra_ner.errors import ArgumentsError, ModelError
from msra_ner.serving import Limits

logger = logging.getLogger(__name__)


PORT = 7860
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


def add_command(commands: Any) -> None:
    """Add the parser of the command."""
    demo = commands.add_parser(
        "demo",
        help="open a page to try a model; a JSON endpoint too",
        description="Serves a page on which text is tagged as you type, and POST /api/tag. Give "
        "two models to compare them. Needs: pip install 'msra-ner[demo]'.",
        examples=["msra-ner demo runs/bert", "msra-ner demo runs/a runs/b --port 8000"],
        docs="how-to/demo",
    )
    add_run(demo, "models", nargs="+", may_be=f", an exported one{OR_ON_THE_HUB}")
    demo.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1, this machine only")
    demo.add_argument(
        "--port", type=int, default=PORT, help=f"default: {PORT}; 0 takes one that is free"
    )
    add_flag(demo, "--no_browser", action="store_true", help="do not open the page")
    add_flag(
        demo,
        "--max_characters",
        type=int,
        default=Limits().characters,
        metavar="N",
        help="characters of a request at most (default: %(default)s)",
    )
    add_flag(
        demo,
        "--max_waiting",
        type=int,
        default=Limits().waiting,
        metavar="N",
        help="requests that may wait for a model; more get 429 (default: %(default)s)",
    )
    add_flag(
        demo,
        "--max_seconds",
        type=float,
        default=Limits().seconds,
        metavar="S",
        help="time a request may take, waiting and all; then it gets 504 (default: %(default)s)",
    )
    add_flag(
        demo,
        "--api_key_file",
        metavar="FILE",
        help="file of keys, one a line, of which every request has to bring one; default: none",
    )
    add_flag(
        demo,
        "--allow_origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="a page of another server that may ask, as https://example.org; may be repeated",
    )
    demo.add_argument("--device", **DEVICE)
    demo.add_argument("--precision", **PRECISION)
    add_flag(demo, "--batch_tokens", type=int, metavar="N", help="as in predict")
    add_flag(demo, "--min_score", **MIN_SCORE)
    demo.add_argument("--dictionary", **DICTIONARY)
    demo.set_defaults(command=_demo, loads=TORCH)


def _demo(options: argparse.Namespace) -> None:
    for flag in ("max_characters", "max_waiting", "max_seconds"):
        if not 1 <= (value := getattr(options, flag)) < math.inf:  # NaN is neither
            raise ArgumentsError(f"--{flag}: found {value}, expected at least 1.")
    try:
        from msra_ner.serving import (
            check_origins,
            describe_models,
            load_taggers,
            make_app,
            read_keys,
            serve,
        )
    except ImportError as error:
        raise ModelError(
            f"demo: found no usable {error.name}, expected it for the server. Install it: "
            "pip install 'msra-ner[demo]'."
        ) from error
    keys = read_keys(options.api_key_file) if options.api_key_file else ()
    check_origins(options.allow_origin)
    terms = read_terms(options)
    # Before the models are loaded, which takes longer.
    listener = listen(options.host, options.port)
    with listener:
        from msra_ner.logs import hide_weight_bars

        hide_weight_bars()
        for run in options.models:
            warn_of_toy(run)
        taggers = load_taggers(
            options.models,
            options.device,
            options.precision,
            options.batch_tokens,
            read_min_score(options),
            terms,
        )
        about = describe_models(options.models)
        host, port = listener.getsockname()[:2]
        local = ipaddress.ip_address(host.partition("%")[0]).is_loopback
        if not local and not keys:
            logger.warning(
                "The server listens on %s without a key: whoever reaches this machine can tag, see "
                "the names of the models and read /metrics. Give --api_key_file, or leave out "
                "--host.",
                host,
            )
        limits = Limits(
            characters=options.max_characters,
            waiting=options.max_waiting,
            seconds=options.max_seconds,
        )
        shown = f"[{host}]" if ":" in host else host
        # What is printed too: of 127.2 or a name of this machine it is 127.0.0.2 or 127.0.1.1.
        hosts = (*LOOPBACK_NAMES, options.host.lower(), shown) if local else ("*",)
        app = make_app(taggers, limits, hosts, keys=keys, origins=options.allow_origin, about=about)
        address = f"http://{shown}:{port}/"

        def on_ready() -> None:
            print(address, flush=True)  # noqa: T201
            _say("Stop it with Ctrl-C.")
            if not options.no_browser:
                _open(address)

        said = "Stopping: what is being tagged is still answered. Ctrl-C again ends at once."
        serve(app, limits, listener, on_ready, lambda: _say(said))


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address and does not listen yet.

    Raises:
        ArgumentsError: There is no such address, or the port is taken.
    """
    if not 0 <= port <= 65535:
        raise ArgumentsError(f"--port: found {port}, expected 0 to 65535.")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind)
    except (OSError, UnicodeError) as error:  # UnicodeError: no name can be so, "a..b" say
        reason = error.strerror if isinstance(error, OSError) else error
        raise ArgumentsError(
            f"--host: found {host!r} ({reason}), expected an address of this machine."
        ) from error
    try:
        if os.name == "posix":  # elsewhere it lets two servers share a port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise ArgumentsError(
            f"--port: {host}:{port} cannot be listened on ({error.strerror}), expected a free "
            "port. Give another one, or --port 0."
        ) from error
    return bound


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201


def _open(address: str) -> None:
    """Open the page, where there is a screen; a browser in the terminal would take it over."""
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        return
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
