"""The folder of a run: the names of its files, and what they hold."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TypedDict

from msra_ner.corpus import parse_object, read_lines
from msra_ner.errors import CorpusError, CorpusNotFoundError, ScoreError
from msra_ner.labels import decode_entities
from msra_ner.metrics import GOLD, count_sentences, f1_of
from msra_ner.report.predictions import read_predictions

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

    >>> SplitCounts(sentences=8, of=9, tokens=120, entities=13, windows=10)["of"]
    9

    Attributes:
        sentences: Sentences that the run used.
        of: Sentences of the split in the files of the corpus.
        tokens: Tokens of the used sentences.
        entities: Gold entities of the used sentences.
        windows: Windows that the used sentences were cut into; None for a split that the run did
            not encode.
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
        tokens: The tokens of each test sentence.
        joiner: What stands between two tokens: nothing in a corpus of characters, else a space.
        gold: Its gold tags, one a token.
        predicted: Its predicted tags, one a token.
        train_counts: How often each text is an entity of train; None where nobody knows.
        results: ``all_results.json``; this and the following are empty where there is none.
        state: ``trainer_state.json``.
        record: ``run.json``.
        timing: ``timing.json``.
        log: ``train.log``.
    """

    name: str
    tokens: list[list[str]]
    joiner: str
    gold: list[list[str]]
    predicted: list[list[str]]
    train_counts: Mapping[str, int] | None
    results: dict[str, Any]
    state: dict[str, Any]
    record: dict[str, Any]
    timing: dict[str, Any]
    log: str

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
    predictions = read_predictions(path)
    for row in predictions:
        _check_row(row.location, row.tokens, row.gold, row.predicted)
    log = run_dir / LOG_FILE
    run = RunFiles(
        # A name may hold bytes that are no text.
        name=run_dir.resolve().name.encode(errors="replace").decode(),
        tokens=[row.tokens for row in predictions],
        joiner=_joiner([row.tokens for row in predictions]),
        gold=[row.gold for row in predictions],
        predicted=[row.predicted for row in predictions],
        train_counts=_train_counts(path) if train_names is None else train_names,
        results=read_object(run_dir / RESULTS_FILE),
        state=read_object(run_dir / STATE_FILE),
        record=read_object(run_dir / RUN_FILE),
        timing=read_object(run_dir / TIMING_FILE),
        log=log.read_text(encoding="utf-8", errors="replace") if log.is_file() else "",
    )
    _check_recorded(run, path)
    return run


def _check_row(
    location: str, tokens: Sequence[str], gold: Sequence[str], predicted: Sequence[str]
) -> None:
    """Refuse a sentence of which not every token has both tags, or with tags that are none."""
    if not len(tokens) == len(gold) == len(predicted):
        raise CorpusError(
            f"{location}: found {len(tokens)} tokens, {len(gold)} gold and {len(predicted)} "
            "predicted tags; expected as many of each. The file was changed or cut: run again, or "
            "score the model again."
        )
    try:
        decode_entities([*gold, *predicted])
        "".join(tokens).encode()  # half a surrogate pair, which JSON can hold and UTF-8 cannot
    except ValueError as error:
        raise CorpusError(
            f"{location}: found {error}; expected text and tags as a run writes them. The file was "
            "changed: run again."
        ) from error


def _check_recorded(run: RunFiles, path: Path) -> None:
    """Refuse predictions whose score is not the one that seqeval gave the run."""
    recorded = run.results.get(f"{run.prefix}_f1")
    if recorded is None:
        return
    counts = count_sentences(run.gold, run.predicted).overall
    f1, support = f1_of(counts), int(counts[:, GOLD].sum())
    expected = run.results.get(f"{run.prefix}_support", support)
    same_support = expected == support
    if not same_support or not math.isclose(f1, recorded, abs_tol=1e-9):
        raise ScoreError(
            f"{path}: found predictions with F1 {100 * f1:.4f} over {support} entities, expected "
            f"the {100 * recorded:.4f} over {expected} that stand in "
            f"{RESULTS_FILE}. One of the two files is from another run: run again."
        )


def _joiner(tokens: Iterable[Sequence[str]]) -> str:
    # Most, not all: one "2008" among the characters does not make a corpus of words.
    lengths = [len(token) == 1 for row in tokens for token in row]
    return "" if 2 * sum(lengths) >= len(lengths) else " "


def _train_counts(path: Path) -> dict[str, int] | None:
    """Return how often each entity's text is an entity of train, if all rows have it."""
    counts: dict[str, int] = {}
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip().startswith("{"):
            continue
        row = parse_object(f"{path}:{number}", line)
        for entity in chain(row.get("gold_entities", [None]), row.get("pred_entities", [None])):
            if not isinstance(entity, dict) or not isinstance(entity.get("train_count"), int):
                return None
            counts[str(entity.get("text"))] = entity["train_count"]
    return counts


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object of a file, or an empty one where the run did not write the file."""
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CorpusError(
            f"{path}: found no valid JSON ({error}), expected what the run wrote. Restore the "
            "file, or delete it to do without."
        ) from error
    if not isinstance(data, dict):
        raise CorpusError(f"{path}: found a {type(data).__name__}, expected an object. Delete it.")
    return data
