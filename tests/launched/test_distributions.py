"""Wheel and source distribution hold every file that the package reads, not modules alone."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("build", reason="needs build (pip install .[all])")
ROOT = Path(__file__).parents[2]
SOURCES = ("msra_ner", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")


@pytest.mark.slow
def test_wheel_and_sdist_hold_every_file_of_the_package(tmp_path):
    """The wheel is built from the sdist, as ``python -m build`` does."""
    (tmp_path / "source").mkdir()
    for name in SOURCES:  # a copy, for the build writes beside what it reads
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / "source" / name)
    for cache in (tmp_path / "source").rglob("__pycache__"):
        shutil.rmtree(cache)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path / "dist"]
    done = subprocess.run([*command, tmp_path / "source"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr

    (wheel,) = (tmp_path / "dist").glob("*.whl")
    (sdist,) = (tmp_path / "dist").glob("*.tar.gz")
    in_wheel = set(zipfile.ZipFile(wheel).namelist())
    with tarfile.open(sdist) as archive:
        in_sdist = {name.partition("/")[2] for name in archive.getnames()}
    files = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "msra_ner").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {Path(name).suffix for name in files} > {".pyi", ".typed", ".html", ".txt", ".md"}
    assert files - in_wheel == set()
    assert files - in_sdist == set()
