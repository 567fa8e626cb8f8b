"""Training speed beside the plain Hugging Face recipe: the same encoder, corpus and batch size.

    python benchmarks/training.py --data DATA --model MODEL [--steps 10] [--repeats 3]

Each run is a process of its own: recipe and ours, in fp32 and bf16, in turns, on train, for the
recipe's first N steps and, on a CPU, three times as many of ours, which takes about as long. Real
tokens a second are word pieces without padding, by the time the Trainer trains. The floor is what
the encoder must compute, at the rate at which this machine multiplies matrices of the sizes of BERT
base, measured in the same run. On a GPU (--gpu) give --peak, its TFLOP/s in bf16. Prints a table;
--json FILE for machines.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

import measuring

from msra_ner.corpus.formats.pair import read_pair, write_pair
from msra_ner.training.batches import TokenBatches, mean_budget

HERE = Path(__file__).parent
RECIPE = HERE / "hf_recipe.py"
RUN_NER = HERE.parent / "run_ner.py"
SEED = 42
SYSTEMS = ("recipe fp32", "recipe bf16", "ours fp32", "ours bf16", "ours auto")
RATIOS = (
    ("fp32", "ours fp32", "recipe fp32"),
    ("bf16", "ours bf16", "recipe bf16"),
    (
        "as people run each: ours picks the precision, the recipe is fp32",
        "ours auto",
        "recipe fp32",
    ),
    ("ours bf16, the recipe fp32", "ours bf16", "recipe fp32"),
)


def main() -> None:
    """Read the settings, choose the sentences, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="corpus folder")
    parser.add_argument("--model", type=Path, required=True, help="encoder folder")
    parser.add_argument("--steps", type=int, default=10, help="of the recipe, in each run")
    parser.add_argument("--batch", type=int, default=32, help="sentences in a batch")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--systems", nargs="*", choices=SYSTEMS, help="default: all; no auto on a GPU"
    )
    parser.add_argument("--gpu", action="store_true", help="train on the GPU")
    parser.add_argument("--peak", type=float, help="TFLOP/s of the GPU in bf16, to state MFU")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    options.systems = options.systems or (SYSTEMS[:-1] if options.gpu else SYSTEMS)
    with tempfile.TemporaryDirectory() as folder:
        lengths = write_corpus(options, Path(folder))
        measure(options, Path(folder), lengths)


def measure(options: argparse.Namespace, corpus: Path, lengths: list[int]) -> None:
    """Run all systems in turns and print what was measured."""
    batches = TokenBatches(lengths, mean_budget(lengths, options.batch), seed=SEED)
    seen = [row for rows in islice(batches, our_steps(options)) for row in rows]
    tokens = sum(lengths[row] for row in seen)
    measured = {system.split()[1] for system in options.systems} & {"fp32", "bf16"}
    rates: dict[str, list[float]] = {} if options.gpu else {name: [] for name in sorted(measured)}
    runs: dict[str, list[dict[str, float]]] = {system: [] for system in options.systems}
    for _ in range(options.repeats):
        for precision, found in rates.items():
            found.append(matmul_rate(precision))
        for system, results in runs.items():
            results.append(train(system, options, corpus, tokens))
    result = {
        "facts": measuring.facts(),
        "steps of the recipe": options.steps,
        "batch": options.batch,
        "flops_a_token": flops_a_token(options.model, lengths),
        "matmul_gflops": rates,
        "runs": runs,
    }
    print_tables(result, options.peak)
    measuring.write_json(options.json, result)


def our_steps(options: argparse.Namespace) -> int:
    """Return how many steps ours takes: on a GPU, which starts slowly, as many as the recipe."""
    steps: int = options.steps
    return steps if options.gpu else 3 * steps


def train(system: str, options: argparse.Namespace, corpus: Path, tokens: int) -> dict[str, float]:
    """Return real tokens a second, peak memory and the share of padding of one run."""
    with tempfile.TemporaryDirectory() as folder:
        if system.startswith("recipe"):
            command = [sys.executable, RECIPE, options.model, corpus, folder, "--no-eval"]
            command += ["--steps", options.steps, "--batch", options.batch, "--seed", SEED]
            done = measuring.run(command + (["--bf16"] if "bf16" in system else []))
            printed = json.loads(done.output.strip().splitlines()[-1])
            speed, padding = printed["tokens_s"], printed["padding"]
        else:
            command = [sys.executable, RUN_NER, "--data_dir", corpus, "--do_train"]
            command += ["--model_name_or_path", options.model, "--output_dir", f"{folder}/run"]
            command += ["--max_steps", our_steps(options), "--seed", SEED]
            command += ["--per_device_train_batch_size", options.batch]
            command += ["--precision", system.split()[1], "--eval_strategy", "no"]
            command += ["--save_strategy", "no", "--load_best_model_at_end", "false"]
            done = measuring.run(command + ([] if options.gpu else ["--use_cpu"]))
            timing = json.loads(Path(folder, "run", "timing.json").read_text(encoding="utf-8"))
            speed = tokens / timing["train_runtime"]
            log = Path(folder, "run", "train.log").read_text(encoding="utf-8")
            padding = float(log.split("a device, ")[1].split(" %")[0]) / 100
    return {"tokens_a_second": speed, "padding": padding, "peak_mib": done.peak_mib}


def write_corpus(options: argparse.Namespace, folder: Path) -> list[int]:
    """Write the sentences that both systems train on; return their word pieces.

    A sentence longer than a window is left out: the recipe would cut it.
    """
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(options.model)
    kept, lengths = [], []
    for sentence in read_pair(options.data / "train"):
        pieces = tokenizer(sentence.tokens, is_split_into_words=True)["input_ids"]
        if len(pieces) <= 512:
            kept.append(sentence)
            lengths.append(len(pieces))
    for split in ("train", "val", "test"):  # the latter two are read, not used
        (folder / split).mkdir(parents=True)
        write_pair(folder / split, kept if split == "train" else kept[:100])
    return lengths


def matmul_rate(precision: str) -> float:
    """Return GFLOP/s of a product of the sizes of a layer of BERT base, the best of some."""
    import torch

    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    a, b = torch.randn(2048, 768).to(kind), torch.randn(768, 3072).to(kind)
    best = 0.0
    for _ in range(20):
        start = time.perf_counter()
        a @ b
        best = max(best, 2 * 2048 * 768 * 3072 / (time.perf_counter() - start) / 1e9)
    return best


def flops_a_token(model: Path, lengths: list[int]) -> float:
    """Return floating point operations of forward and backward pass for one real token.

    Six for each weight of the layers; attention multiplies each token with each of its sentence
    twice (12 operations a hidden unit in both passes). Embeddings are look-ups.
    """
    config = json.loads((model / "config.json").read_text())
    layers, hidden = config["num_hidden_layers"], config["hidden_size"]
    weights = layers * (4 * hidden * hidden + 2 * hidden * config["intermediate_size"])
    mean_context = sum(length * length for length in lengths) / sum(lengths)
    return 6 * weights + 12 * layers * hidden * mean_context


def print_tables(result: dict[str, Any], peak: float | None) -> None:
    """Print systems, ratios, and the floor."""
    runs = result["runs"]
    rows = []
    for system, measured in runs.items():
        speeds = [run["tokens_a_second"] for run in measured]
        rate = result["matmul_gflops"].get(system.split()[1])
        floor = max(rate) * 1e9 / result["flops_a_token"] if rate else None
        if peak:
            share = statistics.median(speeds) * result["flops_a_token"] / peak / 1e12
            of_floor = f"MFU {share:.1%}"
        else:
            of_floor = f"{statistics.median(speeds) / floor:.0%} of {floor:,.0f}" if floor else ""
        padding = statistics.median(run["padding"] for run in measured)
        memory = max(run["peak_mib"] for run in measured)
        rows.append(
            [system, measuring.spread(speeds), of_floor, f"{padding:.1%}", f"{memory:,.0f}"]
        )
    header = ["system", "real tokens a second", "of the floor", "padding", "peak MiB"]
    print(measuring.table(header, rows))
    ratios = []
    for name, ours, peer in RATIOS:
        if runs.get(ours) and runs.get(peer):
            pairs = zip(runs[ours], runs[peer], strict=True)
            each = [a["tokens_a_second"] / b["tokens_a_second"] for a, b in pairs]
            ratios.append([name, measuring.spread(each, 2)])
    print()
    print(measuring.table(["ours to the recipe", "times"], ratios))
    print()
    print(json.dumps(result["facts"]))


if __name__ == "__main__":
    main()
