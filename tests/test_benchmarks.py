"""The benchmarks start: what they import is there, and what they train on can be trained on."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from msra_ner.corpus.sentence import Sentence

FOLDER = Path(__file__).parent.parent / "benchmarks"
SCRIPTS = [
    path
    for path in sorted(FOLDER.rglob("*.py"))
    if 'if __name__ == "__main__":' in path.read_text(encoding="utf-8")
]
# One process: torch and transformers are imported once.
PROGRAM = """
import io, json, runpy, sys
from contextlib import redirect_stdout

said = {}
for script in sys.argv[1:]:
    path, sys.argv[:] = list(sys.path), [script, "--help"]
    sys.path.insert(0, script.rpartition("/")[0])
    with redirect_stdout(io.StringIO()) as printed:
        try:
            runpy.run_path(script, run_name="__main__")
        except SystemExit as ended:
            print(f"exit {ended.code}")
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
    sys.path[:] = path
    said[script] = printed.getvalue()
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said():
    """What each benchmark prints for --help, and how it ends."""
    command = [sys.executable, "-c", PROGRAM, *map(str, SCRIPTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_benchmark_says_what_it_takes(said, script):
    printed = said[str(script)]
    assert printed.startswith("usage:")
    assert printed.endswith("exit 0\n")


def test_sentences_of_one_length_keep_their_entities(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    from growth import of_length

    sentences = [Sentence(list("我是李明"), ["O", "O", "B-PER", "I-PER"])] * 3
    cut = of_length(sentences, 3, 10)
    assert [sentence.tags for sentence in cut] == [
        ["O", "O", "B-PER"],
        ["B-PER", "O", "O"],
        ["B-PER", "I-PER", "O"],
    ]
    assert "".join(token for sentence in cut for token in sentence.tokens) == "我是李明我是李明我"
