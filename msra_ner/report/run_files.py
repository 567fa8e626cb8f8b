"""The folder of a run: the names of its files, and what they hold."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain, compress
from pathlib import Path
from typing import Any, TypedDict

from msra_ner.corpus import ReadOptions, is_of_characters
from msra_ner.errors import CorpusError, CorpusNotFoundError, ScoreError
from msra_ner.labels import Entity, decode_entities
from msra_ner.metrics import GOLD, ClosedRow, Counts, close_row, compute_f1, count_sentences
from msra_ner.report.predictions import Prediction, read_predictions
from msra_ner.storage import read_json_object

RUN_FILE = "run.json"
LOG_FILE = "train.log"
RESULTS_FILE = "all_results.json"
TIMING_FILE = "timing.json"
PREDICTIONS_FILE = "predictions.jsonl"
STAGED = ".push-"  # begins the name of a folder whose content is being sent to the Hub

STATE_FILE = "trainer_state.json"
# The key of run.json whose value maps each split, under the name that `datasets` gives it (train,
# validation, test), to its SplitCounts.
SPLITS_KEY = "splits"


class SplitCounts(TypedDict):
    """What a run read of a split, as ``run.json`` holds it.

    Counts are of the sentences that the run used, but for ``of``: the sentences in the files.
    ``windows`` is None for a split that the run did not encode.

    >>> SplitCounts(sentences=8, of=9, tokens=120, entities=13, windows=10)["of"]
    9
    """

    sentences: int
    of: int
    tokens: int
    entities: int
    windows: int | None


@dataclass(frozen=True, slots=True)
class RunFiles:
    """What the folder of a run holds.

    Attributes:
        name: The folder's name.
        tokens: The tokens of each test sentence; ``gold`` and ``predicted`` have a tag for each,
            ``gold_entities`` and ``pred_entities`` their entities, all without what nobody looked
            for (:func:`msra_ner.metrics.close_row`).
        open_tokens: Positions in each sentence where nobody looked for all types.
        open_entities: How many predicted entities are left out for that.
        joiner: What is written between two tokens: nothing for characters, else a space.
        counts: How many entities of each sentence are correct, predicted and gold.
        train_counts: How often each text is an entity of train; None where that is not known.
        pred_scores: The probability of each predicted entity, as ``pred_entities``; None where
            the predictions have none.
        results: ``all_results.json``, as ``state`` is ``trainer_state.json``, ``record``
            ``run.json`` and ``timing`` ``timing.json``; empty where there is no file.
    """

    name: str
    tokens: list[list[str]]
    joiner: str
    gold: list[list[str]]
    predicted: list[list[str]]
    gold_entities: list[list[Entity]]
    pred_entities: list[list[Entity]]
    open_tokens: list[frozenset[int]]
    open_entities: int
    counts: Counts
    train_counts: Mapping[str, int] | None
    pred_scores: list[list[float]] | None
    results: dict[str, Any]
    state: dict[str, Any]
    record: dict[str, Any]
    timing: dict[str, Any]

    @property
    def split(self) -> str:
        """The split that was predicted: test, or val for a run over a corpus without test."""
        return "val" if self.prefix == "eval" else "test"

    @property
    def prefix(self) -> str:
        """How the names of its figures begin in the results."""
        return "eval" if "eval_f1" in self.results and "test_f1" not in self.results else "test"


def read_run(run_dir: Path, train_names: Mapping[str, int] | None = None) -> RunFiles:
    """Return what the folder of a run holds.

    Args:
        run_dir: The ``--output_dir`` of a run that predicted test.
        train_names: How often each text is an entity of train; None takes it from the
            predictions, where they have it.

    Raises:
        CorpusNotFoundError: The folder or its predictions are missing.
        CorpusError: A file is damaged.
        ScoreError: The predictions are not those that the run scored.
    """
    path = run_dir / PREDICTIONS_FILE
    if not path.is_file():
        found = "no such folder" if not run_dir.is_dir() else f"found no {PREDICTIONS_FILE} in it"
        raise CorpusNotFoundError(
            f"{run_dir}: {found}, expected the --output_dir of a run that scored test. Check the "
            "name, or let the run predict: msra-ner train writes the file unless --do_predict "
            "false is given."
        )
    rows = read_predictions(path)
    gold_entities, closed = map(list, zip(*map(_close, rows), strict=True))
    tokens = [row.tokens for row in rows]
    gold = [row.gold for row in closed]
    predicted = [row.predicted for row in closed]
    run = RunFiles(
        # The bytes of a name need not be valid text.
        name=run_dir.resolve().name.encode(errors="replace").decode(),
        tokens=tokens,
        joiner="" if is_of_characters(chain.from_iterable(tokens)) else " ",
        gold=gold,
        predicted=predicted,
        gold_entities=gold_entities,
        pred_entities=[row.pred_entities for row in closed],
        open_tokens=[row.open_tokens for row in closed],
        open_entities=sum(row.kept.count(False) for row in closed),
        counts=count_sentences(gold, predicted),
        train_counts=_join_counts(rows) if train_names is None else train_names,
        pred_scores=_join_scores(rows, closed),
        results=read_object(run_dir / RESULTS_FILE),
        state=read_object(run_dir / STATE_FILE),
        record=read_object(run_dir / RUN_FILE),
        timing=read_object(run_dir / TIMING_FILE),
    )
    _check_recorded(run, path)
    return run


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object of a file, or an empty one where the run did not write the file.

    Raises:
        CorpusError: The file is damaged.
    """
    if not path.is_file():
        return {}
    remedy = "Restore what the run wrote, or delete the file to do without."
    return read_json_object(path, error=CorpusError, remedy=remedy)


def find_own_corpus(run_dir: str | Path) -> str | None:
    """Return the corpus that a run was trained on; None of a model without a record of it.

    Raises:
        CorpusError: ``run.json`` is damaged.
    """
    own = read_object(Path(run_dir) / RUN_FILE).get("data")
    return own if isinstance(own, str) else None


def is_own_corpus(run_dir: str | Path, data_dir: str | Path) -> bool:
    """Return whether a run was trained on this corpus.

    Raises:
        CorpusError: ``run.json`` is damaged.
    """
    own = find_own_corpus(run_dir)
    return own is not None and Path(own).resolve() == Path(data_dir).resolve()


def read_corpus_options(run_dir: str | Path, data_dir: str | Path) -> dict[str, Any]:
    """Return how a run read its corpus, where ``data_dir`` is that corpus; else nothing.

    The names are those of :class:`msra_ner.corpus.ReadOptions`; what was left at its default is
    left out.

    Raises:
        CorpusError: ``run.json`` is damaged.
    """
    if not is_own_corpus(run_dir, data_dir):
        return {}
    settings = read_object(Path(run_dir) / RUN_FILE).get("settings", {})
    return {
        item.name: settings[item.name]
        for item in fields(ReadOptions)
        if settings.get(item.name) not in (None, item.default)
    }


def _close(row: Prediction) -> tuple[list[Entity], ClosedRow]:
    """Return gold entities and closed tags of a sentence, of which every token must have both."""
    if not len(row.tokens) == len(row.gold) == len(row.predicted):
        raise CorpusError(
            f"{row.location}: found {len(row.tokens)} tokens, {len(row.gold)} gold and "
            f"{len(row.predicted)} predicted tags; expected as many of each. The file was changed "
            "or cut: run again, or score the model again."
        )
    try:
        return decode_entities(row.gold), close_row(row.gold, row.predicted)
    except ValueError as error:
        raise CorpusError(
            f"{row.location}: found {error}; expected tags as a run writes them. The file was "
            "changed: run again."
        ) from error


def _check_recorded(run: RunFiles, path: Path) -> None:
    """Refuse predictions whose score is not the one that seqeval gave the run."""
    recorded = run.results.get(f"{run.prefix}_f1")
    if recorded is None:
        return
    f1, support = compute_f1(run.counts.overall), int(run.counts.overall[:, GOLD].sum())
    expected = run.results.get(f"{run.prefix}_support", support)
    if expected != support or not math.isclose(f1, recorded, abs_tol=1e-9):
        raise ScoreError(
            f"{path}: found predictions with F1 {100 * f1:.4f} over {support} entities, expected "
            f"the {100 * recorded:.4f} over {expected} of {RESULTS_FILE}. One of the two files is "
            "from another run: run again."
        )


def _join_scores(
    rows: Sequence[Prediction], closed: Sequence[ClosedRow]
) -> list[list[float]] | None:
    """Return the score of each predicted entity that counts, if all rows have one for each."""
    pairs = list(zip(rows, closed, strict=True))
    if any(row.scores is None or len(row.scores) != len(found.kept) for row, found in pairs):
        return None
    return [list(compress(row.scores or [], found.kept)) for row, found in pairs]


def _join_counts(rows: Sequence[Prediction]) -> dict[str, int] | None:
    """Return how often each entity's text is an entity of train, if all rows have it."""
    known = [row.train_counts for row in rows if row.train_counts is not None]
    complete = len(known) == len(rows)
    return {text: count for counts in known for text, count in counts.items()} if complete else None
