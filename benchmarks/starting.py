"""How long a run takes to its first training step, and what the imports cost.

    python benchmarks/starting.py --model MODEL --data DATA [--repeats 5] [--json FILE]

Starts ``run_ner.py`` on the whole corpus again and again, each time in a new process but with the
cache of the first, which is not counted, and stops it where the first training step begins. Then
imports ``msra_ner`` and ``datasets`` in turns, and both after one another, and asks for help and
with a wrong flag, each in a new process.
Prints tables in Markdown.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from measuring import facts, run, spread, table, write_json

SCRIPT = Path(__file__).parents[1] / "run_ner.py"
IMPORTS = {
    "nothing": "",
    "msra_ner": "import msra_ner",
    "datasets": "import datasets",
    "datasets and msra_ner": "import datasets, msra_ner",
    "help": "from msra_ner.cli import main; main(['train', '--help'])",
    "a wrong flag": "from msra_ner.cli import main; main(['train', '--lerning_rate', '1'])",
}


def main() -> None:
    """Measure and print; or, as a child, run the script to its first step."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=Path, help="folder of an encoder")
    parser.add_argument("--data", type=Path, help="folder of a corpus")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    parser.add_argument("--child", nargs=argparse.REMAINDER, help="for a child: flags of train")
    options = parser.parse_args()
    if options.child:
        stop_at_the_first_step(options.child)
        return
    steps = first_steps(options.model, options.data, options.repeats)
    imports: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for _ in range(options.repeats):
        for name, code in IMPORTS.items():
            imports[name].append(run([sys.executable, "-c", code]).seconds)
    found = facts()
    write_json(options.json, {"machine": found, "first_step": steps, "imports": imports})
    rows = [["run_ner.py to its first training step", spread(steps, 2)]]
    rows += [[f"python -c '{code}'", spread(imports[name], 3)] for name, code in IMPORTS.items()]
    print(table(["command", "seconds: median (smallest-largest)"], rows))
    print(", ".join(f"{key} {value}" for key, value in found.items() if value))


def first_steps(model: Path, data: Path, repeats: int) -> list[float]:
    """Return the seconds from the start of the process to its first step, with a warm cache."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = []
        for number in range(repeats + 1):
            flags = ["--model_name_or_path", model, "--data_dir", data, "--max_steps", 1]
            flags += ["--output_dir", f"{folder}/run-{number}"]
            environment = {
                "HF_HUB_OFFLINE": "1",
                "HF_DATASETS_CACHE": f"{folder}/cache",
                "TOKENIZERS_PARALLELISM": "false",
            }
            start = time.time()
            done = run([sys.executable, __file__, "--child", *flags], environment)
            seconds.append(float(done.output.split()[-1]) - start)
    return seconds[1:]


def stop_at_the_first_step(flags: list[str]) -> None:
    """Run the script, and end the process with the time on the clock where the step begins."""
    import runpy

    import wrapt

    def stop(*_: object, **__: object) -> None:
        print(time.time(), flush=True)
        os._exit(0)

    def patch(trainer: object) -> None:
        trainer.Trainer.training_step = stop  # type: ignore[attr-defined]

    wrapt.register_post_import_hook(patch, "transformers.trainer")
    # Run as `python run_ner.py FLAGS`.
    sys.argv = [str(SCRIPT), *flags]
    sys.path[0] = str(SCRIPT.parent)
    runpy.run_path(str(SCRIPT), run_name="__main__")


if __name__ == "__main__":
    main()
