"""Train an encoder further on the text of a corpus's train, with masked word pieces.

    python benchmarks/quality/masked.py --data DATA --model MODEL --output FOLDER [--epochs 1]

FOLDER can then be the --model of ladder.py. Tags are not looked at.
"""

import argparse
from pathlib import Path
from typing import Any

import datasets
from transformers import (
    AutoModelForMaskedLM,
    AutoTokenizer,
    DataCollatorForLanguageModeling,
    Trainer,
    TrainingArguments,
    set_seed,
)

from msra_ner.corpus import open_corpus
from msra_ner.hardware import choose_precision, has_accelerator


def main() -> None:
    """Train and save the encoder with its tokenizer."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of MSRA")
    parser.add_argument("--model", type=Path, required=True, help="folder of the encoder")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--steps", type=int, default=-1)
    parser.add_argument("--rate", type=float, default=3e-4)
    options = parser.parse_args()
    set_seed(42)
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    sentences = [list(row.tokens) for row in open_corpus(options.data).splits["train"].sentences()]
    rows: Any = tokenizer(sentences, is_split_into_words=True, truncation=True, max_length=256)
    rows = datasets.Dataset.from_dict({"input_ids": rows["input_ids"]})
    on_gpu = has_accelerator()
    trainer = Trainer(
        model=AutoModelForMaskedLM.from_pretrained(options.model, dtype="float32"),
        args=TrainingArguments(
            options.output,
            per_device_train_batch_size=16,
            learning_rate=options.rate,
            num_train_epochs=options.epochs,
            max_steps=options.steps,
            warmup_steps=0.06,
            weight_decay=0.01,
            bf16=choose_precision("auto", on_gpu=on_gpu) == "bf16",
            use_cpu=not on_gpu,
            train_sampling_strategy="group_by_length",
            save_strategy="no",
            logging_steps=50,
            report_to=[],
        ),
        train_dataset=rows,
        data_collator=DataCollatorForLanguageModeling(tokenizer),
    )
    trainer.train()
    trainer.model.base_model.save_pretrained(options.output)
    tokenizer.save_pretrained(options.output)


if __name__ == "__main__":
    main()
