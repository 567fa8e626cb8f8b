"""An hour of the server and an hour of `predict`: whether memory grows, and whether all is right.

    python benchmarks/soak.py MODEL [--minutes 60] [--clients 4] [--of PART] [--json FILE]

First clients ask a server of `msra-ner demo` without a pause; then `predict` reads lines from
standard input without end. Every answer is compared with that of a tagger that has the text alone.
Memory is what the process holds (RSS), looked at every five seconds; the first tenth of the time is
warm-up. Prints a table in Markdown. Linux only.
"""

import argparse
import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from measuring import facts, table, write_json

from msra_ner import Tagger
from msra_ner.corpus import open_corpus

LOOK = 5  # seconds


def main() -> None:
    """Load the server, then `predict`, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="folder that train wrote")
    parser.add_argument("--minutes", type=float, default=60, help="of each of the two")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--of", choices=PARTS, nargs="+", default=list(PARTS), metavar="PART")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    texts = ["".join(row.tokens) for row in open_corpus("sample").splits["test"].sentences()]
    tagger = Tagger.from_pretrained(options.model, "cpu")
    expected = [[entity.as_dict() for entity in tagger(text)] for text in texts]
    found = {part: PARTS[part](options, texts, expected) for part in options.of}
    header = ("of", "answers", "wrong", "MiB after warm-up", "at the end", "at most")
    rows = [
        (name, f"{run['answers']:,}", run["wrong"], *(f"{value:,.0f}" for value in run["memory"]))
        for name, run in found.items()
    ]
    print(table(header, rows))
    print(f"\n{options.minutes:g} minutes each, {options.clients} clients; {facts()}")
    write_json(options.json, {"runs": found, "facts": facts()})


def soak_server(
    options: argparse.Namespace, texts: list[str], expected: list[Any]
) -> dict[str, Any]:
    """Return answers, wrong ones and memory of a server under load."""
    command = [sys.executable, "-m", "msra_ner", "demo", options.model, "--port=0", "--no_browser"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        address = (server.stdout.readline() if server.stdout else "").strip()
        end = time.monotonic() + 60 * options.minutes
        turn = itertools.cycle(range(len(texts)))
        counts = {"answers": 0, "wrong": 0}

        async def ask(connection: httpx.AsyncClient) -> None:
            while time.monotonic() < end:
                row = next(turn)
                answer = await connection.post("api/tag", json={"texts": [texts[row]]})
                entities = answer.json()["results"][0]["entities"]
                counts["answers"] += 1
                counts["wrong"] += _places(entities) != _places(expected[row])

        async def load() -> None:
            async with httpx.AsyncClient(base_url=address, timeout=60) as connection:
                await asyncio.gather(*(ask(connection) for _ in range(options.clients)))

        with watched(server.pid) as memory:
            asyncio.run(load())
        return counts | {"memory": summarize(memory)}
    finally:
        server.terminate()
        server.wait(60)


def soak_predict(
    options: argparse.Namespace, texts: list[str], expected: list[Any]
) -> dict[str, Any]:
    """Return answers, wrong ones and memory of `predict` over lines without end."""
    command = [sys.executable, "-m", "msra_ner", "predict", options.model, "--device", "cpu"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdin is not None
    assert process.stdout is not None
    lines, end = process.stdin, time.monotonic() + 60 * options.minutes

    def write() -> None:
        for text in itertools.cycle(texts):
            if time.monotonic() > end:
                lines.close()
                return
            lines.write(f"{text}\n")

    writer = threading.Thread(target=write)
    answers = wrong = 0
    with watched(process.pid) as memory:
        writer.start()
        for row, line in zip(itertools.cycle(range(len(texts))), process.stdout, strict=False):
            answers += 1
            wrong += _places(json.loads(line)["entities"]) != _places(expected[row])
    writer.join()
    if status := process.wait(60):
        raise SystemExit(f"predict ended with status {status}")
    return {"answers": answers, "wrong": wrong, "memory": summarize(memory)}


@contextmanager
def watched(pid: int) -> Iterator[list[float]]:
    """Yield a list that gets the memory of a process, in MiB, every few seconds."""
    memory: list[float] = []
    stop = threading.Event()

    def look() -> None:
        page = os.sysconf("SC_PAGE_SIZE") / 2**20
        while not stop.wait(LOOK):
            statm = Path(f"/proc/{pid}/statm").read_text(encoding="ascii")
            memory.append(int(statm.split()[1]) * page)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield memory
    finally:
        stop.set()
        thread.join()


def summarize(memory: list[float]) -> list[float]:
    """Return the memory after the warm-up, at the end, and at most; medians of three."""
    warm = memory[len(memory) // 10 :]
    return [statistics.median(warm[:3]), statistics.median(warm[-3:]), max(memory)]


def _places(entities: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return what must be equal; scores may differ in the last digit with the batch."""
    return [(entity["type"], entity["start"], entity["end"]) for entity in entities]


PARTS = {"server": soak_server, "predict": soak_predict}

if __name__ == "__main__":
    main()
