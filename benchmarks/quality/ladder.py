"""What each step is worth in F1: the tables of docs/results.md that real data are trained for.

    python benchmarks/quality/ladder.py --data DATA --model MODEL --output OUT [--tables recipe ...]

Each run is kept in OUT and not repeated, so the same command goes on where it was stopped. With
--minutes no further run begins after so many; what was left out is named. All is chosen on val;
only the tables `recipe` and `whole` look at test. Prints Markdown.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from measuring import facts, run, table  # noqa: E402
from transformers import AutoModelForTokenClassification, AutoTokenizer  # noqa: E402

from msra_ner import Tagger, score_tags  # noqa: E402
from msra_ner.corpus import open_corpus  # noqa: E402
from msra_ner.hardware import choose_precision, has_accelerator  # noqa: E402
from msra_ner.metrics import count_sentences, paired_test  # noqa: E402
from msra_ner.report import read_predictions  # noqa: E402

SEEDS = (42, 43, 44)
RATES = ("5e-5", "1e-4", "2e-4", "4e-4")
# Of each step, unless it says otherwise: the last epoch counts, and nothing is masked.
COMMON = (
    *("--eval_strategy", "no", "--save_strategy", "no"),
    *("--per_device_train_batch_size", "32", "--mask_share", "0"),
)


class Step(NamedTuple):
    """A step of the ladder: its flags, what it is compared with, and a variant of training."""

    flags: Sequence[str] = ()
    base: str = ""
    variant: str = ""


VITERBI, CRF = ("--decoder", "viterbi"), ("--decoder", "crf", "--train_scheme", "iob2")
BIOES = ("--decoder", "crf", "--train_scheme", "bioes")
STEPS = {
    "viterbi": Step(VITERBI),
    "crf": Step(CRF, "viterbi"),
    "label smoothing 0.1": Step((*VITERBI, "--label_smoothing_factor", "0.1"), "viterbi"),
    "focal loss": Step(VITERBI, "viterbi", "focal"),
    "a third of the weight for O": Step(VITERBI, "viterbi", "weighted"),
    "Dice loss": Step(VITERBI, "viterbi", "dice"),
    "R-Drop": Step(VITERBI, "viterbi", "r-drop"),
    "BIOES inside": Step(BIOES, "crf"),
    "a tenth masked": Step((*BIOES, "--mask_share", "0.1"), "BIOES inside"),
    "nothing from the own head": Step(BIOES, "BIOES inside", "chain-alone"),
    "averaged weights": Step(BIOES, "BIOES inside", "average"),
    "layer-wise decay": Step(BIOES, "BIOES inside", "layer-decay"),
    "FGM": Step(BIOES, "BIOES inside", "fgm"),
    "batches of 16": Step((*BIOES, "--per_device_train_batch_size", "16"), "BIOES inside"),
    "batches of 8": Step((*BIOES, "--per_device_train_batch_size", "8"), "batches of 16"),
}

WHOLE = {
    "best": ("--recipe", "best"),
    "best, 12 epochs": ("--recipe", "best", "--num_train_epochs", "12"),
}


class Ladder:
    """The runs of an output folder: those that are there, and those that there is time for."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.end = time.monotonic() + 60 * options.minutes
        self.left_out: list[str] = []

    def folder(self, name: str, seed: int) -> Path:
        """Return the folder of a run."""
        path: Path = self.options.output / f"{name}-{seed}".replace(" ", "-")
        return path

    def side_by_side(self, calls: Sequence[Callable[[], Any]]) -> list[Any]:
        """Return what each call returns, so many at a time as were asked for."""
        with ThreadPoolExecutor(self.options.jobs) as pool:
            return list(pool.map(lambda call: call(), calls))

    def train(self, name: str, flags: Sequence[Any], seed: int, variant: str = "") -> Path | None:
        """Return the folder of a run; None where it is not there and the time is over."""
        folder = self.folder(name, seed)
        if (folder / "timing.json").exists():  # the last that a run writes
            return folder
        if time.monotonic() > self.end:
            self.left_out.append(folder.name)
            return None
        script = [HERE / "variants.py", variant] if variant else ["-m", "msra_ner", "train"]
        command = [sys.executable, *script, "--data_dir", self.options.data, "--overwrite"]
        command += ["--model_name_or_path", self.options.model, "--output_dir", folder]
        if self.options.train:
            command += ["--max_train_samples", self.options.train]
        run([*command, "--seed", seed, "--cpu_threads", self.options.threads, *flags])
        return folder

    def recipe(self, rate: str, split: str) -> dict[str, Any] | None:
        """Return what the Hugging Face recipe prints, trained with a rate and scored on a split."""
        path = self.options.output / f"recipe-{rate}-{split}.json"
        if not path.exists():
            if time.monotonic() > self.end:
                self.left_out.append(path.stem)
                return None
            data = self.options.data if split == "test" else _show_val_as_test(self.options)
            model = self.options.output / f"recipe-{rate}"
            command = [sys.executable, HERE.parent / "hf_recipe.py"]
            if split == "test":  # with the model that was scored on val
                command += [model, data, self.options.output / "scratch", "--no-train"]
            else:
                command += [self.options.model, data, model]
            command += ["--lr", rate, "--train", self.options.train]
            # In the precision that ours chooses.
            if choose_precision("auto", on_gpu=has_accelerator()) == "bf16":
                command.append("--bf16")
            done = run(command, env={"FLUSH": "1", "OMP_NUM_THREADS": str(self.options.threads)})
            path.write_text(done.output.strip().splitlines()[-1] + "\n", encoding="utf-8")
        return _read(path)


def main() -> None:
    """Run what is missing and print the tables of what is there."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of MSRA")
    parser.add_argument("--model", type=Path, required=True, help="folder of the encoder")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--tables", nargs="*", choices=TABLES, default=list(TABLES))
    parser.add_argument("--steps", nargs="*", choices=STEPS, default=list(STEPS))
    parser.add_argument("--train", type=int, default=5000, help="first N sentences; 0 takes all")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--jobs", type=int, default=1, help="runs side by side")
    parser.add_argument("--threads", type=int, default=1, help="of each run, on a CPU")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    _check_settings(options)
    ladder = Ladder(options)
    for name in options.tables:
        print(f"\n## {name}\n\n{TABLES[name](ladder)}", flush=True)
    if ladder.left_out:
        print("\nLeft out for want of time:", ", ".join(ladder.left_out))
    print(f"\n{json.dumps(facts())}")


def tabulate_steps(ladder: Ladder) -> str:
    """Return each step with three seeds, scored on val, beside what it is compared with."""

    def carry_out(name: str, seed: int) -> Path | None:
        step = STEPS[name]
        flags = ["--do_train", "--do_eval", *COMMON, *step.flags]
        return ladder.train(name, flags, seed, step.variant)

    parts = [(name, seed) for seed in SEEDS for name in ladder.options.steps]
    done = ladder.side_by_side([partial(carry_out, *part) for part in parts])
    folders = dict(zip(parts, done, strict=True))
    rows = []
    for name, step in STEPS.items():
        own = [folders.get((name, seed)) for seed in SEEDS]
        base = [folders.get((step.base, seed)) for seed in SEEDS] if step.base else []
        if not all(own):
            continue  # left out for want of time
        scores = [100 * _read(path / "all_results.json")["eval_f1"] for path in own if path]
        seconds = [_read(path / "timing.json")["train_runtime"] for path in own if path]
        spread = f"{statistics.mean(scores):.2f} ± {statistics.stdev(scores):.2f}"
        cells = [name, " / ".join(f"{score:.2f}" for score in scores), spread]
        gain = _compare(own, base) if base and all(base) else ""
        rows.append([*cells, step.base, gain, f"{statistics.mean(seconds):.0f}"])
    seeds = "val F1, seeds " + ", ".join(map(str, SEEDS))
    header = ["step", seeds, "mean", "beside", "difference (95 % interval), p", "seconds"]
    return table(header, rows)


def tabulate_own_heads(ladder: Ladder) -> str:
    """Return what other programs read of the models of both decoders: the own head's val F1."""
    val = list(open_corpus(ladder.options.data).splits["validation"].sentences())
    rows = []
    for name in ("viterbi", "BIOES inside"):
        for seed in SEEDS:
            folder = ladder.folder(name, seed)
            if not (folder / "timing.json").exists():
                continue  # a run of the table above
            model = AutoModelForTokenClassification.from_pretrained(folder)
            tokenizer = AutoTokenizer.from_pretrained(folder)
            found = []
            for decoder in ("viterbi", "argmax"):
                tagger = Tagger(model, tokenizer, decoder=decoder)
                tags = tagger.tag_tokens(sentence.tokens for sentence in val)
                found.append(f"{100 * (score_tags(val, tags).f1 or 0):.2f}")
            rows.append([name, seed, *found])
    return table(["trained with", "seed", "own head by viterbi", "by argmax"], rows)


def tabulate_recipe(ladder: Ladder) -> str:
    """Return ours and the Hugging Face recipe, whose rate is chosen on val, both on test."""
    _show_val_as_test(ladder.options)  # before several look for it
    ours = [partial(ladder.train, "ours", [], seed) for seed in SEEDS]
    theirs = [partial(ladder.recipe, rate, "val") for rate in RATES]
    done = ladder.side_by_side([*theirs, *ours])
    rows = []
    for seed, folder in zip(SEEDS, done[len(RATES) :], strict=True):
        if folder:
            rows.append([f"ours, the defaults, seed {seed}", *_describe(folder)])
    on_val = {rate: found for rate, found in zip(RATES, done, strict=False) if found}
    for rate, found in on_val.items():
        cells = [f"{found['f1_all']:.2f}", "", "", f"{found['train_s']:.0f}"]
        rows.append([f"Hugging Face recipe, {rate}", *cells])
    if len(on_val) == len(RATES):
        best = max(on_val, key=lambda rate: on_val[rate]["f1_all"])
        if found := ladder.recipe(best, "test"):
            scored = f"{found['entities_seen']:,} of {found['entities']:,}"
            rows.append(["its best on val", "", f"{found['f1_all']:.2f}", scored, ""])
    header = ["system", "val F1", "test F1, all entities", "entities it scores", "seconds"]
    return table(header, rows)


def tabulate_whole(ladder: Ladder) -> str:
    """Return the recipe `best` and what trains longer, each with three seeds."""
    parts = [(name, seed) for name in WHOLE for seed in SEEDS]
    done = ladder.side_by_side(
        [partial(ladder.train, name, WHOLE[name], seed) for name, seed in parts]
    )
    rows = [
        [name, seed, *_describe(folder)]
        for (name, seed), folder in zip(parts, done, strict=True)
        if folder
    ]
    return table(["system", "seed", "val F1", "test F1", "entities", "seconds"], rows)


TABLES = {
    "steps": tabulate_steps,
    "own-heads": tabulate_own_heads,
    "recipe": tabulate_recipe,
    "whole": tabulate_whole,
}


def _describe(folder: Path) -> list[str]:
    found, clock = _read(folder / "all_results.json"), _read(folder / "timing.json")
    figures = [f"{100 * found[f'{split}_f1']:.2f}" for split in ("eval", "test")]
    return [*figures, f"{found['test_entities']:,}", f"{clock['train_runtime']:.0f}"]


def _compare(own: Sequence[Any], base: Sequence[Any]) -> str:
    """Return the difference over the sentences of all seeds, its interval and its p value."""

    def count(folders: Sequence[Path]) -> Any:
        rows = [row for path in folders for row in read_predictions(path / "predictions.jsonl")]
        gold, predicted = zip(*((row.gold, row.predicted) for row in rows), strict=True)
        return count_sentences(gold, predicted).overall

    found = paired_test(count(own), count(base))
    low, high = 100 * found.interval.low, 100 * found.interval.high
    return f"{100 * found.difference:+.2f} ({low:.2f} to {high:.2f}), {found.p_value:.2g}"


def _show_val_as_test(options: argparse.Namespace) -> Path:
    """Return a folder in which the recipe finds val where it looks for test."""
    view: Path = options.output / "val-as-test"
    view.mkdir(exist_ok=True)
    for name, target in (("train", "train"), ("test", "val")):
        if not (view / name).exists():
            (view / name).symlink_to((options.data / target).resolve())
    return view


def _check_settings(options: argparse.Namespace) -> None:
    """Refuse an output folder with runs of other settings."""
    settings = {name: str(getattr(options, name)) for name in ("data", "model", "train", "threads")}
    path = options.output / "settings.json"
    if path.exists() and _read(path) != settings:
        raise SystemExit(
            f"{path}: found {_read(path)}, expected {settings}. Give another --output."
        )
    path.write_text(json.dumps(settings) + "\n", encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


if __name__ == "__main__":
    main()
