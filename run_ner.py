"""Fine-tune an encoder for named entity recognition: the same as ``msra-ner train``.

    python run_ner.py --data_dir sample --output_dir runs/sample
    accelerate launch run_ner.py --fp16
    torchrun --nproc_per_node 2 run_ner.py --use_cpu

Parse, load data and encoder, build the Trainer, then train, evaluate, test and save: the steps
are those of ``msra_ner.training.run.run_arguments``. All flags: ``python run_ner.py --help``.
"""

import sys

from msra_ner.cli import main

if __name__ == "__main__":
    sys.exit(main(["train", *sys.argv[1:]]))
