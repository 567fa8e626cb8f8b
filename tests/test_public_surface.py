"""What other people's code may rely on: a change of it is seen, and meant."""

import subprocess
import sys
from pathlib import Path

from helpers.public_surface import describe_surface

import msra_ner

SNAPSHOT = Path(__file__).with_name("public_surface.txt")


def test_names_and_signatures_are_those_of_the_snapshot():
    # A change that is meant: python tests/helpers/public_surface.py > tests/public_surface.txt
    assert describe_surface() == SNAPSHOT.read_text(encoding="utf-8")


def test_completion_shows_what_there_is():
    assert dir(msra_ner) == sorted(msra_ner.__all__)
    assert {"load_msra", "train", "evaluate", "Tagger", "diagnose"} <= set(dir(msra_ner))


def test_importing_costs_no_heavy_library(tmp_path):
    code = (
        "import sys, msra_ner\n"
        "heavy = {'torch', 'transformers', 'datasets', 'numpy', 'pyarrow', 'evaluate'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
