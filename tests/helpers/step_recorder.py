"""Carry out runs of ``msra-ner train`` one after the other, writing what each process trains on.

    python step_recorder.py PLAN.json

The plan is a list of objects: ``settings`` by their names, ``records``, the folder for what is
trained on (``RANK.jsonl``: a line a pass, with the step and the word pieces of each row without
padding), ``dies`` where the process shall die at once in the middle of epoch 2 of 3, one step after
a checkpoint of each second step, ``late`` where rank 1 shall come late to the run's folder, to a
step, to a checkpoint and to a score, as on a machine that is busy (by three seconds, or by
``MSRA_NER_LATE``), and ``stuck`` where the run shall count as one that learns nothing.
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

train_on = NerTrainer.training_step
LATE = [
    (place, name, getattr(place, name))
    for place, name in [
        (training, "check_run_folder"),
        (NerTrainer, "training_step"),
        (NerTrainer, "_save_checkpoint"),
        (NerTrainer, "evaluation_loop"),
    ]
]
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


def make_late(function):
    """Return a function that rank 1 carries out late the first time."""
    waits = [float(os.environ.get("MSRA_NER_LATE", "3"))] if os.environ.get("RANK") == "1" else []

    def late(*args, **kwargs):
        time.sleep(waits.pop() if waits else 0)
        return function(*args, **kwargs)

    return late


def carry_out(settings, records=None, dies=False, late=False, stuck=False):
    loss_watch.PATIENCE, loss_watch.NEAR = (3, 0.0) if stuck else watched
    for place, name, function in LATE:
        setattr(place, name, make_late(function) if late else function)
    if records:
        Path(records).mkdir(exist_ok=True)
        NerTrainer.training_step = partialmethod(record, folder=Path(records), dies=dies)
    flags = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
    return main(["train", *flags])


if __name__ == "__main__":
    for entry in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
        if code := carry_out(**entry):
            sys.exit(code)
