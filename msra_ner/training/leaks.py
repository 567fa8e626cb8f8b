"""Sentences that one stage would learn and a later one is scored on: they are left out."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from msra_ner.check import find_leaked
from msra_ner.corpus import Sentence, open_corpus
from msra_ner.errors import CorpusError
from msra_ner.report import SplitCounts
from msra_ner.training.data import Data, LeftOut, load_data
from msra_ner.training.task_settings import DataArguments

# What a run is scored on, and what its best epoch is chosen on.
SCORED = ("validation", "test")


class StageData(NamedTuple):
    """The corpus of a stage with its name and how it was read."""

    name: str
    arguments: DataArguments
    data: Data


def leave_out_scored(stage: StageData, later: Iterable[StageData]) -> Data:
    """Return the corpus of a stage without what later stages are scored on.

    Raises:
        CorpusError: Nothing of train would be left.
    """
    data = stage.data
    scored = {
        (other.name, split): (other, sentences)
        for other in later
        for split, sentences in _read_scored(other).items()
    }
    train = data.sentences.get("train", [])
    found = find_leaked(train, {key: sentences for key, (_, sentences) in scored.items()})
    if not found:
        return replace(data, left_out=LeftOut(frozenset(), 0, (), ()))
    number = min(found)
    key, place = found[number]
    first = _locate(stage, "train", number), _locate(scored[key][0], key[1], place)
    if len(found) == len(train):
        raise CorpusError(
            f"{data.folder}: found all {len(train)} sentences of train in val or test of later "
            f"stages (first: {first[0]} is {first[1]}), expected some that are not. A stage is "
            "not trained on what a later one is scored on: give it other texts too."
        )
    names = tuple(dict.fromkeys(name for (name, _), _ in found.values()))
    entities = _count_entities(train[index] for index in found)
    return leave_out(data, LeftOut(frozenset(found), entities, names, first))


def _read_scored(stage: StageData) -> dict[str, list[Sentence]]:
    """Return the sentences of val and test, those too that a limit keeps out of the run's score."""
    arguments, data = stage.arguments, stage.data
    if arguments.max_eval_samples or arguments.max_test_samples:
        whole = replace(arguments, max_eval_samples=None, max_test_samples=None)
        data = load_data(whole, data.labels)
    return {split: data.sentences[split] for split in SCORED if split in data.sentences}


def leave_out(data: Data, left_out: LeftOut) -> Data:
    """Return a corpus without some sentences of train."""
    train = data.sentences["train"]
    kept = [row for number, row in enumerate(train) if number not in left_out.numbers]
    before = data.counts["train"]
    counts = SplitCounts(
        sentences=len(kept),
        of=before["of"],
        tokens=sum(len(row.tokens) for row in kept),
        entities=before["entities"] - left_out.entities,
        windows=None,
    )
    return replace(
        data,
        sentences={**data.sentences, "train": kept},
        counts={**data.counts, "train": counts},
        left_out=left_out,
    )


def _count_entities(rows: Iterable[Sentence]) -> int:
    return sum(tag.startswith("B-") for row in rows for tag in row.tags)


def _locate(stage: StageData, split: str, number: int) -> str:
    """Return the file and line of a sentence."""
    corpus = open_corpus(stage.data.folder, stage.arguments.as_read_options())
    rows = corpus.splits[split].sentences(corpus.labels)
    row = next(islice(rows, number, None))
    return row.location or f"{stage.data.folder}, {split}, sentence {number + 1}"
