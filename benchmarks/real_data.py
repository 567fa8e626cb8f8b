"""Ours beside the plain Hugging Face recipe: the same encoder, corpus, sentences and epochs.

    python benchmarks/real_data.py --data DATA --model MODEL --output OUT [--train N] [--epochs E]

The recipe trains once for each learning rate and ours once for each setting; both are chosen by
the F1 over all entities of val, and only what was chosen meets test. Ours runs with three seeds.
Every finished part is kept in OUT as JSON, so the command can be repeated until all is there;
``--rates`` and ``--seeds`` say how much of it to do. Prints a table in Markdown.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

RECIPE = Path(__file__).with_name("hf_recipe.py")
# Layers kept, learning rate of the encoder, of the head.
SETTINGS = (("8", "4e-4", "4e-3"), ("8", "2e-4", "2e-3"))


def main() -> None:
    """Run what is missing and print the table of what is there."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="corpus folder")
    parser.add_argument("--model", type=Path, required=True, help="encoder folder")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--train", type=int, default=0, help="first N sentences; 0 takes all")
    parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--rates", nargs="*", default=["5e-5", "1e-4", "2e-4", "4e-4"])
    parser.add_argument("--seeds", nargs="*", default=["42", "43", "44"])
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    check_settings(options)
    rows = [ours_row(options), recipe_row(options)]
    print("| system | chosen on val | val F1 | test F1, all entities | entities scored |")
    print("| --- | --- | --- | --- | --- |")
    for row in filter(None, rows):
        print("| " + " | ".join(row) + " |")


def check_settings(options: argparse.Namespace) -> None:
    """Refuse an output folder with parts that were run otherwise."""
    names = ("data", "model", "train", "epochs")
    settings = {name: str(getattr(options, name)) for name in names}
    path = options.output / "settings.json"
    if path.exists() and read(path) != settings:
        raise SystemExit(f"{path}: found {read(path)}, expected {settings}. Give another --output.")
    path.write_text(json.dumps(settings) + "\n", encoding="utf-8")


def ours_row(options: argparse.Namespace) -> list[str] | None:
    """Choose a setting by val with the first seed, then score test with every seed."""
    if not options.seeds:
        return None
    on_val = {
        setting: ours(options, setting, options.seeds[0], "eval")["eval_f1"] for setting in SETTINGS
    }
    best = max(on_val, key=lambda setting: on_val[setting])
    runs = [ours(options, best, seed, "predict") for seed in options.seeds]
    scores = [100 * run["test_f1"] for run in runs]
    spread = statistics.stdev(scores) if len(scores) > 1 else 0.0
    return [
        f"ours, {len(runs)} seeds",
        f"{best[0]} layers, {best[1]}, head {best[2]}",
        f"{100 * on_val[best]:.2f}",
        f"**{statistics.mean(scores):.2f}** ± {spread:.2f}",
        f"{runs[0]['test_entities']:,}",
    ]


def ours(
    options: argparse.Namespace, setting: tuple[str, str, str], seed: str, part: str
) -> dict[str, Any]:
    """Return the results of a run, scored on val (``eval``) or on test (``predict``)."""
    layers, rate, head_rate = setting
    folder = options.output / f"ours-{layers}-{rate}-{seed}"
    common = ["--data_dir", options.data, "--output_dir", folder, "--bf16"]
    if not (folder / "all_results.json").exists():
        command = ["msra_ner", "train", *common, "--model_name_or_path", options.model]
        command += ["--num_hidden_layers", layers, "--learning_rate", rate]
        command += ["--head_learning_rate", head_rate, "--seed", seed, "--do_train", "--do_eval"]
        command += ["--num_train_epochs", options.epochs, "--overwrite"]
        if options.train:
            command += ["--max_train_samples", options.train]
        run([sys.executable, "-m", *command])
    if part == "eval":
        return read(folder / "all_results.json")
    if not (folder / "test.json").exists():
        command = ["msra_ner", "evaluate", folder, "--data_dir", options.data]
        run([sys.executable, "-m", *command, "--json", folder / "test.json"])
    return {f"test_{key}": value for key, value in read(folder / "test.json").items()}


def recipe_row(options: argparse.Namespace) -> list[str] | None:
    """Choose a learning rate by val, then score test with the model it gave."""
    if not options.rates:
        return None
    view = options.output / "val-as-test"
    for name, target in (("train", "train"), ("test", "val")):
        view.mkdir(exist_ok=True)
        if not (view / name).exists():
            (view / name).symlink_to((options.data / target).resolve())
    on_val = {rate: recipe(options, rate, view)["f1_all"] for rate in options.rates}
    best = max(on_val, key=lambda rate: on_val[rate])
    test = recipe(options, best, options.data)
    return [
        f"Hugging Face recipe, best of {len(on_val)} learning rates",
        f"all layers, {best}",
        f"{on_val[best]:.2f}",
        f"{test['f1_all']:.2f} (its own figure {test['f1_seen']:.2f})",
        f"{test['entities_seen']:,} of {test['entities']:,}",
    ]


def recipe(options: argparse.Namespace, rate: str, data: Path) -> dict[str, Any]:
    """Return what the recipe prints: trained and scored on ``data``'s test, or only scored."""
    on_test = data == options.data
    model = options.output / f"recipe-{rate}"
    path = options.output / f"recipe-{rate}-{'test' if on_test else 'val'}.json"
    if not path.exists():
        command = [sys.executable, RECIPE, model if on_test else options.model, data]
        command += [options.output / "scratch" if on_test else model, "--bf16", "--lr", rate]
        command += ["--epochs", options.epochs, "--train", options.train]
        command += ["--no-train"] if on_test else []
        printed = run(command, env={"FLUSH": "1"})
        path.write_text(printed.strip().splitlines()[-1] + "\n", encoding="utf-8")
    return read(path)


def run(command: list[Any], env: dict[str, str] | None = None) -> str:
    """Run a command to its end and return what it printed to standard output."""
    print("$", *command, file=sys.stderr, flush=True)
    done = subprocess.run(
        list(map(str, command)),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    )
    return done.stdout


def read(path: Path) -> dict[str, Any]:
    """Return a JSON file."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


if __name__ == "__main__":
    main()
