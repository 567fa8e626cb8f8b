"""Building a data set of many sentences: ours beside the `conll` builder of `datasets`.

    python benchmarks/build_at_scale.py --raw FILE [FILE ...] [--sentences 1000000] [--repeats 3]

Repeats the sentences of two-column files until there are as many as asked for, and loads that one
file with ``load_dataset("msra_ner")`` and ``load_dataset("conll")``, in turns, each time in a new
process with an empty cache. Ours checks every tag and gives ClassLabel ids; the peer gives strings
and checks nothing. Prints a table in Markdown: seconds, sentences a second, peak of memory.
"""

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

BUILDERS = ("msra_ner", "conll")


def main() -> None:
    """Write the file, load it in turns, print the table; or, as a child, load it once."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--raw", type=Path, nargs="+", help="two-column files: token TAB tag")
    parser.add_argument("--sentences", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--load", nargs=3, metavar=("BUILDER", "FILE", "CACHE"), help="for a child")
    options = parser.parse_args()
    if options.load:
        print(json.dumps(load(*options.load)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corpus" / "train.txt"
        path.parent.mkdir()
        tokens = write_repeated(options.raw, path, options.sentences)
        size = path.stat().st_size
        print(f"{options.sentences:,} sentences, {tokens:,} tokens, {size / 1e6:,.0f} MB\n")
        found: dict[str, list[dict[str, float]]] = {builder: [] for builder in BUILDERS}
        for _ in range(options.repeats):
            for builder in BUILDERS:
                found[builder].append(in_a_process(builder, path, options.sentences))
    print_table(found, options.sentences)


def write_repeated(sources: list[Path], path: Path, count: int) -> int:
    """Write ``count`` sentences, those of the sources again and again; return their tokens."""
    blocks = []
    for source in sources:
        text = source.read_text(encoding="utf-8")
        blocks += [block.strip("\n") for block in text.split("\n\n") if block.strip("\n")]
    tokens = 0
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for number in range(count):
            block = blocks[number % len(blocks)]
            tokens += block.count("\n") + 1
            file.write(block + "\n\n")
    return tokens


def in_a_process(builder: str, path: Path, sentences: int) -> dict[str, float]:
    """Load the file in a process of its own, with an empty cache."""
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, __file__, "--load", builder, str(path), cache]
        done = subprocess.run(command, capture_output=True, text=True, cwd=cache)
    if done.returncode:
        raise SystemExit(f"{builder}: exit {done.returncode}\n{done.stderr[-2000:]}")
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    if result["rows"] != sentences:
        raise SystemExit(f"{builder}: found {result['rows']} rows, expected {sentences}")
    return result


def load(builder: str, path: str, cache: str) -> dict[str, float]:
    """Load the file with one of the builders; return rows, seconds and the peak of memory."""
    import datasets

    import msra_ner  # noqa: F401  (for both, so that both start alike)

    datasets.disable_progress_bars()
    start = time.perf_counter()
    if builder == "msra_ner":
        loaded = datasets.load_dataset("msra_ner", data_dir=str(Path(path).parent), cache_dir=cache)
    else:
        loaded = datasets.load_dataset(
            "conll",
            data_files={"train": path},
            column_names=["tokens", "ner_tags"],
            delimiter="\t",
            cache_dir=cache,
        )
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": len(loaded["train"]), "seconds": seconds, "peak_mib": peak}


def print_table(found: dict[str, list[dict[str, float]]], sentences: int) -> None:
    """Print medians and their ratio, and what they were measured on."""
    medians = {
        builder: statistics.median(run["seconds"] for run in runs)
        for builder, runs in found.items()
    }
    print("| builder | seconds, each run | sentences a second | peak of memory |")
    print("| --- | --- | --- | --- |")
    for builder, runs in found.items():
        each = " / ".join(f"{run['seconds']:.1f}" for run in runs)
        peak = max(run["peak_mib"] for run in runs)
        rate = sentences / medians[builder]
        print(f"| {builder} | {each} | {rate:,.0f} | {peak:,.0f} MiB |")
    ratio = medians["conll"] / medians["msra_ner"]
    print(f"\nmsra_ner is {ratio:.1f} times as fast as conll (medians).")
    libraries = " ".join(f"{name} {version(name)}" for name in ("datasets", "pyarrow", "numpy"))
    print(f"Python {platform.python_version()}, {libraries}, {platform.machine()}")


if __name__ == "__main__":
    main()
