"""Whether a GPU computes what the CPU does: a trained model's logits, loss, gradient and entities.

    python benchmarks/gpu/agree.py MODEL --data DATA [--device cuda] [--sentences 600] [--json FILE]

Beside fp32 on the CPU stand fp32, bf16 and fp16 on the device: the largest difference of a logit,
the loss of a chain (or the cross entropy) and the norm of its gradient over a batch of val, and
over all sentences F1 and how many are tagged otherwise. Prints a table in Markdown.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import torch
from measuring import facts, table, write_json

from msra_ner import Tagger, score_tags
from msra_ner.corpus import open_corpus
from msra_ner.dataset import IGNORE_INDEX
from msra_ner.models import find_chain
from msra_ner.training.chain_loss import ChainLoss
from msra_ner.training.loss import token_mean_loss

BATCH = 32


def main() -> None:
    """Measure each device and precision and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="folder that train wrote")
    parser.add_argument("--data", required=True, help="corpus folder")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--sentences", type=int, default=600)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    val = list(open_corpus(options.data).splits["validation"].sentences())[: options.sentences]
    reference, rows = None, {}
    for device, precision in (
        ("cpu", "fp32"),
        *((options.device, precision) for precision in ("fp32", "bf16", "fp16")),
    ):
        tagger = Tagger.from_pretrained(options.model, device, precision)
        tags = tagger.tag_tokens(sentence.tokens for sentence in val)
        logits, loss, norm = _compute_batch(tagger, val, device, precision)
        reference = reference or (tags, logits)
        rows[f"{device} {precision}"] = {
            "f1": score_tags(val, tags).f1,
            "sentences_that_differ": sum(a != b for a, b in zip(tags, reference[0], strict=True)),
            "largest_difference": float(np.abs(logits - reference[1]).max()),
            "loss": loss,
            "gradient_norm": norm,
        }
    print(
        table(
            ["device, precision", *next(iter(rows.values()))],
            [[name, *(f"{value:.6g}" for value in row.values())] for name, row in rows.items()],
        )
    )
    write_json(options.json, {"facts": facts(), "sentences": len(val), "systems": rows})


def _compute_batch(
    tagger: Tagger, val: list[Any], device: str, precision: str
) -> tuple[np.ndarray, float, float]:
    """Return logits, loss and norm of the gradient of a batch, computed as training does it.

    The weights are fp32, and a lower precision is that of autocast.
    """
    fp32 = tagger
    if precision != "fp32":
        fp32 = Tagger.from_pretrained(tagger.model.name_or_path, device, "fp32")
    model = fp32.model
    rows = [row for row in val if len(row.tokens) < 200][:BATCH]
    tokenizer = fp32.aligner.tokenizer
    encoded = tokenizer(
        [list(row.tokens) for row in rows],
        is_split_into_words=True,
        padding=True,
        return_tensors="pt",
    ).to(device)
    labels = torch.full(encoded.input_ids.shape, IGNORE_INDEX)
    for at, row in enumerate(rows):
        words = encoded.word_ids(at)
        for piece, word in enumerate(words):
            if word is not None and word != words[piece - 1]:
                labels[at, piece] = fp32.labels.index(row.tags[word])
    labels = labels.to(device)
    head = find_chain(model)
    chain = None if head is None else ChainLoss(head.labels, head.transitions.weight)
    kind = {"fp32": None, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]
    with torch.autocast(
        torch.device(device).type, kind or torch.bfloat16, enabled=kind is not None
    ):
        outputs = model(**encoded)
    loss = token_mean_loss(outputs, labels, chain=chain)
    loss.backward()
    gradients = [weights.grad for weights in model.parameters() if weights.grad is not None]
    norm = torch.stack([gradient.norm() for gradient in gradients]).norm()
    found = outputs["logits"].detach().float().cpu().numpy()
    return found[encoded.attention_mask.cpu().numpy() == 1], loss.item(), norm.item()


if __name__ == "__main__":
    main()
