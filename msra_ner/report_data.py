"""What a run did, as one structure of plain data, computed from the files of its folder.

All figures of the report come from here; the page and the plots only show them. Figures are
fractions and entities are ``[start, end, type]``, counted in tokens, so that the structure can be
written as JSON.
"""

import json
import math
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msra_ner.breakdowns import (
    BreakdownRow,
    break_down,
    by_length,
    by_position,
    by_train_count,
    confuse_types,
)
from msra_ner.error_kinds import KINDS, find_errors, summarise_kinds
from msra_ner.errors import CorpusError, CorpusNotFoundError, ScoreError
from msra_ner.json_lines import parse_object
from msra_ner.labels import OUTSIDE, Entity, decode_entities
from msra_ner.lines import read_lines
from msra_ner.predictions import read_predictions
from msra_ner.run_folder import LOG_FILE, PREDICTIONS_FILE, RESULTS_FILE, RUN_FILE, TIMING_FILE
from msra_ner.sentence_counts import (
    CORRECT,
    FIGURES,
    GOLD,
    PREDICTED,
    Counts,
    bootstrap_interval,
    count_sentences,
    f1_of,
    score_counts,
)

if TYPE_CHECKING:
    import numpy as np

STATE_FILE = "trainer_state.json"
# What decides most of a result, in the order in which it is shown; the other settings follow.
MAIN_SETTINGS = (
    "model_name_or_path",
    "data_dir",
    "seed",
    "learning_rate",
    "head_learning_rate",
    "num_train_epochs",
    "max_steps",
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "lr_scheduler_type",
    "warmup_steps",
    "weight_decay",
    "num_hidden_layers",
    "freeze_encoder",
    "max_length",
    "window_overlap",
    "bf16",
    "fp16",
    "max_train_samples",
)
# Errors that a text makes less often than this are no pattern.
REPEATED = 2
MAX_REPEATED = 30
READ_LINE = re.compile(
    r"INFO (\S+): (\d+) of (\d+) sentences, (\d+) characters, (\d+) entities$", re.MULTILINE
)
WINDOWS_LINE = re.compile(r"INFO (\S+): (\d+) windows of up to (\d+) word pieces$", re.MULTILINE)


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
        _check_row(row.place, row.tokens, row.gold, row.predicted)
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


def report_data(run: RunFiles) -> dict[str, Any]:
    """Return everything that the report of a run shows."""
    counts = count_sentences(run.gold, run.predicted)
    errors = error_rows(run)
    curves, lost_points = curve_points(run.state)
    confusion = confuse_types(run.gold, run.predicted)
    return {
        "name": run.name,
        "joiner": run.joiner,
        "headline": headline(run, counts),
        "types": type_rows(counts),
        "kinds": kind_rows(run, counts),
        "confusion": {"names": confusion.names, "matrix": confusion.matrix},
        **breakdown_rows(run),
        "curves": curves,
        "lost_points": lost_points,
        "stages": stage_rows(run),
        "repeated": repeated_errors(run, errors),
        "provenance": provenance(run),
        "errors": errors,
        "sentences": sentence_rows(run, {error["sentence"] for error in errors}),
    }


def headline(run: RunFiles, counts: Counts) -> dict[str, Any]:
    """Return the score of all entities with its intervals, and token accuracy beside all-``O``."""
    tags = [
        (gold, pred)
        for sides in zip(run.gold, run.predicted, strict=True)
        for gold, pred in zip(*sides, strict=True)
    ]
    lenient = run.results.get(f"{run.prefix}_lenient_f1")
    return {
        **scored_row(counts.overall),
        "intervals": {
            figure: asdict(bootstrap_interval(counts.overall, figure=figure)) for figure in FIGURES
        },
        "split": run.split,
        "recorded": f"{run.prefix}_f1" in run.results,
        "lenient_f1": lenient if isinstance(lenient, float) else None,
        "sentences": len(run.gold),
        "tokens": len(tags),
        "token_accuracy": _share(sum(gold == pred for gold, pred in tags), len(tags)),
        "all_o_accuracy": _share(sum(gold == OUTSIDE for gold, _ in tags), len(tags)),
    }


def scored_row(counts: "np.ndarray[Any, Any]") -> dict[str, Any]:
    """Return the scores of the counts of sentences, 0 where there is no entity, as in seqeval."""
    totals = [int(total) for total in counts.sum(axis=0)]
    scores = [0.0 if math.isnan(score) else float(score) for score in score_counts(totals)]
    return {
        **dict(zip(FIGURES, scores, strict=True)),
        "gold": totals[GOLD],
        "predicted": totals[PREDICTED],
        "correct": totals[CORRECT],
    }


def type_rows(counts: Counts) -> list[dict[str, Any]]:
    """Return the scores of each type with the interval of its F1."""
    return [
        {"name": name, **scored_row(rows), "interval": asdict(bootstrap_interval(rows))}
        for name, rows in counts.by_type.items()
    ]


def kind_rows(run: RunFiles, counts: Counts) -> list[dict[str, Any]]:
    """Return how many errors each kind has and what F1 gains if they are all repaired."""
    now = f1_of(counts.overall)
    return [
        {**asdict(row), "meaning": KINDS[row.kind], "gain": row.repaired_f1 - now}
        for row in summarise_kinds(run.gold, run.predicted)
    ]


def breakdown_rows(run: RunFiles) -> dict[str, list[dict[str, Any]] | None]:
    """Return the scores by length, by position, by frequency in train, and seen or unseen.

    Rows without any entity are left out; the last two are None where train is not known.
    """
    sides = run.gold, run.predicted
    counts = run.train_counts
    seen = None
    if counts is not None:
        known = counts

        def row_of(index: int, entity: Entity) -> str:
            text = "".join(run.tokens[index][entity.start : entity.end])
            return "seen" if known.get(text) else "unseen"

        seen = break_down(*sides, row_of, ("seen", "unseen"))
    by_count = None if counts is None else by_train_count(run.tokens, *sides, counts)
    return {
        "length": _plain(by_length(*sides)),
        "position": _plain(by_position(*sides)),
        "train_count": None if by_count is None else _plain(by_count),
        "seen": None if seen is None else _plain(seen),
    }


def curve_points(state: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """Return the curves over steps as ``[step, value]``, and how many values are no number.

    A loss that is ``nan`` or infinite has no place in a plot, nor in JSON.
    """
    history = [row for row in state.get("log_history", []) if isinstance(row, dict)]
    curves: dict[str, Any] = {}
    lost = 0
    for name, key in (("loss", "loss"), ("val_loss", "eval_loss"), ("val_f1", "eval_f1")):
        points = [[row["step"], row[key]] for row in history if "step" in row and key in row]
        curves[name] = [point for point in points if math.isfinite(point[1])]
        lost += len(points) - len(curves[name])
    curves["best_step"] = state.get("best_global_step")
    return curves, lost


def has_points(curves: Mapping[str, Any]) -> bool:
    """Return whether any of the curves of :func:`curve_points` has something to draw."""
    return any(curves[name] for name in ("loss", "val_loss", "val_f1"))


def stage_rows(run: RunFiles) -> list[dict[str, Any]]:
    """Return sentences, tokens, entities and windows of each stage, as the log and files say.

    The stages of test are ``used``, ``predicted`` and ``scored``; ``complete`` says whether a
    stage has all that the stage before it had (None for the first one).
    """
    windows = {split: int(count) for split, count, _ in WINDOWS_LINE.findall(run.log)}
    # A run that went on after a stop reads its corpus again: the last line counts.
    rows = {
        split: {
            "split": "val" if split == "validation" else split,
            "stage": "used",
            **dict(zip(("sentences", "of", "tokens", "entities"), map(int, found), strict=True)),
            "windows": windows.get(split),
            "complete": None,
        }
        for split, *found in READ_LINE.findall(run.log)
    }
    stages = list(rows.values())
    predicted = {
        "sentences": len(run.gold),
        "tokens": sum(map(len, run.tokens)),
        "entities": sum(len(decode_entities(tags)) for tags in run.gold),
    }
    scored = {
        name: run.results.get(f"{run.prefix}_{key}")
        for name, key in (
            ("sentences", "sentences"),
            ("tokens", "characters"),
            ("entities", "entities"),
        )
    }
    before = rows.get("validation" if run.split == "val" else "test")
    for stage, numbers in (("predicted", predicted), ("scored", scored)):
        if numbers["sentences"] is not None:
            complete = before and all(numbers[name] == before[name] for name in numbers)
            stages.append({"split": run.split, "stage": stage, **numbers, "complete": complete})
            before = stages[-1]
    return stages


def error_rows(run: RunFiles) -> list[dict[str, Any]]:
    """Return the errors of all sentences in their order; ``sentence`` counts from 0."""
    return [
        {
            "sentence": error.sentence,
            "kind": error.kind,
            "gold": spans(error.gold),
            "predicted": spans(error.predicted),
        }
        for error in find_errors(run.gold, run.predicted)
    ]


def sentence_rows(run: RunFiles, indices: Iterable[int]) -> dict[str, dict[str, Any]]:
    """Return tokens and entities of some sentences, by their index as a string."""
    return {
        str(index): {
            "tokens": run.tokens[index],
            "gold": spans(decode_entities(run.gold[index])),
            "predicted": spans(decode_entities(run.predicted[index])),
        }
        for index in sorted(indices)
    }


def spans(entities: Iterable[Entity]) -> list[list[Any]]:
    """Return entities as ``[start, end, type]``."""
    return [[entity.start, entity.end, entity.type] for entity in entities]


def repeated_errors(run: RunFiles, errors: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the errors that are made at least twice with the same texts, most frequent first."""

    def texts(error: Mapping[str, Any], side: str) -> str:
        tokens = run.tokens[error["sentence"]]
        return " + ".join(
            f"{name} {run.joiner.join(tokens[start:end])}" for start, end, name in error[side]
        )

    found = Counter(
        (error["kind"], texts(error, "gold"), texts(error, "predicted")) for error in errors
    )
    rows = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:MAX_REPEATED]
    return [
        {"kind": kind, "gold": gold, "predicted": predicted, "count": count}
        for (kind, gold, predicted), count in rows
        if count >= REPEATED
    ]


def provenance(run: RunFiles) -> dict[str, Any]:
    """Return what made the run: command, seed, settings (the main ones first), versions, time."""
    settings = run.record.get("settings", {})
    main = {name: settings[name] for name in MAIN_SETTINGS if settings.get(name) is not None}
    return {
        "command": command_line(run.record.get("command", [])),
        "data": run.record.get("data"),
        "seed": settings.get("seed"),
        "processes": run.record.get("processes"),
        "settings": {**main, **{key: settings[key] for key in settings if key not in main}},
        "main_settings": list(main),
        "versions": {
            **({"python": run.record["python"]} if "python" in run.record else {}),
            **run.record.get("versions", {}),
        },
        "machine": run.record.get("machine"),
        "timing": run.timing,
    }


def command_line(words: Sequence[str]) -> str:
    """Return a command as one types it; where the program was installed does not matter."""
    if not words:
        return ""
    program = Path(words[0])
    name = f"python -m {program.parent.name}" if program.stem == "__main__" else program.name
    return " ".join([name, *map(shlex.quote, words[1:])])


def _plain(rows: Iterable[BreakdownRow]) -> list[dict[str, Any]]:
    return [
        {**asdict(row), "precision": row.precision, "recall": row.recall, "f1": row.f1}
        for row in rows
        if row.gold or row.predicted
    ]


def _check_row(
    place: str, tokens: Sequence[str], gold: Sequence[str], predicted: Sequence[str]
) -> None:
    """Refuse a sentence of which not every token has both tags, or with tags that are none."""
    if not len(tokens) == len(gold) == len(predicted):
        raise CorpusError(
            f"{place}: found {len(tokens)} tokens, {len(gold)} gold and {len(predicted)} predicted "
            "tags; expected as many of each. The file was changed or cut: run again, or score the "
            "model again."
        )
    try:
        decode_entities([*gold, *predicted])
        "".join(tokens).encode()  # half a surrogate pair, which JSON can hold and UTF-8 cannot
    except ValueError as error:
        raise CorpusError(
            f"{place}: found {error}; expected text and tags as a run writes them. The file was "
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


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
