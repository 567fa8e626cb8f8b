"""Load on the server of ``msra-ner demo``, beside a plain FastAPI handler around a pipeline.

    python benchmarks/serving.py MODEL [--clients 16] [--seconds 10] [--repeats 2] [--json FILE]

Both serve the same model over loopback in a process of their own; the peer answers one request at
a time with ``transformers.pipeline``. N clients send a sentence of the sample corpus's test and
wait for the answer. The two take turns within a repeat; the load comes from this process and
shares the cores. Last, ours with room for four waiting requests gets the same load: what is
beyond its capacity is to get 429, and nothing else. Prints a table in Markdown.
"""

import argparse
import asyncio
import itertools
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx
from measuring import facts, table, write_json

from msra_ner.cli.demo import listen
from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.options import ReadOptions


def main() -> None:
    """Start the servers, send load in turns, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="folder that train wrote")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        serve_peer(options.model)
        return
    corpus = open_corpus("sample", ReadOptions())
    texts = ["".join(s.tokens) for s in corpus.splits["test"].sentences(corpus.labels)]
    ours = [sys.executable, "-m", "msra_ner", "demo", options.model, "--port=0", "--no_browser"]
    commands = {
        "ours": ours,
        "peer": [sys.executable, __file__, options.model, "--peer"],
        "ours, 4 may wait": [*ours, "--max_waiting=4"],
    }
    servers = {}
    try:
        addresses = {}
        for name, command in commands.items():
            servers[name] = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            addresses[name] = servers[name].stdout.readline().strip()
            asyncio.run(load(addresses[name], texts, 2, 1))  # warm up
        found = {name: [] for name in commands}
        for _, name in itertools.product(range(options.repeats), commands):
            found[name].append(
                asyncio.run(load(addresses[name], texts, options.clients, options.seconds))
            )
            print(name, found[name][-1], file=sys.stderr, flush=True)
    finally:
        for server in servers.values():
            server.terminate()
            server.wait(30)
    keys = ("requests/s", "characters/s", "p50 ms", "p95 ms", "p99 ms", "429 %", "other %")
    rows = [
        (name, *(f"{statistics.median(run[key] for run in runs):,.0f}" for key in keys))
        for name, runs in found.items()
    ]
    print(table(("server", *keys), rows))
    about = facts("fastapi", "uvicorn", "httpx")
    print(f"\n{options.clients} clients, {options.repeats} times {options.seconds} s; {about}")
    write_json(options.json, {"runs": found, "facts": about})


async def load(address: str, texts: list[str], clients: int, seconds: float) -> dict[str, float]:
    """Return rates, percentiles of what was answered, and shares of other answers."""
    end = time.perf_counter() + seconds
    times: list[float] = []
    characters = 0
    statuses: Counter[int] = Counter()
    turn = itertools.cycle(texts)

    async def client(connection: httpx.AsyncClient) -> None:
        nonlocal characters
        while (start := time.perf_counter()) < end:
            text = next(turn)
            answer = await connection.post("api/tag", json={"texts": [text]})
            statuses[answer.status_code] += 1
            if answer.status_code == 200:
                times.append(1000 * (time.perf_counter() - start))
                characters += len(text)
            else:
                await asyncio.sleep(0.05)  # far sooner than Retry-After asks for

    start = time.perf_counter()
    async with httpx.AsyncClient(base_url=address, timeout=60) as connection:
        await asyncio.gather(*(client(connection) for _ in range(clients)))
    wall = time.perf_counter() - start
    cuts = statistics.quantiles(times, n=100)
    everything = statuses.total()
    return {
        "requests/s": len(times) / wall,
        "characters/s": characters / wall,
        "p50 ms": cuts[49],
        "p95 ms": cuts[94],
        "p99 ms": cuts[98],
        "429 %": 100 * statuses[429] / everything,
        "other %": 100 * (everything - statuses[200] - statuses[429]) / everything,
    }


def serve_peer(model: str) -> None:
    """Serve the pipeline, one request at a time."""
    import uvicorn
    from fastapi import FastAPI
    from transformers import pipeline

    tagger = pipeline(
        "token-classification", model, aggregation_strategy="simple", device="cpu", dtype="float32"
    )
    app = FastAPI()

    @app.post("/api/tag")
    async def tag(body: dict[str, list[str]]) -> list[list[dict[str, object]]]:
        found = tagger(body["texts"])
        return [[{**e, "score": float(e["score"])} for e in entities] for entities in found]

    listener = listen("127.0.0.1", 0)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


if __name__ == "__main__":
    main()
