"""What `msra-ner select` is worth: annotation simulated on MSRA's train, beside random choice.

    python benchmarks/quality/selecting.py --data DATA --model MODEL --output OUT [--rules ...]

For each seed a pool of sentences is drawn from train, and some of it to begin with. A model that
was trained on them chooses the next ones, which get the corpus's own annotations; a new model is
trained on all, chooses again, and so on. Beside it as many are drawn at random. F1 is that on val;
test is not looked at. Each run is kept in OUT and not repeated. Writes results.json and
selecting.svg there, and prints Markdown.
"""

import argparse
import json
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import numpy as np  # noqa: E402
from measuring import facts, run, table, write_json  # noqa: E402

from msra_ner.annotation import measure_uncertainty, select_texts  # noqa: E402
from msra_ner.corpus import Sentence, open_corpus  # noqa: E402
from msra_ner.inference import WeighedText  # noqa: E402
from msra_ner.palette import COLOURS  # noqa: E402

RANDOM, SELECT = "random", "least sure token"


def average_entropy(text: WeighedText) -> float:
    """Return the mean entropy of the tokens.

    Source:
        The token entropy of Settles and Craven, "An analysis of active learning strategies for
        sequence labeling tasks" (2008).
    """
    return sum_entropy(text) / max(1, len(text.shares))


def sum_entropy(text: WeighedText) -> float:
    """Return the entropy of all tokens together: long texts come first."""
    return -float((text.shares * np.log(np.clip(text.shares, 1e-300, 1))).sum())


def find_least_sure_entity(text: WeighedText) -> float:
    """Return how unsure the model is of the entity of which it is least sure; 0 without one."""
    return 1 - min((entity.score for entity in text.tagged), default=1.0)


def weigh_path(text: WeighedText) -> float:
    """Return minus the mean log probability of the best labels, in the manner of MNLP.

    Source:
        Shen et al., "Deep active learning for named entity recognition" (2017).
    """
    return -float(np.log(text.shares.max(axis=1)).mean()) if len(text.shares) else 0.0


RULES: dict[str, Callable[[WeighedText], float]] = {
    SELECT: measure_uncertainty,
    "mean entropy": average_entropy,
    "total entropy": sum_entropy,
    "least sure entity": find_least_sure_entity,
    "mean log": weigh_path,
}


def main() -> None:
    """Run what is missing, and write what there is."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of MSRA")
    parser.add_argument("--model", type=Path, required=True, help="folder of the encoder")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--rules", nargs="*", choices=RULES, default=[SELECT])
    parser.add_argument("--sizes", nargs="*", type=int, default=[500, 1000, 2000])
    parser.add_argument("--seeds", nargs="*", type=int, default=[42, 43, 44])
    parser.add_argument("--pool", type=int, default=6000)
    parser.add_argument("--epochs", type=int, default=4)
    options = parser.parse_args()
    corpus = open_corpus(options.data)
    # A text is annotated once, so it is in the pool once.
    texts = {"".join(x.tokens): x for x in corpus.splits["train"].sentences(corpus.labels)}
    rows = []
    for seed in options.seeds:
        pool = random.Random(seed).sample(sorted(texts), options.pool)
        for arm in (RANDOM, *options.rules):
            rows += simulate(arm, seed, pool, texts, options)
    result = {"settings": {k: str(v) for k, v in vars(options).items()}, "runs": rows}
    write_json(options.output / "results.json", result | {"facts": facts()})
    draw(rows, options.output / "selecting.svg")
    print(tabulate(rows))
    print(f"\n{json.dumps(facts())}")


def simulate(
    arm: str,
    seed: int,
    pool: Sequence[str],
    sentences: dict[str, Sentence],
    options: argparse.Namespace,
) -> list[dict[str, Any]]:
    """Return what each size of train reaches, grown at random or by a rule."""
    rows = []
    train = list(pool[: options.sizes[0]])
    folder = options.output / f"start-{seed}"
    for size in options.sizes:
        if arm == RANDOM:
            train = list(pool[:size])  # the pool is in random order
        elif len(train) < size:
            train += choose(arm, folder, pool, train, size - len(train), seed, options)
        if size > options.sizes[0]:
            folder = options.output / f"{arm}-{size}-{seed}".replace(" ", "-")
        chosen = [sentences[text] for text in train]
        rows.append(
            {
                **{"arm": arm, "seed": seed, "sentences": size},
                "f1": score(folder, chosen, seed, options),
                "characters": sum(map(len, train)),
                "entities": sum(tag.startswith("B-") for x in chosen for tag in x.tags),
            }
        )
    return rows


def choose(
    arm: str,
    model: Path,
    pool: Sequence[str],
    annotated: Sequence[str],
    count: int,
    seed: int,
    options: argparse.Namespace,
) -> list[str]:
    """Return the texts of the pool that ``select`` chooses next."""
    target = options.output / f"{arm}-chosen-{len(annotated)}-{seed}.jsonl".replace(" ", "-")
    if not target.exists():
        files = {"pool": pool, "annotated": annotated}
        for name, lines in files.items():
            text = "".join(f"{line}\n" for line in lines)
            (options.output / f"{name}.txt").write_text(text, encoding="utf-8")
        with patch("msra_ner.annotation.select.measure_uncertainty", RULES[arm]):
            report = select_texts(
                model,
                options.output / "pool.txt",
                target,
                count=count,
                format="jsonl",
                annotated=options.output / "annotated.txt",
                seed=seed,
                precision="auto",
            )
        print(f"{arm}, seed {seed}\n{report}", file=sys.stderr, flush=True)
    lines = target.read_text(encoding="utf-8").rstrip("\n").split("\n")
    return [json.loads(line)["text"] for line in lines]


def score(folder: Path, train: Sequence[Sentence], seed: int, options: argparse.Namespace) -> float:
    """Return F1 on val of a model that is trained on some sentences."""
    if not (folder / "timing.json").exists():  # the last that a run writes
        data = options.output / "data"
        (data / "train").mkdir(parents=True, exist_ok=True)
        for name in ("val", "tags.txt"):
            if not (data / name).exists():
                (data / name).symlink_to((options.data / name).resolve())
        for name, part in (("sentences.txt", "tokens"), ("tags.txt", "tags")):
            text = "".join(f"{' '.join(getattr(row, part))}\n" for row in train)
            (data / "train" / name).write_text(text, encoding="utf-8")
        flags = ["--do_train", "--do_eval", "--eval_strategy", "no", "--save_strategy", "no"]
        flags += ["--seed", seed, "--num_train_epochs", options.epochs, "--cpu_threads", 1]
        command = [sys.executable, "-m", "msra_ner", "train", "--data_dir", data, "--overwrite"]
        command += ["--model_name_or_path", options.model, "--output_dir", folder]
        run([*command, *flags])
    found: float = json.loads((folder / "all_results.json").read_text(encoding="utf-8"))["eval_f1"]
    return 100 * found


def tabulate(rows: Sequence[dict[str, Any]]) -> str:
    """Return F1 by arm and size, with how much there was to annotate."""
    lines = []
    for arm, size in dict.fromkeys((row["arm"], row["sentences"]) for row in rows):
        own = [row for row in rows if (row["arm"], row["sentences"]) == (arm, size)]
        scores = [row["f1"] for row in own]
        lines.append(
            [
                *(arm, f"{size:,}", " / ".join(f"{x:.2f}" for x in scores)),
                f"{statistics.mean(scores):.2f}",
                *(f"{statistics.mean(row[x] for row in own):,.0f}" for x in MEASURES[1:]),
            ]
        )
    return table(["chosen by", "sentences", "val F1", "mean", *MEASURES[1:]], lines)


MEASURES = ("sentences", "characters", "entities")


def draw(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw F1 over sentences, and over the characters that they have: a line for each arm."""
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "msra-ner", "font.size": 9})
    figure = Figure(figsize=(7.2, 3.0), layout="constrained")
    arms = list(dict.fromkeys(row["arm"] for row in rows))
    for number, measure in enumerate(MEASURES[:2], 1):
        axes = figure.add_subplot(1, 2, number)
        for arm, colour in zip(arms, COLOURS, strict=False):
            own = [row for row in rows if row["arm"] == arm]
            axes.plot(
                *([row[key] for row in own] for key in (measure, "f1")),
                **{"marker": "o", "linestyle": "", "markersize": 3, "alpha": 0.5},
                color=colour.light,
            )
            sizes = sorted({row["sentences"] for row in own})
            means = [
                [statistics.mean(row[key] for row in own if row["sentences"] == size)]
                for size in sizes
                for key in (measure, "f1")
            ]
            axes.plot(means[::2], means[1::2], color=colour.light, label=arm)
        axes.set_xlabel(f"annotated {measure}")
        axes.set_ylabel("F1 on val, %")
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, facecolor="white", metadata={"Date": None})


if __name__ == "__main__":
    main()
