"""Folders as a run leaves them, without the run."""

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers.builders import EXAMPLE_SENTENCES, marked
from msra_ner.corpus.sentence import Sentence
from msra_ner.report.predictions import write_predictions

HISTORY = [
    {"step": 10, "loss": 0.9},
    {"step": 20, "loss": 0.4},
    {"step": 20, "eval_loss": 0.5, "eval_f1": 0.6},
    {"step": 30, "loss": 0.2},
    {"step": 40, "eval_loss": 0.45, "eval_f1": 0.7},
]
RECORD = {
    "command": ["/somewhere/bin/msra-ner", "train", "--output_dir", "runs/a b"],
    "settings": {"weight_decay": 0.0, "seed": 7, "learning_rate": 3e-5, "max_length": None},
    "data": "sample",
    "processes": 1,
    "versions": {"torch": "2.11"},
    "python": "3.11.7",
    "machine": "x86_64",
}
SPLITS = {
    "train": {"sentences": 8, "of": 9, "tokens": 120, "entities": 13, "windows": 10},
    "validation": {"sentences": 5, "of": 5, "tokens": 70, "entities": 6, "windows": None},
}
# What must stay text on any page: markup, ends of scripts, entities, separators, odd characters.
NASTY_WORDS = (
    "<script>window.hacked=1</script>",
    "</script>",
    "<!--",
    "<img src=x onerror=window.hacked=1>",
    "{{ 7*7 }}",
    "&lt;",
    "&",
    '"',
    "'",
    "\\",
    "\\u003c",
    "]]>",
    "\u2028",
    "\u2029",
    "\u200b",
    "\u3000",
    "\ufeff",
    "\ufffd",
    "\x85",
    "\t",
    "👩‍👩‍👧",
    "𠮷",
    "é",
    "שלום",
    "$x_1$",
    "${window.hacked=1}",
    "`",
)


def write_run(
    folder: Path,
    sentences: Sequence[Sentence] = EXAMPLE_SENTENCES,
    predicted: Sequence[Sequence[str]] | None = None,
    *,
    train_names: Mapping[str, int] | None = None,
    scores: Sequence[Sequence[float]] | None = None,
    **files: Any,
) -> Path:
    """Write the folder of a run that predicted test and return it.

    Args:
        folder: The folder to make.
        sentences: The gold sentences of test.
        predicted: Their predicted tags; None takes :func:`worse`.
        train_names: As in ``write_predictions``, and so are ``scores``.
        **files: Content of the other files by their name without ending; None leaves one out. A
            run.json without ``splits`` gets those of this run.
    """
    folder.mkdir(parents=True)
    tags = worse(sentences) if predicted is None else predicted
    write_predictions(folder / "predictions.jsonl", sentences, tags, train_names, scores)
    test = {
        "sentences": len(sentences),
        "of": len(sentences),
        "tokens": sum(len(sentence.tokens) for sentence in sentences),
        "entities": sum(tag.startswith("B-") for sentence in sentences for tag in sentence.tags),
        "windows": 17,
    }
    contents: dict[str, Any] = {
        "trainer_state": {"log_history": HISTORY, "best_global_step": 40},
        "run": RECORD,
        "timing": {"train_runtime": 12.5},
        **files,
    }
    if contents["run"] is not None:
        contents["run"] = {"splits": {**SPLITS, "test": test}, **contents["run"]}
    for name, content in contents.items():
        if content is not None:
            (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def read_all(folder: Path) -> dict[Path, bytes]:
    """Return what each file below a folder holds."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder): path.read_bytes() for path in paths}


def worse(sentences: Sequence[Sentence]) -> list[list[str]]:
    """Return tags with errors of several kinds: every third sentence is missed, and so on."""
    predicted = []
    for index, sentence in enumerate(sentences):
        tags = list(sentence.tags)
        if index % 3 == 0:
            tags = ["O"] * len(tags)
        elif index % 3 == 1:
            tags = [tag.replace("PER", "LOC") for tag in tags]
        predicted.append(tags)
    return predicted


def nasty_sentences() -> list[Sentence]:
    """Return sentences of words that could break a page, each word also an entity."""
    words = list(NASTY_WORDS)
    shuffled = random.Random(0).sample(words, len(words))
    tags = ["B-LOC", "I-LOC", "O", "B-PER", "B-ORG", "O"]
    rows = [words, shuffled, *([word, word, "x", word] for word in words)]
    return [
        Sentence(row, [tags[i % len(tags)].replace("I-", "B-") for i in range(len(row))])
        for row in rows
    ]


def many_sentences(count: int) -> list[Sentence]:
    """Return sentences with two entities each."""
    return [
        marked(f"[PER 王海燕]第{index}次去了[LOC 北京]，天气很好，没有风。")
        for index in range(count)
    ]
