"""What open tags are worth: two halves of MSRA's train, each annotated with other types.

    python benchmarks/quality/partial.py --data DATA --model MODEL --output OUT [--seeds 42 43 44]

One half has PER and LOC, the other ORG. A model is trained on both with what nobody looked for left
open, another with O in its place, a third with all types everywhere. F1 is that on val, which has
all types; test is not looked at. Each run is kept in OUT and not repeated. Prints Markdown.
"""

import argparse
import json
import random
import statistics
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from measuring import facts, run, table, write_json  # noqa: E402

from msra_ner import convert_corpus  # noqa: E402
from msra_ner.corpus import Sentence, open_corpus  # noqa: E402

HALVES = (("PER", "LOC"), ("ORG",))
ARMS = {
    "left open": "what nobody looked for is open",
    "as O": "what nobody looked for is `O`",
    "all": "all types in both halves",
}
FIGURES = ("eval_f1", "eval_precision", "eval_recall", "eval_PER_f1", "eval_ORG_f1", "eval_LOC_f1")


def main() -> None:
    """Run what is missing, and write what there is."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of MSRA")
    parser.add_argument("--model", type=Path, required=True, help="folder of the encoder")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seeds", nargs="*", type=int, default=[42, 43, 44])
    parser.add_argument("--sentences", type=int, default=3000, help="of both halves")
    parser.add_argument("--epochs", type=int, default=4)
    options = parser.parse_args()
    corpus = open_corpus(options.data)
    train = list(corpus.splits["train"].sentences(corpus.labels))
    rows = []
    for seed in options.seeds:
        sentences = random.Random(seed).sample(train, options.sentences)
        for arm in ARMS:
            data = options.output / f"data-{arm}-{seed}".replace(" ", "-")
            if not data.exists():
                write_halves(arm, sentences, data)
                (data / "val").symlink_to((options.data / "val").resolve())
            rows.append({"arm": arm, "seed": seed, **score(arm, data, seed, options)})
    result = {"settings": {key: str(value) for key, value in vars(options).items()}, "runs": rows}
    write_json(options.output / "results.json", result | {"facts": facts()})
    print(tabulate(rows))
    print(f"\n{json.dumps(facts())}")


def write_halves(arm: str, sentences: Sequence[Sentence], data: Path) -> None:
    """Write train, joined of its two halves as an arm has them."""
    size = len(sentences) // 2
    lines: list[str] = []
    halves = zip(HALVES, (sentences[:size], sentences[size:]), strict=True)
    for number, (types, half) in enumerate(halves):
        own = data / f"half-{number}"
        own.mkdir(parents=True)
        kept = types if arm != "all" else sum(HALVES, ())
        (own / "train.jsonl").write_text("".join(write_rows(half, kept)), encoding="utf-8")
        settings = {"annotated_types": ",".join(types)} if arm == "left open" else {}
        convert_corpus(own, data / f"made-{number}", "json-tokens", **settings)
        lines.append((data / f"made-{number}" / "train.jsonl").read_text(encoding="utf-8"))
    (data / "train.jsonl").write_text("".join(lines), encoding="utf-8")


def write_rows(sentences: Iterable[Sentence], types: Sequence[str]) -> Iterable[str]:
    """Yield the lines of sentences with the entities of some types."""
    for sentence in sentences:
        tags = [tag if tag[2:] in types else "O" for tag in sentence.tags]
        yield f"{json.dumps({'tokens': sentence.tokens, 'ner_tags': tags}, ensure_ascii=False)}\n"


def score(arm: str, data: Path, seed: int, options: argparse.Namespace) -> dict[str, float]:
    """Return figures on val of a model that is trained on an arm."""
    folder = options.output / f"{arm}-{seed}".replace(" ", "-")
    if not (folder / "timing.json").exists():  # the last that a run writes
        flags = ["--do_train", "--do_eval", "--eval_strategy", "no", "--save_strategy", "no"]
        flags += ["--seed", seed, "--num_train_epochs", options.epochs, "--cpu_threads", 1]
        command = [sys.executable, "-m", "msra_ner", "train", "--data_dir", data, "--overwrite"]
        command += ["--model_name_or_path", options.model, "--output_dir", folder]
        run([*command, *flags])
    found = json.loads((folder / "all_results.json").read_text(encoding="utf-8"))
    return {name: 100 * found[name] for name in FIGURES}


def tabulate(rows: Sequence[dict[str, Any]]) -> str:
    """Return F1 of each arm by seed, and the means of all figures."""
    lines = []
    for arm, meaning in ARMS.items():
        own = [row for row in rows if row["arm"] == arm]
        seeds = " / ".join(f"{row['eval_f1']:.2f}" for row in own)
        means = [f"{statistics.mean(row[name] for row in own):.2f}" for name in FIGURES]
        lines.append([meaning, seeds, *means])
    names = [name.removeprefix("eval_").replace("_f1", "") for name in FIGURES[1:]]
    return table(["train", "val F1 by seed", "mean", *names], lines)


if __name__ == "__main__":
    main()
