"""What the loss of a chain costs: its steps one after the other, and joined in pairs.

    python benchmarks/gpu/chain_loss.py [--device cuda] [--repeats 20]

Forward and backward pass over batches of about 1,600 and 8,000 word pieces. Prints milliseconds as
a table in Markdown.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from measuring import table

from msra_ner.decoding import ChainLabels
from msra_ner.training import chain_loss

LABELS = ["O", *(f"{kind}-{name}" for name in ("PER", "ORG", "LOC") for kind in "BI")]
SHAPES = ((32, 50), (8, 200), (3, 510), (160, 50), (16, 510))


def main() -> None:
    """Measure both ways in turns."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--repeats", type=int, default=20)
    options = parser.parse_args()
    names = ChainLabels.of(LABELS, "bioes")
    count = len(names.names)
    transitions = torch.zeros(count, count, device=options.device, requires_grad=True)
    loss = chain_loss.ChainLoss(names, transitions)
    rows = []
    for shape in SHAPES:
        logits = torch.randn(*shape, count, device=options.device, requires_grad=True)
        labels = torch.zeros(*shape, dtype=torch.long, device=options.device)
        seconds: dict[bool, list[float]] = {False: [], True: []}
        for _ in range(options.repeats):
            for in_pairs, measured in seconds.items():
                chain_loss._joining_pays = lambda scores, answer=in_pairs: answer
                start = time.perf_counter()
                loss(logits, labels).backward()
                transitions.grad.sum().item()  # waits for the device
                measured.append(time.perf_counter() - start)
        rows.append(
            [
                f"{shape[0]} x {shape[1]}",
                *(f"{1e3 * statistics.median(s):.2f}" for s in seconds.values()),
            ]
        )
    print(table(["rows x word pieces", "step by step", "in pairs"], rows))


if __name__ == "__main__":
    main()
