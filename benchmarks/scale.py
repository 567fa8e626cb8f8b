"""Tagging a file with one process, several and Ray, beside plain `msra-ner predict`.

    python benchmarks/scale.py MODEL --data DATA [--sentences 400] [--repeats 2]

Each run is a command of its own on the same sentences of val, in turns: `predict` with all cores to
standard output, as the peer; then `--output` with one process, with a process a core under
torchrun, and with Ray. Seconds are those of the whole command, the start of Python, torch and Ray
included, which a long corpus does not feel. Prints a table; --json FILE for machines.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

import measuring

from msra_ner.corpus.formats.pair import read_pair
from msra_ner.hardware import available_cores


def main() -> None:
    """Read the settings, write the text, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="run folder")
    parser.add_argument("--data", type=Path, required=True, help="corpus folder")
    parser.add_argument("--sentences", type=int, default=400, help="the first of val")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    sentences = ["".join(item.tokens) for item in read_pair(options.data / "val")]
    text = "".join(f"{sentence}\n" for sentence in sentences[: options.sentences])
    cores = available_cores()
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "text.txt"
        source.write_text(text, encoding="utf-8")
        runs = measure(options, source, len(text.encode()), cores)
    rows = []
    plain = [run["seconds"] for run in runs["predict"]]
    for system, measured in runs.items():
        seconds = [run["seconds"] for run in measured]
        ratio = statistics.median(plain) / statistics.median(seconds)
        speed = options.sentences / statistics.median(seconds)
        rows.append([system, measuring.spread(seconds, 1), f"{speed:,.1f}", f"{ratio:.2f}"])
    print(measuring.table(["command", "seconds", "sentences a second", "times predict"], rows))
    facts = measuring.facts("ray")
    print(json.dumps(facts))
    result = {"facts": facts, "sentences": options.sentences, "characters": len(text), "runs": runs}
    measuring.write_json(options.json, result)


def measure(
    options: argparse.Namespace, source: Path, size: int, cores: int
) -> dict[str, list[dict[str, float]]]:
    """Run all commands in turns; all of them must find the same in the same order."""
    python = [sys.executable, "-m"]
    predict = ["msra_ner", "predict", options.model, source, "--device", "cpu"]
    # Four parts for each process, so that none waits long for another.
    parts = ["--part_bytes", max(1, size // (4 * cores))]
    torchrun = ["torch.distributed.run", "--standalone", "--nproc_per_node", cores, "-m"]
    commands = {
        "predict": [*python, *predict],
        "--output": [*python, *predict, *parts],
        f"--output, {cores} processes": [*python, *torchrun, *predict, *parts],
        f"--engine ray, {cores} actors": [
            *[*python, *predict, *parts],
            *["--engine", "ray", "--ray_actors", cores],
        ],
    }
    runs: dict[str, list[dict[str, float]]] = {system: [] for system in commands}
    expected = None
    for _ in range(options.repeats):
        for system, command in commands.items():
            output = source.with_name("out.jsonl")
            to_file = [] if system == "predict" else ["--output", output]
            done = measuring.run([*command, *to_file])
            written = output.read_text(encoding="utf-8") if to_file else done.output
            output.unlink(missing_ok=True)
            found = [spans(line) for line in written.splitlines()]
            expected = expected or found
            if found != expected:
                raise SystemExit(f"{system}: found other entities than predict did")
            runs[system].append({"seconds": done.seconds, "peak_mib": done.peak_mib})
    return runs


def spans(line: str) -> tuple[str, list[tuple[str, int, int]]]:
    """Return text and entities without scores, whose last digit hangs on the batch."""
    row = json.loads(line)
    return row["text"], [(item["type"], item["start"], item["end"]) for item in row["entities"]]


if __name__ == "__main__":
    main()
