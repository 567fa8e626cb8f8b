"""Carry out runs of ``msra-ner train`` one after the other, writing what each process trains on.

    python step_recorder.py PLAN.json

The plan is a list of objects: ``settings`` by their names, ``records``, the folder for what is
trained on (``RANK.jsonl``: a line a pass, with the step and the word pieces of each row without
padding), ``dies`` where the process shall die at once in the middle of epoch 2 of 3, one step after
a checkpoint of each second step, and ``late`` where rank 1 shall look at the run's folder late, as
on a machine that is busy, and ``stuck`` where it shall count as one that learns nothing.
"""

import json
import os
import sys
import time
from functools import partialmethod
from pathlib import Path

import torch

import msra_ner.training.run as training
from msra_ner.cli.entry import main
from msra_ner.training import loss_watch
from msra_ner.training.trainer import NerTrainer

train_on, check_run_folder = NerTrainer.training_step, training.check_run_folder
watched = loss_watch.PATIENCE, loss_watch.NEAR


def step_to_die_at(steps):
    """Return the step in epoch 2 of 3 that follows a checkpoint of each second step."""
    an_epoch = steps // 3
    return (an_epoch + an_epoch // 2) // 2 * 2 + 1


def record(self, model, inputs, *args, folder, dies, **kwargs):
    step = self.state.global_step
    if dies and step == step_to_die_at(self.state.max_steps):
        os._exit(9)
    masks = inputs.get("attention_mask", torch.ones_like(inputs["input_ids"]))
    rows = [ids[mask.bool()].tolist() for ids, mask in zip(inputs["input_ids"], masks, strict=True)]
    with (folder / f"{self.args.process_index}.jsonl").open("a") as file:
        file.write(json.dumps([step, rows]) + "\n")
    return train_on(self, model, inputs, *args, **kwargs)


def check_late(*args, **kwargs):
    time.sleep(3 * int(os.environ["RANK"]))
    check_run_folder(*args, **kwargs)


def carry_out(settings, records=None, dies=False, late=False, stuck=False):
    loss_watch.PATIENCE, loss_watch.NEAR = (3, 0.0) if stuck else watched
    NerTrainer.training_step = train_on
    if records:
        Path(records).mkdir(exist_ok=True)
        NerTrainer.training_step = partialmethod(record, folder=Path(records), dies=dies)
    training.check_run_folder = check_late if late else check_run_folder
    flags = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
    return main(["train", *flags])


if __name__ == "__main__":
    for entry in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
        if code := carry_out(**entry):
            sys.exit(code)
