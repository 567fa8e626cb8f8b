"""A run whose writes fail, one after the other, at every point where Python opens or moves a file.

What torch and safetensors write themselves is in tests/cli/test_foreign_errors.py.
"""

import errno
import json
import os
import sys
from itertools import count

import pytest
from helpers.tiny_models import tiny_run

import msra_ner
from msra_ner.training.checkpoints import find_fault, list_checkpoints

WRITES = {"os.rename", "os.mkdir", "os.link", "shutil.move"}
# Each point, or one in so many.
STRIDE = int(os.environ.get("MSRA_NER_FAULT_STRIDE", "9"))


class Faults:
    """Lets the system call of a number fail, of those that write below a folder."""

    def __init__(self):
        self.folder, self.number, self.seen = None, None, count()
        sys.addaudithook(self.look)  # which cannot be taken away again: without a folder it rests

    def look(self, event, args):
        if self.folder is None:
            return
        opened = (
            event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if not (opened or event in WRITES) or not str(args[0]).startswith(self.folder):
            return
        if next(self.seen) == self.number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(args[0]))

    def train(self, number, settings, **more):
        """Return what failed in a run, if that was the write of a number, and how many there were.

        Without a number none fails.
        """
        self.folder, self.number, self.seen = settings["output_dir"], number, count()
        try:
            msra_ner.train(**settings, **more)
        except OSError as error:
            return error.errno, next(self.seen)
        finally:
            self.folder = None
        return None, next(self.seen)


@pytest.fixture(scope="module")
def faults():
    return Faults()


@pytest.fixture
def settings(tiny_corpus, tiny_encoder, tmp_path):
    saved = {"save_strategy": "steps", "save_steps": 1, "eval_strategy": "steps", "eval_steps": 1}
    return tiny_run(tiny_corpus, tiny_encoder, tmp_path / "run", max_steps=2) | saved


@pytest.mark.slow
def test_a_run_goes_on_after_a_write_that_failed(settings, tmp_path, faults):
    failed, points = faults.train(None, settings)
    assert failed is None
    assert points > 30
    expected = read_results(tmp_path / "run")
    for number in range(0, points, STRIDE):
        folder = tmp_path / f"run-{number}"
        own = settings | {"output_dir": str(folder)}
        failed, _ = faults.train(number, own)
        assert failed in (None, errno.ENOSPC), number
        if failed and not (folder / "all_results.json").exists():
            msra_ner.train(**own, resume_from_checkpoint="last")
        # A report that cannot be written fails no run.
        assert read_results(folder) == expected, number
        assert not list(filter(None, map(find_fault, list_checkpoints(folder)))), number


@pytest.mark.slow
def test_a_run_that_is_replaced_stays_until_the_new_one_is_whole(settings, tmp_path, faults):
    folder = tmp_path / "run"
    _, points = faults.train(None, settings)
    weights = (folder / "model.safetensors").read_bytes()
    for number in range(0, points, 3 * STRIDE):
        failed, _ = faults.train(number, settings, overwrite=True, seed=7)
        if not failed:
            break
        places = [folder / "model.safetensors", folder / ".replaced" / "model.safetensors"]
        kept = [path.read_bytes() for path in places if path.exists()]
        assert weights in kept or (folder / "all_results.json").exists(), number


def read_results(folder):
    """Return the scores of a run; times are others each time."""
    return json.loads((folder / "all_results.json").read_text(encoding="utf-8"))
