"""Write the parts of the docs that a program says: what commands print.

    python scripts/write_pages.py          # writes what has changed into the pages
    python scripts/write_pages.py --check  # changes nothing; exit code 1 if a page is out of date

A block of text behind a comment is what the command in the comment prints, here whole and there
from the line that starts with one text up to the line that starts with another:

    <!-- output: msra-ner check --help -->
    <!-- output from "1." to "errors by kind": msra-ner diagnose --predictions FILE -->

Commands run in a folder that has ``examples/`` and what ``examples/low-f1/plant.py`` writes.
"""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from msra_ner.cli import main as run_msra_ner

ROOT = Path(__file__).parents[1]
WIDTH = "100"  # characters of a line of help
BLOCK = re.compile(
    r'<!-- output(?: from "(?P<start>[^"]+)")?(?: to "(?P<end>[^"]+)")?: (?P<command>.+?) -->\n'
    r"(?P<fence>```+)text\n(?P<text>.*?)(?P=fence)\n",
    re.DOTALL,
)


def list_pages() -> list[Path]:
    """Return README and every page of the docs."""
    return [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def update_page(text: str) -> str:
    """Return a page with what its commands print now."""

    def replace(match: re.Match[str]) -> str:
        lines = list(take_lines(run(match["command"]), match["start"], match["end"]))
        head = match[0][: match.start("text") - match.start()]
        return f"{head}{''.join(lines)}{match['fence']}\n"

    return BLOCK.sub(replace, text)


def take_lines(output: str, start: str | None, end: str | None) -> Iterator[str]:
    """Yield the lines from the one that starts with a text up to the one that starts with another.

    Empty lines at the end are left out.

    Raises:
        ValueError: No line starts so, or the command printed nothing.
    """
    lines = output.splitlines()
    first = find_line(lines, start, 0) if start else 0
    last = find_line(lines, end, first) if end else len(lines)
    chosen = "\n".join(lines[first:last]).rstrip()
    if not chosen:
        raise ValueError(f"nothing was printed between {start!r} and {end!r}")
    yield from (f"{line.rstrip()}\n" for line in chosen.splitlines())


def find_line(lines: list[str], text: str, first: int) -> int:
    """Return the number of the first line that starts with a text."""
    for number, line in enumerate(lines[first:], first):
        if line.startswith(text):
            return number
    raise ValueError(f"no line starts with {text!r}")


@cache
def run(command: str) -> str:
    """Return what a command prints, errors included."""
    words = shlex.split(command)
    if words[0] != "msra-ner":
        raise ValueError(f"{command}: only msra-ner is run here")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            run_msra_ner(words[1:])
        except SystemExit as end:  # of argparse, behind its help
            if end.code:
                raise ValueError(f"{command}: {printed.getvalue()}") from end
    # What is loaded first depends on what ran before.
    lines = printed.getvalue().replace(f"{ROOT}/", "").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("Loading "))


@contextlib.contextmanager
def enter_workplace() -> Iterator[None]:
    """Work in a folder with the examples, at a fixed width."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("examples").symlink_to(ROOT / "examples")
        plant = [sys.executable, "examples/low-f1/plant.py", "runs/low-f1"]
        subprocess.run(plant, check=True, stdout=subprocess.DEVNULL)
        before = os.environ.get("COLUMNS")
        os.environ["COLUMNS"] = WIDTH
        try:
            yield
        finally:
            os.environ.pop("COLUMNS")
            if before is not None:
                os.environ["COLUMNS"] = before


def main() -> int:
    """Update the pages, or say which are out of date."""
    stale = []
    with enter_workplace():
        for page in list_pages():
            text = page.read_text(encoding="utf-8")
            try:
                new = update_page(text)
            except ValueError as error:
                raise ValueError(f"{page.relative_to(ROOT)}: {error}") from error
            if new != text:
                stale.append(page)
                if "--check" not in sys.argv:
                    page.write_text(new, encoding="utf-8")
    for page in stale:
        print(page.relative_to(ROOT))
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
