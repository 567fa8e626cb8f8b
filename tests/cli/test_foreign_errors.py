"""What a full disk, too little memory or nested data does to a command: one line, and code 2."""

import argparse
import resource
import subprocess
import sys

import pytest

from msra_ner.cli import entry, main
from msra_ner.cli.entry import COMMANDS

TRAIN = ["train", "--data_dir", "sample", "--max_train_samples", "200", "--max_steps", "2"]


def run_with_limit(size, *arguments):
    """Run the program where no file can grow beyond a size in bytes."""
    return subprocess.run(
        [sys.executable, "-m", "msra_ner", *map(str, arguments)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        capture_output=True,
        text=True,
        check=False,
    )


# What cannot be written any more: the prepared corpus, the weights, the optimizer's state.
@pytest.mark.parametrize("size", [4_000, 400_000, 1_500_000, 5_000_000])
def test_a_full_disk_is_one_line(size, tmp_path):
    done = run_with_limit(size, *TRAIN, "--output_dir", tmp_path / "run", "--cache_dir", tmp_path)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 2, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert last.startswith("msra-ner: error: "), last


def failing(error):
    """Return a function that fails in handling an error, whatever it is given."""

    def fail(*args, **kwargs):
        try:
            raise error
        except Exception as cause:
            raise KeyError("while handling it") from cause

    return fail


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "too little memory (MemoryError)"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "too little memory"),
        (RuntimeError("[enforce fail at inline_container.cc:672]"), "a write that failed"),
        (RecursionError("maximum recursion depth exceeded"), "nested too deeply"),
    ],
)
def test_what_the_machine_lacks_is_one_line(command, error, said, monkeypatch, capsys):
    if command in ("train", "tune"):  # which have a parser of their own
        monkeypatch.setattr(entry, f"run_{command}", failing(error))
    else:
        options = argparse.Namespace(command=failing(error))
        monkeypatch.setattr(entry, "_parse", lambda argv: options)
    assert main([command]) == 2
    assert said in capsys.readouterr().err
    with pytest.raises(KeyError):
        main([command, "--traceback"])


def test_a_fault_of_the_program_stays_one(monkeypatch):
    def fail(argv, debug):
        raise ValueError("a fault")

    monkeypatch.setattr(entry, "run_train", fail)
    with pytest.raises(ValueError, match="a fault"):
        main(["train"])
