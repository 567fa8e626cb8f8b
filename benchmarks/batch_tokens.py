"""Sizes of batches in tagging: how many word pieces to compute at once.

    python benchmarks/batch_tokens.py MODEL [MODEL ...] --data DATA [--sentences 1000]
        [--sizes 512 1024 2048 4096 8192] [--precisions fp32 bf16] [--repeats 7] [--threads N]
        [--json FILE]

For each model and precision, one tagger reads the same sentences of test as raw text with each size
of batch. The sizes take turns within a repeat, in another order each time, so that what else the
machine does meets all of them; a ratio is that of two runs of one repeat. Word pieces are those of
the windows, special ones included and padding not. Prints a table in Markdown: word pieces a
second, the ratio to today's default, and how many texts have other entities than with that.
"""

import argparse
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from measuring import facts, spread, table, write_json

from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.options import ReadOptions
from msra_ner.inference.tagger import CPU_BATCH_TOKENS, Tagger

SIZES = (512, 1024, 2048, 4096, 8192)
PRECISIONS = ("fp32", "bf16")


def main() -> None:
    """Measure every size with every model and precision and print what was found."""
    options = _options()
    if options.threads:
        torch.set_num_threads(options.threads)
    texts = _texts(options)
    measured = []
    for model in options.models:
        for precision in options.precisions:
            tagger = Tagger.from_pretrained(model, "cpu", precision)
            used = str(tagger.model.dtype).removeprefix("torch.")
            if precision == "bf16" and used != "bfloat16":
                print(f"{model}: this CPU has no bf16, left out", file=sys.stderr)
                continue
            name = f"{Path(model).name}, {precision}"
            measured += _measure(name, tagger, texts, options)
    counts = {"sentences": len(texts), "characters": sum(map(len, texts))}
    machine = facts() | {"threads": torch.get_num_threads()}
    print(f"{counts}, {options.repeats} repeats\n")
    print(_speed_table(measured))
    print(f"\n{machine}")
    write_json(options.json, {**counts, "measured": measured, "facts": machine})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="+", metavar="MODEL", help="folder that train wrote")
    parser.add_argument("--data", required=True, help="corpus folder")
    parser.add_argument("--sentences", type=int, help="a sample of N; without it, all of test")
    parser.add_argument("--seed", type=int, default=0, help="of the sample and of the turns")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--precisions", nargs="+", choices=PRECISIONS, default=PRECISIONS)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--threads", type=int, help="default: as torch chooses")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def _texts(options: argparse.Namespace) -> list[str]:
    """Return sentences of test as raw text, all or a sample."""
    corpus = open_corpus(options.data, ReadOptions())
    texts = ["".join(row.tokens) for row in corpus.splits["test"].sentences(corpus.labels)]
    if options.sentences is not None and options.sentences < len(texts):
        texts = random.Random(options.seed).sample(texts, options.sentences)
    return texts


def _measure(
    name: str, tagger: Tagger, texts: Sequence[str], options: argparse.Namespace
) -> list[dict[str, Any]]:
    """Return what one tagger does with each size of batch, the default among them."""
    sizes = sorted({*options.sizes, CPU_BATCH_TOKENS})
    seconds: dict[int, list[float]] = {size: [] for size in sizes}
    pieces, found = _count_pieces(tagger, texts), {}
    for size in sizes:  # each has shapes of its own, which the first pass prepares
        found[size] = _tag(tagger, texts, size)
    turns = random.Random(options.seed)
    for repeat in range(options.repeats):
        for size in turns.sample(sizes, len(sizes)):
            start = time.perf_counter()
            _tag(tagger, texts, size)
            seconds[size].append(time.perf_counter() - start)
        print(f"{name}: repeat {repeat + 1} of {options.repeats}", file=sys.stderr, flush=True)
    default = seconds[CPU_BATCH_TOKENS]
    return [
        {
            "system": name,
            "batch_tokens": size,
            "pieces": pieces,
            "seconds": runs,
            "pieces_per_second": [pieces / run for run in runs],
            "times_default": [base / run for base, run in zip(default, runs, strict=True)],
            "texts_that_differ": sum(
                one != other
                for one, other in zip(found[size], found[CPU_BATCH_TOKENS], strict=True)
            ),
        }
        for size, runs in seconds.items()
    ]


def _tag(tagger: Tagger, texts: Sequence[str], size: int) -> list[list[tuple[str, int, int]]]:
    """Return type, start and end of each text's entities."""
    tagger.batch_tokens = size
    return [[(one.type, one.start, one.end) for one in row] for row in tagger.stream(texts)]


def _count_pieces(tagger: Tagger, texts: Sequence[str]) -> int:
    """Return the word pieces of all windows, without padding."""
    counted, compute = 0, tagger.runtime.compute_logits

    def count(ids: Any, mask: Any) -> Any:
        nonlocal counted
        counted += int(mask.sum())
        return compute(ids, mask)

    runtime: Any = tagger.runtime
    runtime.compute_logits = count
    try:
        list(tagger.stream(texts))
    finally:
        del runtime.compute_logits
    return counted


def _speed_table(measured: Sequence[dict[str, Any]]) -> str:
    header = (
        *("model and precision", "batch tokens", "word pieces a second"),
        *("times the default", "texts that differ"),
    )
    rows = [
        (
            one["system"],
            f"{one['batch_tokens']:,}{' (default)' * (one['batch_tokens'] == CPU_BATCH_TOKENS)}",
            spread(one["pieces_per_second"]),
            spread(one["times_default"], 3),
            one["texts_that_differ"],
        )
        for one in measured
    ]
    return table(header, rows)


if __name__ == "__main__":
    main()
