"""Peaks of memory where an input is large in one direction: what grows with it, and what does not.

    python benchmarks/bounds.py MODEL [--json FILE]

Each row is a command in a process of its own, with a small input and with one ten times as large:
words of which none comes twice, one line without an end, tags of which none comes twice, and lines
of usual length. MODEL is a folder that train wrote. Prints a table in Markdown.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from measuring import facts, run, table, write_json

READ = """
import sys
from msra_ner import load_msra
print(load_msra(sys.argv[1], cache_dir=sys.argv[2])["train"].num_rows)
"""
CHECK = """
import sys
from msra_ner import check_corpus
check_corpus(sys.argv[1])
"""


def main() -> None:
    """Measure each command with both sizes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="folder that train wrote")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    tagging = [sys.executable, "-m", "msra_ner", "predict", options.model, "--device", "cpu"]
    check = [sys.executable, "-c", CHECK]
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for what, size, write, command in (
            ("load_msra, new words", 200_000, write_new_words, [sys.executable, "-c", READ]),
            ("check, new words", 200_000, write_new_words, check),
            ("check, new tags", 6_000, write_new_tags, check),
            ("predict, one line of characters", 50_000, write_line, tagging),
            ("predict --output, lines of characters", 50_000, write_lines, tagging),
        ):
            peaks = []
            for number in (size, 10 * size):
                place = folder / f"{what}-{number}"
                write(place, number)
                more = [folder / f"{place.name}-more"] if command[-1] == READ else []
                if "--output" in what:
                    more = ["--output", folder / f"{number}.jsonl"]
                done = run([*command, place, *more])
                peaks.append(done.peak_mib)
            rows.append((what, f"{size:,} and {10 * size:,}", *(f"{peak:,.0f}" for peak in peaks)))
    print(table(("command, input", "how many", "peak MiB", "with ten times as many"), rows))
    print(f"\n{facts()}")
    write_json(options.json, {"rows": rows, "facts": facts()})


def write_new_words(place: Path, words: int) -> None:
    """Write a corpus of words, ten a sentence, of which none comes twice."""
    _write_corpus(place, words, lambda number: (f"word{number}", "B-PER" if number % 9 else "O"))


def write_new_tags(place: Path, tags: int) -> None:
    """Write a corpus in which each token has an entity type of its own."""
    _write_corpus(place, tags, lambda number: (f"word{number % 99}", f"B-TYPE{number}"))


def _write_corpus(place: Path, tokens: int, make: Callable[[int], tuple[str, str]]) -> None:
    place.mkdir()
    for split in ("train", "val", "test"):
        count = tokens if split == "train" else 100
        with (place / f"{split}.txt").open("w", encoding="utf-8") as file:
            for number in range(count):
                file.write("\t".join(make(number)) + ("\n\n" if number % 10 == 9 else "\n"))


def write_line(place: Path, characters: int) -> None:
    """Write one line of so many characters."""
    place.write_text(_draw(characters) + "\n", encoding="utf-8")


def write_lines(place: Path, characters: int) -> None:
    """Write lines of fifty characters, so many in all."""
    place.write_text("".join(f"{_draw(50)}\n" for _ in range(characters // 50)), encoding="utf-8")


def _draw(count: int) -> str:
    return "".join(random.Random(count).choices("我在北京上海中国人民银行工作他说。，", k=count))


if __name__ == "__main__":
    main()
