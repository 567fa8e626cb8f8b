import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from helpers import tiny_models
from safetensors.torch import load_file
from transformers import DataCollatorForTokenClassification

import msra_ner
from msra_ner.training.batches import PadBatch, WindowTable

RECORDER = Path(__file__).parents[1] / "helpers" / "step_recorder.py"


def test_batches_are_those_of_the_usual_collator(tiny_corpus):
    tokenizer = tiny_models.wordpiece()
    rows = msra_ner.load_msra(tiny_corpus, tokenizer, max_length=64)["train"]
    rows = rows.select([5, 1, 7, 0, 8])  # not as they lie in the table
    expected = DataCollatorForTokenClassification(tokenizer)(
        [{key: rows[index][key] for key in ("input_ids", "labels")} for index in (3, 0, 2)]
    )
    batch = PadBatch(tokenizer.pad_token_id)(WindowTable(rows).__getitems__([3, 0, 2]))
    assert set(batch) == {"input_ids", "attention_mask", "labels"}
    for name, tensor in batch.items():
        assert torch.equal(tensor, expected[name]), name
    assert len(WindowTable(rows)) == 5
    alone = PadBatch(tokenizer.pad_token_id)(WindowTable(rows).__getitems__([3]))
    assert set(alone) == {"input_ids", "labels"}, "no mask where nothing is padding"


def run(folder, died_at, processes, flags):
    """Run the recorder in a folder; return its exit code."""
    folder.mkdir(exist_ok=True)
    launcher = []
    if processes > 1:
        launcher = ["-m", "torch.distributed.run", "--nproc_per_node", str(processes)]
        launcher += ["--master_port", "29523"]
    done = subprocess.run(
        [sys.executable, *launcher, str(RECORDER), str(folder), str(died_at), *flags],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
    return done.returncode


def passes(folder, process, from_step=0):
    lines = (folder / f"{process}.jsonl").read_text().splitlines()
    return [entry for entry in map(json.loads, lines) if entry[0] >= from_step]


@pytest.mark.slow
@pytest.mark.parametrize(("processes", "accumulation"), [(1, 2), (2, 1)])
def test_a_run_killed_in_epoch_2_goes_on_with_the_batches_that_were_left(
    processes, accumulation, tiny_corpus, tiny_encoder, tmp_path
):
    def flags(folder):
        settings = {
            "data_dir": tiny_corpus,
            "model_name_or_path": tiny_encoder,
            "output_dir": folder / "run",
            "max_length": 64,
            "window_overlap": 16,
            "num_train_epochs": 3,
            "per_device_train_tokens": 100 // processes,
            "gradient_accumulation_steps": accumulation,
            "learning_rate": 1e-3,
            "precision": "fp32",
            "save_strategy": "steps",
            "save_steps": 2,
            "eval_strategy": "no",
            "load_best_model_at_end": False,
        }
        words = [word for key, value in settings.items() for word in (f"--{key}", str(value))]
        return [*words, "--do_train", "--use_cpu", "--disable_tqdm", "true"]

    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert run(whole, -1, processes, flags(whole)) == 0
    steps = passes(whole, 0)[-1][0] + 1
    an_epoch = steps // 3
    assert an_epoch * 3 == steps
    assert an_epoch >= 4
    # In the middle of the second epoch, one step after a checkpoint.
    saved = (an_epoch + an_epoch // 2) // 2 * 2
    assert an_epoch < saved < 2 * an_epoch - 1
    assert run(killed, saved + 1, processes, flags(killed)) != 0
    for process in range(processes):
        (killed / f"{process}.jsonl").unlink()
    resumed = [*flags(killed), "--resume_from_checkpoint", "last"]
    assert run(killed, -1, processes, resumed) == 0
    for process in range(processes):
        assert passes(killed, process) == passes(whole, process, saved)
        first = {json.dumps(entry[1]) for entry in passes(whole, process)[:an_epoch]}
        second = {json.dumps(e[1]) for e in passes(whole, process, an_epoch)[:an_epoch]}
        assert first != second, "epochs have batches of their own"
    ours, theirs = (load_file(folder / "run" / "model.safetensors") for folder in (whole, killed))
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
