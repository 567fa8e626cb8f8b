"""What every benchmark needs: facts of machine and versions, a run in its own process, a table."""

import importlib.metadata
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("torch", "transformers", "datasets", "accelerate", "tokenizers", "numpy", "pyarrow")


@dataclass(frozen=True)
class Done:
    """A command that ended: seconds on the clock, peak of memory in MiB, what it printed."""

    seconds: float
    peak_mib: float
    output: str
    errors: str


def facts(*more_packages: str) -> dict[str, object]:
    """Return hardware and versions."""
    model = ""
    if os.path.exists("/proc/cpuinfo"):
        found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
        model = found[1] if found else ""
    return {
        "cpu": model or platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        **{name: _version(name) for name in (*PACKAGES, *more_packages)},
    }


def run(command: Sequence[object], env: Mapping[str, str] | None = None) -> Done:
    """Run a command to its end, in a process of its own.

    Raises:
        SystemExit: It failed; its last words are shown.
    """
    words = [str(word) for word in command]
    print(" ".join(["$", *words]), file=sys.stderr, flush=True)  # whole, with threads too
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            words, stdout=output, stderr=errors, env={**os.environ, **(env or {})}
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        texts = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    if status:
        raise SystemExit(f"{texts[1][-2000:]}\nfailed with status {status}: {' '.join(words)}")
    return Done(seconds, usage.ru_maxrss / 1024, *texts)


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Return the median with smallest and largest, for a table."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:,.{digits}f} ({low:,.{digits}f}-{high:,.{digits}f})"


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def write_json(path: Path | None, result: Mapping[str, object]) -> None:
    """Write the result for machines, where a file was asked for."""
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
