"""What ``run.json`` says of what a model has learned before, and of what is left out now."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from msra_ner.check import find_leaked
from msra_ner.corpus import Sentence
from msra_ner.errors import MsraNerError
from msra_ner.report import (
    BEFORE_KEY,
    LEFT_OUT_KEY,
    RUN_FILE,
    TrainedStage,
    list_stages_before,
    read_object,
)
from msra_ner.training.data import Data, LeftOut, load_data
from msra_ner.training.leaks import SCORED, leave_out
from msra_ner.training.parsing import Arguments
from msra_ner.training.resume import Checkpoint
from msra_ner.training.task_settings import DataArguments

logger = logging.getLogger(__name__)


def describe_lineage(
    arguments: Arguments, data: Data, checkpoint: Checkpoint | None
) -> dict[str, Any]:
    """Return what ``run.json`` says of earlier training, and of what is left out of this one.

    Both are said in the log too.
    """
    facts: dict[str, Any] = {}
    if data.left_out is not None:
        facts[LEFT_OUT_KEY] = {
            "sentences": len(data.left_out.numbers),
            "entities": data.left_out.entities,
            "stages": list(data.left_out.stages),
            "first": list(data.left_out.first),
            "numbers": format_numbers(data.left_out.numbers),
        }
    if data.left_out is not None and data.left_out.numbers:
        logger.warning(
            "%d sentences of train, with %d entities, are in val or test of %s (first: %s is %s): "
            "they are left out of this stage.",
            *(len(data.left_out.numbers), data.left_out.entities),
            *(", ".join(data.left_out.stages), *data.left_out.first),
        )
    if checkpoint and checkpoint.record.get(BEFORE_KEY):  # noted when the run began
        before = checkpoint.record[BEFORE_KEY]
    else:
        before = [
            {**stage, "leaked": _count_leaked(stage, data)}
            for stage in list_stages_before(arguments.model.model_name_or_path)
        ]
    return {**facts, **({BEFORE_KEY: before} if before else {})}


def _count_leaked(stage: TrainedStage, data: Data) -> int | None:
    """Return how many sentences a run before has learned that are scored now; None: not known."""
    folder = Path(stage["folder"] or "")
    logger.info("Looking whether %s has learned sentences of val or test", folder)
    try:
        record = read_object(folder / RUN_FILE)
        found = _read_learned(record)
    except (MsraNerError, KeyError, TypeError, ValueError) as error:
        logger.warning("Whether %s has learned what is scored here is not known: %s", folder, error)
        return None
    if found is None:
        logger.warning(
            "Whether %s has learned what is scored here is not known: %s is not the corpus that it "
            "read.",
            *(folder, record.get("data")),
        )
        return None
    scored = {split: data.sentences[split] for split in SCORED if split in data.sentences}
    leaked = find_leaked(found, scored)
    if leaked:
        counts = Counter(split for split, _ in leaked.values())
        logger.warning(
            "%d sentences that %s has learned are in val (%d) or test (%d) of %s: the score says "
            "nothing about new text. Train both as stages of one settings file, which leaves them "
            "out, or take them out of %s and train it again.",
            *(len(leaked), folder, counts["validation"], counts["test"]),
            *(data.folder, record.get("data")),
        )
    return len(leaked)


def _read_learned(record: Mapping[str, Any]) -> list[Sentence] | None:
    """Return the sentences that a run was trained on; None where its corpus is another now."""
    names = {item.name for item in fields(DataArguments) if item.init}
    settings = {name: value for name, value in record["settings"].items() if name in names}
    data = load_data(DataArguments(**{**settings, "data_dir": record["data"]}))
    numbers = parse_numbers(record.get(LEFT_OUT_KEY, {}).get("numbers", ""))
    if numbers:
        data = leave_out(data, LeftOut(numbers, 0, (), ()))
    same = data.hash_sentences().get("train") == record["corpus"].get("train")
    return data.sentences.get("train", []) if same else None


def format_numbers(numbers: Iterable[int]) -> str:
    """Return numbers as short text.

    >>> format_numbers({8, 3, 4, 5})
    '3-5,8'
    """
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and parts[-1][-1] == number - 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ",".join("-".join(map(str, part)) for part in parts)


def parse_numbers(text: str) -> frozenset[int]:
    """Return the numbers of a text that :func:`format_numbers` made.

    >>> sorted(parse_numbers("3-5,8"))
    [3, 4, 5, 8]
    """
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        start, _, end = part.partition("-")
        found.update(range(int(start), int(end or start) + 1))
    return frozenset(found)
