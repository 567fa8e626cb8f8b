"""Run ``msra-ner train``, writing what each process trains on; die before a step where told.

    python step_recorder.py FOLDER STEP flags of train ...

Appends to ``FOLDER/RANK.jsonl`` a line a pass: the step and the word pieces of each row without
padding. STEP is the number of finished steps at which the process dies at once, or -1.
"""

import json
import os
import sys
from pathlib import Path

import torch

from msra_ner.cli.entry import main
from msra_ner.training.trainer import NerTrainer


def record(folder: Path, last_step: int) -> None:
    train_on = NerTrainer.training_step

    def recorded(self, model, inputs, *args, **kwargs):
        if self.state.global_step == last_step:
            os._exit(9)
        masks = inputs.get("attention_mask", torch.ones_like(inputs["input_ids"]))
        rows = [
            ids[mask.bool()].tolist() for ids, mask in zip(inputs["input_ids"], masks, strict=True)
        ]
        with (folder / f"{self.args.process_index}.jsonl").open("a") as file:
            file.write(json.dumps([self.state.global_step, rows]) + "\n")
        return train_on(self, model, inputs, *args, **kwargs)

    NerTrainer.training_step = recorded


if __name__ == "__main__":
    record(Path(sys.argv[1]), int(sys.argv[2]))
    sys.exit(main(["train", *sys.argv[3:]]))
