"""Cases drawn by the lines that they reach: the script tries a property and keeps what fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("atheris", reason="needs atheris (pip install .[all])")
ROOT = Path(__file__).parents[1]
PROPERTY_FILE = """
from hypothesis import given, strategies as st
from msra_ner.labels import label_list

@given(st.text())
def test_fails_with_two_letters(text):
    label_list(["PER"])
    assert len(text) < 2

@given(st.text())
def test_holds(text):
    pass

def test_no_property():
    pass
"""


def fuzz(folder, *words):
    script = [sys.executable, str(ROOT / "scripts" / "fuzz.py")]
    fixed = {**os.environ, "PYTHONHASHSEED": "0"}
    return subprocess.run([*script, *words], cwd=folder, capture_output=True, text=True, env=fixed)


def test_a_case_that_fails_is_kept_and_fails_again(tmp_path):
    (tmp_path / "test_it.py").write_text(PROPERTY_FILE, encoding="utf-8")
    name = "test_it.py::test_fails_with_two_letters"
    done = fuzz(tmp_path, name, "-runs=5000", "-seed=1")
    assert done.returncode != 0
    cases = list(tmp_path.glob("crash-*"))
    assert len(cases) == 1, done.stderr
    again = fuzz(tmp_path, name, cases[0].name)
    assert "AssertionError" in again.stdout + again.stderr
    assert fuzz(tmp_path, name, "-runs=0").returncode == 0
    assert "no property" in fuzz(tmp_path, "test_it.py::test_no_property").stderr


def test_what_started_it_may_be_large(tmp_path):
    # libFuzzer looks once a second at the peak of its process, which begins with its parent's.
    large = bytes(range(256)) * (9 << 20)  # 2.3 GB
    del large
    (tmp_path / "test_it.py").write_text(PROPERTY_FILE, encoding="utf-8")
    done = fuzz(tmp_path, "test_it.py::test_holds", "-max_total_time=3")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "name",
    [
        "corpus/test_fuzz.py::test_whatever_the_bytes_a_file_is_read_soundly_or_refused",
        "dataset/test_windows.py::test_each_token_is_owned_by_exactly_one_window_that_holds_it",
    ],
)
def test_properties_hold_for_cases_that_reach_more_lines(name, tmp_path):
    done = fuzz(tmp_path, str(ROOT / "tests" / name), "-runs=500", "-seed=1")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Done 500 runs" in done.stderr
