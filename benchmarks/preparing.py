"""Reading, aligning and windowing a corpus: ours beside the ``map`` of the Hugging Face example.

    python benchmarks/preparing.py --model MODEL --data DATA [--repeats 5] [--json FILE]
                                   [--scale 10000 100000 1000000]

Both take the same ``sentences.txt`` and ``tags.txt`` of every split with the same tokenizer to
``input_ids`` and ``labels``, in turns, each time in a new process with an empty cache; neither the
imports nor loading the tokenizer count. The peer reads the files and calls ``Dataset.map`` as
transformers' ``examples/pytorch/token-classification/run_ner.py`` does, in one process and in one
a core (its ``--preprocessing_num_workers``): no check, and sentences are cut at 512 pieces. Ours
checks every tag and cuts nothing. With ``--scale`` ours also prepares
the train split, repeated until it has so many sentences. Prints tables in Markdown.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from measuring import facts, run, spread, table, write_json

SPLITS = ("train", "val", "test")
OFFLINE = {"HF_HUB_OFFLINE": "1"}
MAX_LENGTH = 512


def main() -> None:
    """Measure and print; or, as a child, prepare a corpus once."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=Path, help="folder of a tokenizer")
    parser.add_argument("--data", type=Path, help="folder of a corpus")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--scale", type=int, nargs="*", default=[], help="numbers of sentences")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    parser.add_argument("--child", choices=PREPARE, help="for a child: what it prepares with")
    parser.add_argument("--cache", help="for a child")
    options = parser.parse_args()
    if options.child:
        print(json.dumps(once(options)))
        return
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in PREPARE}
    for _ in range(options.repeats):
        for name in PREPARE:
            runs[name].append(in_a_process(name, options.model, options.data))
    scaled = {size: scale(options.model, options.data, size) for size in options.scale}
    found = facts()
    write_json(options.json, {"machine": found, "runs": runs, "scale": scaled})
    print_tables(runs, scaled)
    print(", ".join(f"{key} {value}" for key, value in found.items() if value))


def in_a_process(name: str, model: Path, data: Path) -> dict[str, float]:
    """Prepare the corpus in a process of its own, with an empty cache."""
    with tempfile.TemporaryDirectory() as cache:
        flags = ["--child", name, "--model", model, "--data", data, "--cache", cache]
        done = run([sys.executable, __file__, *flags], {**OFFLINE, "HF_DATASETS_CACHE": cache})
    return {**json.loads(done.output.splitlines()[-1]), "peak_mib": done.peak_mib}


def scale(model: Path, data: Path, size: int) -> dict[str, float]:
    """Prepare the train split, repeated until it has so many sentences."""
    with tempfile.TemporaryDirectory() as folder:
        train = Path(folder) / "train"
        train.mkdir()
        for name in ("sentences.txt", "tags.txt"):
            lines = (data / "train" / name).read_text(encoding="utf-8").splitlines(keepends=True)
            with open(train / name, "w", encoding="utf-8", newline="\n") as file:
                file.writelines(islice(cycle(lines), size))
        return in_a_process("msra_ner", model, Path(folder))


def once(options: argparse.Namespace) -> dict[str, float]:
    """Return the seconds that the corpus takes, and how large it is."""
    import datasets
    from transformers import AutoTokenizer

    import msra_ner  # noqa: F401  (for both, so that both start alike)

    datasets.disable_progress_bars()
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    start = time.perf_counter()
    rows, sentences = PREPARE[options.child](tokenizer, options)
    return {"seconds": time.perf_counter() - start, "sentences": sentences, "rows": rows}


def prepare_ours(tokenizer: Any, options: argparse.Namespace) -> tuple[int, int]:
    """Build the windows as a run does; return their number and that of the sentences."""
    from msra_ner import load_msra

    splits = load_msra(options.data, tokenizer, max_length=MAX_LENGTH, cache_dir=options.cache)
    rows = [split.with_format("arrow") for split in splits.values()]
    return sum(map(len, rows)), sum(split[-1]["sentence"][0].as_py() + 1 for split in rows)


def prepare_map(
    tokenizer: Any, options: argparse.Namespace, processes: int | None = None
) -> tuple[int, int]:
    """Read and align as the example of transformers does; return rows and sentences."""
    from datasets import Dataset

    def tokenize_and_align_labels(examples: dict[str, Any]) -> Any:
        inputs = tokenizer(
            examples["tokens"], truncation=True, max_length=MAX_LENGTH, is_split_into_words=True
        )
        labels = []
        for index, tags in enumerate(examples["ner_tags"]):
            previous, row = None, []
            for word in inputs.word_ids(batch_index=index):
                row.append(-100 if word is None or word == previous else tags[word])
                previous = word
            labels.append(row)
        inputs["labels"] = labels
        return inputs

    names = (options.data / "tags.txt").read_text(encoding="utf-8").split()
    count = 0
    for split in SPLITS:
        paths = [options.data / split / name for name in ("sentences.txt", "tags.txt")]
        if not paths[0].exists():
            continue
        with open(paths[0], encoding="utf-8") as tokens, open(paths[1], encoding="utf-8") as tags:
            pairs = [(line.split(), row.split()) for line, row in zip(tokens, tags, strict=True)]
        raw = Dataset.from_dict(
            {
                "tokens": [pair[0] for pair in pairs],
                "ner_tags": [[names.index(tag) for tag in pair[1]] for pair in pairs],
            }
        )
        mapped = raw.map(
            tokenize_and_align_labels,
            batched=True,
            remove_columns=raw.column_names,
            num_proc=processes,
            load_from_cache_file=False,
        )
        count += len(mapped)
    return count, count


PREPARE = {
    "msra_ner": prepare_ours,
    "map": prepare_map,
    "map, a process a core": partial(prepare_map, processes=len(os.sched_getaffinity(0))),
}


def print_tables(
    runs: dict[str, list[dict[str, float]]], scaled: dict[int, dict[str, float]]
) -> None:
    """Print the medians with their ratio, and a line for each size."""
    rows, middle = [], {}
    for name, found in runs.items():
        seconds = sorted(run["seconds"] for run in found)
        middle[name] = seconds[len(seconds) // 2]
        rate = found[0]["sentences"] / middle[name]
        peak = max(run["peak_mib"] for run in found)
        rows.append([name, spread(seconds, 2), f"{rate:,.0f}", f"{peak:,.0f}"])
    header = ["with", "seconds: median (smallest-largest)", "sentences a second", "peak MiB"]
    print(table(header, rows))
    for name in middle:
        if name != "msra_ner":
            ratio = middle[name] / middle["msra_ner"]
            print(f"\nmsra_ner is {ratio:.1f} times as fast as {name} (medians).")
    print()
    if scaled:
        lines = [
            [
                f"{size:,}",
                f"{found['seconds']:.2f}",
                f"{size / found['seconds']:,.0f}",
                f"{found['peak_mib']:,.0f}",
            ]
            for size, found in scaled.items()
        ]
        print(table(["sentences", "seconds", "sentences a second", "peak MiB"], lines) + "\n")


if __name__ == "__main__":
    main()
