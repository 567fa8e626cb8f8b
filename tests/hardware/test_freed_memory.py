"""Freed memory stays with the process where the C library is glibc and nobody says otherwise."""

import os
import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from msra_ner.hardware.freed_memory import keep_freed_memory

asked = sys.argv[1] == "keep"
kept = asked and keep_freed_memory()
def count_faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
b"x" * 200_000_000
before = count_faults()
for _ in range(5):
    b"x" * 200_000_000
print(kept, count_faults() - before)
"""


def run(asked, **variables):
    """Return whether memory was kept, and how many pages were filled again."""
    names = ("GLIBC_TUNABLES", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_MAX_")
    own = {name: value for name, value in os.environ.items() if name not in names}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, asked],
        env={**own, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    kept, faults = done.stdout.split()
    return kept == "True", int(faults)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of glibc")
def test_pages_are_filled_once():
    kept, faults = run("keep")
    assert kept
    assert faults < 50
    assert run("leave")[1] > 10 * faults


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of glibc")
@pytest.mark.parametrize(
    "variable",
    [{"MALLOC_MMAP_MAX_": "65536"}, {"GLIBC_TUNABLES": "glibc.malloc.trim_threshold=131072"}],
)
def test_a_setting_of_the_environment_is_respected(variable):
    kept, _ = run("keep", **variable)
    assert not kept
